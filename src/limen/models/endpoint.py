"""Endpoint: an OpenAI-compatible server as an arm, for samples and, where it returns them, log-probabilities.

Log-probabilities come in one of two ways. After plain text the server is asked to echo prompt and completion with the
log-probability of each token (`/completions` with `echo`, as vLLM and llama.cpp have it). After turns of a chat it is
asked for the likeliest next tokens (`top_logprobs`), which tells the log-probability of an option of one token.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from limen.core import Message, ModelError, Progress, UsageError
from limen.models.endpoint_client import EndpointClient

_TOP = 20


class Endpoint:
    """A model behind an OpenAI-compatible API; `EndpointClient` says where its key comes from.

    Args:
        address: `https://host/v1#model`.
        wait_s: Seconds before the second try of a request that failed; doubled each time.

    Raises:
        ModelError: The address names no model.
        UsageError: A key would go over unencrypted HTTP to another machine.
    """

    def __init__(self, address: str, *, wait_s: float = 1.0) -> None:
        url, _, model = address.partition("#")
        if not model or not urlsplit(url).hostname:
            raise ModelError(
                "this endpoint names no model; expected https://host/v1#model.",
                remedy="Write the model's name after a #.",
                where=url,
            )
        self._client = EndpointClient(url, wait_s=wait_s)
        self.url = self._client.url
        self.name = model
        self.tokenizer: Any = None

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over address and name: what a server runs behind them cannot be seen."""
        return hashlib.sha256(f"endpoint:{self.url}#{self.name}".encode()).hexdigest()

    def sample(
        self,
        prompts: Sequence[Sequence[Message]],
        *,
        max_new_tokens: int,
        temperature: float = 1.0,
        seed: int = 0,
        allowed_token_ids: Sequence[int] | None = None,
        progress: Progress | None = None,
    ) -> list[str]:
        """An answer to each prompt.

        Args:
            prompts: Turns that the model answers; a single turn with the role `text` is plain text.
            max_new_tokens: Most tokens an answer has.
            temperature: 0 takes the likeliest token.
            seed: Sent with each request, its row added; servers are free to ignore it.
            allowed_token_ids: None; a server takes no token ids.
            progress: Told of answers done.

        Raises:
            UsageError: Allowed tokens were given.
            ModelError: The server cannot be reached, refuses, or answers something else.
        """
        if allowed_token_ids is not None:
            raise UsageError(
                "an endpoint cannot be held to a list of token ids.", remedy="Load the model from a folder for this."
            )

        def ask(row: int) -> str:
            request = {"max_tokens": max_new_tokens, "temperature": temperature, "seed": seed + row}
            if _is_plain(prompts[row]):
                said = self._choice("completions", {"prompt": prompts[row][0].content, **request})
                return str(said["text"])
            said = self._choice("chat/completions", {"messages": [m.to_dict() for m in prompts[row]], **request})
            return str(said["message"].get("content") or "")

        return self._client.each(len(prompts), ask, "sample", progress)

    def completion_logprobs(
        self,
        prompts: Sequence[Sequence[Message]],
        completions: Sequence[str],
        *,
        progress: Progress | None = None,
    ) -> list[np.ndarray]:
        """Log-probability of each token of completions, each after its own prompt.

        Args:
            prompts: Turns, or plain text as a single turn with the role `text`.
            completions: One a prompt; after turns of a chat, of one token each.
            progress: Told of completions done.

        Returns:
            For each completion float32, (its tokens,), natural logarithms.

        Raises:
            ModelError: The server returns none, or not for these completions.
        """
        tops: dict[tuple[Message, ...], dict[str, float]] = {}
        chats = list(dict.fromkeys(tuple(p) for p in prompts if not _is_plain(p)))
        for chat, top in zip(
            chats, self._client.each(len(chats), lambda k: self._top(chats[k]), "ask", progress), strict=True
        ):
            tops[chat] = top

        def score(row: int) -> np.ndarray:
            if _is_plain(prompts[row]):
                return self._echoed(prompts[row][0].content, completions[row])
            return np.array([_of_option(tops[tuple(prompts[row])], completions[row], self.url)], dtype=np.float32)

        return self._client.each(len(prompts), score, "score answers", progress)

    def _top(self, chat: Sequence[Message]) -> dict[str, float]:
        """The likeliest first tokens of an answer, with their log-probabilities."""
        request = {"messages": [m.to_dict() for m in chat], "max_tokens": 1, "temperature": 1.0}
        said = self._choice("chat/completions", {**request, "logprobs": True, "top_logprobs": _TOP})
        content = (said.get("logprobs") or {}).get("content") or []
        if not content:
            raise _no_logprobs(self.url)
        return {str(t["token"]): float(t["logprob"]) for t in content[0].get("top_logprobs") or [content[0]]}

    def _echoed(self, prompt: str, completion: str) -> np.ndarray:
        """Log-probabilities of a completion's tokens, from the server's echo of prompt and completion."""
        request = {"prompt": prompt + completion, "max_tokens": 0, "echo": True, "logprobs": 0, "temperature": 1.0}
        said = self._choice("completions", request).get("logprobs") or {}
        offsets, values = said.get("text_offset") or [], said.get("token_logprobs") or []
        inside = [v for at, v in zip(offsets, values, strict=False) if len(prompt) <= at < len(prompt + completion)]
        if completion and (not inside or any(v is None for v in inside) or len(prompt) not in offsets):
            raise _no_logprobs(self.url)
        return np.array(inside, dtype=np.float32)

    def _choice(self, path: str, request: dict[str, Any]) -> dict[str, Any]:
        return self._client.choice(path, {"model": self.name, **request})


def _is_plain(prompt: Sequence[Message]) -> bool:
    return len(prompt) == 1 and prompt[0].role == "text"


def _of_option(top: dict[str, float], option: str, url: str) -> float:
    """The log-probability of an option of one token; servers differ in whether a token carries its space."""
    for token in (option, f" {option}", option.strip()):
        if token in top:
            return top[token]
    raise ModelError(
        f"the option {option!r} is not among the {len(top)} likeliest tokens that the server names, or has several.",
        remedy="Read this trait from sampled answers, or load the model from a folder.",
        where=url,
    )


def _no_logprobs(url: str) -> ModelError:
    return ModelError(
        "this server returns no log-probabilities of given answers.",
        remedy="Read traits from sampled answers, or load the model from a folder.",
        where=url,
    )
