"""The audit's folder: written as it goes, read by reports, resumed and replayed."""

from limen.ledger.hashing import code_hash, key_hash, sha256_file, sha256_folder
from limen.ledger.jsonable import finding_from_dict, finding_to_dict, to_jsonable
from limen.ledger.ledger import Ledger
from limen.ledger.privacy import public_record
from limen.ledger.record import (
    SCHEMA_VERSION,
    AuditRecord,
    Environment,
    InputHash,
    LeftOut,
    PlanStep,
    Status,
)
from limen.ledger.replay import Difference, compare_records, replay
from limen.ledger.schema import finding_schema, record_schema

__all__ = [
    "SCHEMA_VERSION",
    "AuditRecord",
    "Difference",
    "Environment",
    "InputHash",
    "Ledger",
    "LeftOut",
    "PlanStep",
    "Status",
    "code_hash",
    "compare_records",
    "finding_from_dict",
    "finding_schema",
    "finding_to_dict",
    "key_hash",
    "public_record",
    "record_schema",
    "replay",
    "sha256_file",
    "sha256_folder",
    "to_jsonable",
]
