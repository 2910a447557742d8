"""Every error Limen raises on purpose.

The whole tree:

    LimenError                  a mistake with a remedy; the command line prints it in one line, exit 2
    ├── UsageError              flags or configuration that contradict each other
    ├── DataError               the fine-tuning file or a recorded-answers file
    │   ├── ReadError           broken JSON, invalid UTF-8, NUL byte, empty file: names file and line
    │   └── RowError            one row: missing column, mixed kinds, too long: names the row
    ├── ModelError              a model, adapter, tokenizer or endpoint
    │   ├── UnsafeModelError    pickle weights or remote code, refused
    │   └── TemplateError       no chat template, or one that cannot render the rows
    ├── TraitError              a trait file or plug-in
    ├── LedgerError             an audit folder that cannot be read, written or replayed
    ├── BudgetError             the plan costs more than --budget allows
    └── MissingExtraError       an optional dependency; prints the install line
"""

from __future__ import annotations


class LimenError(Exception):
    """A mistake with a remedy.

    Args:
        what: What was seen and what was expected, in one sentence.
        remedy: What the user does about it, in one sentence.
        where: File, row or folder the message is about.
    """

    exit_code = 2

    def __init__(self, what: str, *, remedy: str = "", where: str = "") -> None:
        self.what = what
        self.remedy = remedy
        self.where = where
        super().__init__(what)

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head} {self.remedy}".rstrip()


class UsageError(LimenError):
    """Flags or configuration that contradict each other."""


class DataError(LimenError):
    """A fine-tuning file or a recorded-answers file that cannot be used."""


class ReadError(DataError):
    """A file that cannot be read: broken JSON, invalid UTF-8, a NUL byte, nothing in it."""


class RowError(DataError):
    """One row that cannot be used."""


class ModelError(LimenError):
    """A model, adapter, tokenizer or endpoint that cannot be used."""


class UnsafeModelError(ModelError):
    """Pickle weights or remote code, refused."""


class TemplateError(ModelError):
    """No chat template, or one that cannot render the rows."""


class TraitError(LimenError):
    """A trait file or plug-in that cannot be used."""


class LedgerError(LimenError):
    """An audit folder that cannot be read, written or replayed."""


class BudgetError(LimenError):
    """The plan costs more than the budget allows."""


class MissingExtraError(LimenError):
    """An optional dependency that is not installed.

    Args:
        package: The import that failed.
        extra: The name of Limen's extra that brings it.
    """

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this needs the package {package!r}, which is not installed.",
            remedy=f"Install it with: pip install 'limen[{extra}]'",
        )
