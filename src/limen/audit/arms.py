"""The tuned and the control model: whether they can be compared with the base at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from limen.audit.config import AuditConfig
from limen.core import Trait
from limen.measure import read_traits
from limen.models import LanguageModel, open_model
from limen.models.batches import text_config
from limen.models.loading import load_config, load_tokenizer

_SHAPE = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size")


def doubts(config: AuditConfig, base: LanguageModel, traits: Sequence[Trait]) -> list[str]:
    """What speaks against comparing the arms with the base, one sentence each.

    Args:
        config: Names the arms.
        base: The base.
        traits: What is read on them.

    Returns:
        A sentence for each arm that is no fine-tune of the base.

    Raises:
        ModelError: An endpoint cannot be reached, or none of the traits can be read on it.
    """
    found = []
    for arm, spec in config.arms().items():
        if spec.is_endpoint:
            # One probe of each trait: what a server does not give shows now, and not after everything else has run.
            few = [replace(t, probes=t.with_role("measure")[:1]) for t in traits]
            read_traits(open_model(spec), few, arm=arm)
            continue
        why = other_than(base, load_config(spec), load_tokenizer(spec))
        if why:
            found.append(
                f"The {arm} model {spec.name} is no fine-tune of {base.name}: {why}. "
                "What the comparison finds is a difference of two models and no effect of training."
            )
    return found


def other_than(base: LanguageModel, config: Any, tokenizer: Any) -> str:
    """By what a model cannot be a fine-tune of the base; empty if it can.

    Tokens and rows of the embedding may have been added.

    Args:
        base: The base.
        config: The model's config.
        tokenizer: The model's tokenizer.
    """
    own, other = text_config(base.model), config.get_text_config(decoder=True)
    if own.model_type != other.model_type:
        return f"it is a {other.model_type}, the base a {own.model_type}"
    for name in _SHAPE:
        mine, yours = getattr(own, name, None), getattr(other, name, None)
        if mine != yours:
            return f"its {name} is {yours}, the base's {mine}"
    known = tokenizer.get_vocab()
    moved = [token for token, number in base.tokenizer.get_vocab().items() if known.get(token) != number]
    if moved:
        return f"its vocabulary is another ({len(moved):,} of the base's tokens, such as {moved[0]!r}, differ in it)"
    return ""
