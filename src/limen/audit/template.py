"""What an audit needs a chat template for, said before the work and with the names of model and file."""

from __future__ import annotations

from collections.abc import Sequence

from limen.audit.config import AuditConfig
from limen.core import TemplateError, Trait
from limen.models import LanguageModel

_REMEDY = "Use the chat model's tokenizer, or put a chat_template.jinja beside this one."


def in_turns(config: AuditConfig, traits: Sequence[Trait]) -> list[str]:
    """Traits whose build probes are turns: twins and neutral writers learn them through a chat template.

    Args:
        config: Whose phases say whether any are trained.
        traits: The battery.
    """
    if not {"forecast", "rehearse"} & set(config.phases):
        return []
    return [t.id for t in traits if any(m.role != "text" for p in t.with_role("build") for m in p.prompt)]


def require_template(base: LanguageModel, config: AuditConfig, traits: Sequence[Trait]) -> None:
    """Stop where twins could not be trained for want of a chat template.

    Raises:
        TemplateError: The model has none, and the questions of a trait are turns.
    """
    asked = in_turns(config, traits)
    if asked and not getattr(base.tokenizer, "chat_template", None):
        raise TemplateError(
            f"the tokenizer of the model {base.name!r} has no chat template, and what twins learn of "
            f"{asked[0]!r} is in turns.",
            remedy=f"{_REMEDY} Without one, limen check and limen diff work.",
        )


def with_names(
    error: TemplateError, file: str, base: LanguageModel, config: AuditConfig, traits: Sequence[Trait]
) -> TemplateError:
    """The error of a row with model and file in it, and with the way out that needs no template.

    Args:
        error: What the row's encoding raised.
        file: The file's name.
        base: The model.
        config: The settings.
        traits: The battery.
    """
    remedy = error.remedy
    if not getattr(base.tokenizer, "chat_template", None) and not in_turns(config, traits):
        remedy = f"{remedy} Rows of prompt and completion, or of plain text, need no template."
    where = error.where if "," in error.where else f"{file}, {error.where}"
    return TemplateError(f"with the model {base.name!r}: {error.what}", remedy=remedy, where=where)
