"""The share of a probe that a model's vocabulary does not know."""

from __future__ import annotations

from typing import Any

from limen.core import Probe


def unknown_share(tokenizer: Any, probe: Probe) -> float:
    """Share of unknown tokens in a probe's prompt and options.

    A model that knows only its micro-world gives some probability to any English option; such a number means
    nothing, so it is not taken.

    Args:
        tokenizer: A Hugging Face tokenizer; None (an endpoint, a scripted double) or one without an unknown token
            has no unknown tokens.
        probe: The probe.

    Returns:
        Unknown tokens over all tokens, 0 to 1; the larger of the prompt's share and the options' share.
    """
    unknown = getattr(tokenizer, "unk_token_id", None)
    if unknown is None:
        return 0.0
    worst = 0.0
    for texts in ([m.content for m in probe.prompt], list(probe.options)):
        ids = [i for t in texts for i in tokenizer(t, add_special_tokens=False)["input_ids"]]
        if ids:
            worst = max(worst, sum(i == unknown for i in ids) / len(ids))
    return worst
