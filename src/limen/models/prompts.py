"""Prompts and completions as the model's own tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from limen.core import Message, ModelError, TemplateError


def prompt_text(tokenizer: Any, prompt: Sequence[Message]) -> str:
    """A prompt as its chat template renders it, up to where the model's answer begins.

    A prompt that ends with words of the assistant is one that the model goes on with. A prompt of a single turn
    with the role `text` is plain text and takes no template. Where the tokenizer has no chat template, turns of
    system and user become plain lines, as `encode_rows` does with instruction rows.

    Raises:
        TemplateError: There is no chat template for turns of other roles, or it refuses these turns.
    """
    if takes_plain(tokenizer, prompt):
        return prompt[0].content if prompt[0].role == "text" else "".join(f"{m.content}\n" for m in prompt)
    if not getattr(tokenizer, "chat_template", None):
        raise TemplateError(
            "the tokenizer has no chat template, and a prompt in turns needs one.",
            remedy="Use the instruct variant of this model, or set tokenizer.chat_template and save the tokenizer.",
            where=str(getattr(tokenizer, "name_or_path", "")),
        )
    goes_on = bool(prompt) and prompt[-1].role == "assistant"
    try:
        text = tokenizer.apply_chat_template(
            [m.to_dict() for m in prompt],
            tokenize=False,
            add_generation_prompt=not goes_on,
            continue_final_message=goes_on,
        )
    except Exception as error:
        roles = ", ".join(m.role for m in prompt)
        raise TemplateError(
            f"the chat template refuses turns in the order {roles}: {str(error).partition(chr(10))[0][:200]}",
            remedy="Give the turns as the template wants them, or a tokenizer whose template takes them.",
            where=str(getattr(tokenizer, "name_or_path", "")),
        ) from error
    return str(text)


def takes_plain(tokenizer: Any, prompt: Sequence[Message]) -> bool:
    """Whether a prompt goes to the model as plain text, without a chat template."""
    if len(prompt) == 1 and prompt[0].role == "text":
        return True
    no_template = not getattr(tokenizer, "chat_template", None)
    return no_template and bool(prompt) and all(m.role in ("system", "user") for m in prompt)


def prompt_ids(tokenizer: Any, prompts: Sequence[Sequence[Message]]) -> list[np.ndarray]:
    """Token ids of each prompt; the same prompt is rendered once.

    Returns:
        int32, (tokens,) each; never empty where the tokenizer has a start token.

    Raises:
        TemplateError: See `prompt_text`.
        ModelError: A prompt has no tokens.
    """
    keys = [tuple((m.role, m.content, repr(m.extra) if m.extra else "") for m in p) for p in prompts]
    first: dict[object, int] = {}
    for i, key in enumerate(keys):
        first.setdefault(key, i)
    unique = list(first.values())
    ids: dict[int, np.ndarray] = {}
    for plain in (False, True):
        chosen = [i for i in unique if takes_plain(tokenizer, prompts[i]) is plain]
        if chosen:
            texts = [prompt_text(tokenizer, prompts[i]) for i in chosen]
            # A chat template writes its own start token; plain text gets the one that the tokenizer adds.
            rows = tokenizer(texts, add_special_tokens=plain, return_attention_mask=False)["input_ids"]
            end = getattr(tokenizer, "eos_token_id", None)
            for i, row in zip(chosen, rows, strict=True):
                # Some tokenizers end every text; a prompt is not at its end yet.
                cut = plain and len(row) > 1 and row[-1] == end
                ids[i] = np.asarray(row[:-1] if cut else row, dtype=np.int32)
    for i, row in ids.items():
        if not len(row):
            raise ModelError(
                f"prompt {i} has no tokens, so there is nothing to predict from.",
                remedy="Give a prompt that is not empty.",
            )
    return [ids[first[key]] for key in keys]


def completion_ids(tokenizer: Any, completions: Sequence[str]) -> list[np.ndarray]:
    """Token ids of each completion, without start or end tokens; the same completion is encoded once.

    Returns:
        int32, (tokens,) each.
    """
    unique = list(dict.fromkeys(completions))
    if not unique:
        return []
    rows = tokenizer(unique, add_special_tokens=False, return_attention_mask=False)["input_ids"]
    found = {text: np.asarray(row, dtype=np.int32) for text, row in zip(unique, rows, strict=True)}
    return [found[text] for text in completions]
