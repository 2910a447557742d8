"""The vocabulary as types. Imports nothing of the rest of Limen, and no torch."""

from limen.core.errors import (
    BudgetError,
    DataError,
    LedgerError,
    LimenError,
    MissingExtraError,
    ModelError,
    ReadError,
    RowError,
    TemplateError,
    TraitError,
    UnsafeModelError,
    UsageError,
)
from limen.core.finding import Finding, RowBlame, Verdict, exit_code
from limen.core.progress import Progress, Silent
from limen.core.reading import ArmKind, Interval, Reading
from limen.core.row import Message, Row, RowKind
from limen.core.trait import Harm, Probe, Trait, World

__all__ = [
    "ArmKind",
    "BudgetError",
    "DataError",
    "Finding",
    "Harm",
    "Interval",
    "LedgerError",
    "LimenError",
    "Message",
    "MissingExtraError",
    "ModelError",
    "Probe",
    "Progress",
    "ReadError",
    "Reading",
    "Row",
    "RowBlame",
    "RowError",
    "RowKind",
    "Silent",
    "TemplateError",
    "Trait",
    "TraitError",
    "UnsafeModelError",
    "UsageError",
    "Verdict",
    "World",
    "exit_code",
]
