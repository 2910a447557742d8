"""A row that needs a chat template the model lacks, with the names of model and file and the way out."""

from __future__ import annotations

from limen.core import TemplateError
from limen.models import LanguageModel


def with_names(error: TemplateError, file: str, base: LanguageModel) -> TemplateError:
    """The error of a row, with model and file in it.

    Args:
        error: What the row's encoding raised.
        file: The file's name.
        base: The model.
    """
    remedy = error.remedy
    if not getattr(base.tokenizer, "chat_template", None):
        remedy = f"{remedy} Rows of instruction and output, prompt and completion, or plain text need no template."
    where = error.where if "," in error.where else f"{file}, {error.where}"
    return TemplateError(f"with the model {base.name!r}: {error.what}", remedy=remedy, where=where)
