"""ServedModel: a model whose weights lie behind a server, read and sampled token id by token id.

What it needs of the server, as vLLM's `/v1/completions` has it (vllm-project/vllm, `entrypoints/openai/completion/`
`protocol.py` and `serving.py`):

- `prompt` may be a list of token ids, which are read as they are: no start token is added, and no template laid on;
- `prompt_logprobs` gives, for each token of the prompt, a mapping from token id to its log-probability. The token that
  stands there is always in it, and the first has none. A probability of zero is sent as −9999;
- at least one token is always written, so that a prompt must be one token shorter than the longest sequence that the
  server takes, which `/v1/models` tells as `max_model_len` (pull request 4643);
- `return_tokens_as_token_ids` names tokens as `token_id:17`, so that nothing has to be encoded again;
- what a request leaves open (`temperature`, `top_p`, `top_k`, `repetition_penalty`, …) is taken from the model's own
  generation config, so that everything is said here;
- `min_tokens` keeps end tokens and `stop_token_ids` from being drawn before so many tokens (`sampling_params.py`).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from limen.core import Message, ModelError, Progress, RowError, Silent, UsageError
from limen.models.endpoint_client import EndpointClient
from limen.models.kept_replies import KeptReplies
from limen.models.language_model import LanguageModel
from limen.models.spec import ModelSpec

if TYPE_CHECKING:
    from limen.data import EncodedRow

AT_ONCE = 32
"""Requests under way at one time: a server reads many prompts in one pass."""
TASK = "ask the server"
_TIMEOUT_S = 600.0
_NONE_LEFT = -9000.0
"""Below this a log-probability is a server's word for a probability of zero."""
_SAME = 0.1
"""Nats a token that two answers of one model may differ by: batches round differently in 16 bits."""
_AS_IT_IS = {
    "temperature": 1.0,
    "top_p": 1.0,
    "top_k": -1,
    "min_p": 0.0,
    "repetition_penalty": 1.0,
    "presence_penalty": 0.0,
    "frequency_penalty": 0.0,
}
"""The model's own distribution, whatever its generation config says; −1 switches `top_k` off in every version."""
_PROBE = "In 2024, 12 owls (and 3 naïve foxes) said: «yes»?"


class ServedModel(LanguageModel):
    """A causal language model behind a server, and the tokenizer and config that belong to it.

    It reads rows and writes answers as a loaded model does. It has no weights, so nothing can be trained from it and
    nothing in it can be looked at.

    Attributes:
        url: Where the server's API begins.
        watch: Told of each answer.

    Args:
        address: `https://host/v1`, or `https://host/v1#model` where the server has several models.
        tokenizer: The model's own.
        config: The model's own; how much the server reads is written into it.
        generation: The model's generation config, which names further end tokens, if there is one.
        spec: Where both come from.
        replies: Where answers are kept.
        wait_s: Seconds before the second try of a request that failed; doubled each time.

    Raises:
        ModelError: There is no such server, it refuses the key, or it has no such model.
        UsageError: See `EndpointClient`.
    """

    def __init__(
        self,
        address: str,
        tokenizer: Any,
        config: Any,
        generation: Any = None,
        *,
        spec: ModelSpec | None = None,
        replies: KeptReplies | None = None,
        wait_s: float = 1.0,
    ) -> None:
        url, _, wanted = address.partition("#")
        self._client = EndpointClient(url, wait_s=wait_s, timeout_s=_TIMEOUT_S, at_once=AT_ONCE)
        self.url = self._client.url
        self.served_name, longest = self._choose(wanted)
        part = config.get_text_config(decoder=True)
        own = getattr(part, "max_position_embeddings", None)
        # One place is for the token that a server always writes.
        limits = [n for n in (own, longest and longest - 1) if isinstance(n, int) and n > 0]
        if limits:
            part.max_position_embeddings = min(limits)
        # What reads a model's context, vocabulary and end tokens asks its config alone.
        holder = SimpleNamespace(config=config, generation_config=generation)
        super().__init__(holder, tokenizer, name=spec.name if spec else self.served_name, spec=spec)
        self.watch: Progress = Silent()
        self._limit = min(limits, default=None)
        self._replies = replies or KeptReplies()

    @classmethod
    def of_spec(cls, address: str, spec: ModelSpec, *, replies: KeptReplies | None = None) -> ServedModel:
        """The model behind an address, with the tokenizer and config that a spec names.

        Args:
            address: Of the server.
            spec: A folder or hub id; weights need not be there.
            replies: Where answers are kept.

        Raises:
            ModelError: No tokenizer or config there, or see the class.
            UnsafeModelError: Remote code, which was not allowed.
        """
        from limen.models.loading import load_config, load_tokenizer

        if spec.is_endpoint or spec.adapter:
            raise UsageError(
                "beside an endpoint a model names a tokenizer and a config, and has neither address nor adapter.",
                remedy="Give the folder or hub id of the model that the server runs.",
                where=spec.path,
            )
        from transformers import GenerationConfig

        try:
            generation = GenerationConfig.from_pretrained(spec.path, revision=spec.revision or "main")
        except OSError:
            generation = None  # most small models have none
        return cls(address, load_tokenizer(spec), load_config(spec), generation, spec=spec, replies=replies)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over address, served name and tokenizer: what a server runs behind them cannot be seen."""
        from limen.models.content import tokenizer_hash

        what = f"served:{self.url}#{self.served_name}:{tokenizer_hash(self.tokenizer)}"
        return hashlib.sha256(what.encode()).hexdigest()

    @property
    def parameter_count(self) -> int:
        """How many weights it has on this machine: none."""
        return 0

    def check(self, texts: Sequence[str] = ()) -> None:
        """Ask the server what everything rests on, before much is asked.

        Args:
            texts: Further texts that server and tokenizer must cut alike.

        Raises:
            ModelError: Its tokenizer is another, it names no token ids, or it gives no log-probabilities of a prompt.
        """
        from limen.models.prompts import prompt_text

        for text in (prompt_text(self.tokenizer, (Message("user", _PROBE),)), *texts):
            own = [int(i) for i in self.tokenizer(text, add_special_tokens=False)["input_ids"]]
            request = {"prompt": text, "add_special_tokens": False, "max_tokens": 1, "echo": True, "logprobs": 1}
            more = {"model": self.served_name, "return_tokens_as_token_ids": True, **_AS_IT_IS}
            said = self._post({**request, **more})
            # The last is the token that the server wrote.
            theirs = self._named_ids(said)[:-1]
            if theirs != own:
                at = next((k for k, (a, b) in enumerate(zip(own, theirs, strict=False)) if a != b), len(theirs))
                raise ModelError(
                    f"the server cuts a text into other tokens than the tokenizer of {self.name}: they differ at token"
                    f" {at + 1} of {len(own)}.",
                    remedy="Give as MODEL the folder or hub id of the very model that the server runs.",
                    where=self.url,
                )
            self._same_model(own)

    def token_logprobs(
        self,
        encoded: Sequence[EncodedRow],
        *,
        progress: Progress | None = None,
        max_tokens_per_batch: int | None = None,
    ) -> list[np.ndarray]:
        """Log-probability of each trained token of each row; see `LanguageModel`. A row is a request.

        Args:
            encoded: Rows as tokens.
            progress: Not told; see `watch`.
            max_tokens_per_batch: Without effect: the server makes its own batches.

        Returns:
            For each row float32, (trained tokens,), natural logarithms, in order.

        Raises:
            RowError: A row is longer than what the server reads.
            ModelError: The server cannot be reached, refuses, or gives no log-probability of a token.
        """
        for row in encoded:
            end = int(np.flatnonzero(row.trained)[-1]) + 1 if row.trained.any() else 0
            if self._limit and end > self._limit:
                raise RowError(
                    f"it has {end} tokens, and the server reads {self._limit}.",
                    remedy=f"Cut rows with --max-length {self._limit}.",
                    where=f"row {row.row_id}" if row.row_id else "",
                )

        def one(k: int) -> np.ndarray:
            row = encoded[k]
            places = np.flatnonzero(row.trained)
            later = places[places > 0]
            found = self._read(row.input_ids[: int(later[-1]) + 1], later, row.row_id) if len(later) else np.zeros(0)
            # A trained first token has nothing before it and counts as certain.
            return np.concatenate([np.zeros(len(places) - len(later)), found]).astype(np.float32)

        return self._each(len(encoded), one)

    def completion_logprobs(
        self,
        prompts: Sequence[Sequence[Message]],
        completions: Sequence[str],
        *,
        progress: Progress | None = None,
    ) -> list[np.ndarray]:
        """Log-probability of each token of completions, each after its own prompt; see `LanguageModel`.

        Args:
            prompts: Turns before each answer; a single turn with the role `text` is plain text.
            completions: One a prompt.
            progress: Not told; see `watch`.

        Returns:
            For each completion float32, (its tokens,), natural logarithms.
        """
        from limen.data import EncodedRow
        from limen.models.prompts import completion_ids, prompt_ids

        rows = []
        starts, ends = prompt_ids(self.tokenizer, prompts), completion_ids(self.tokenizer, completions)
        for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
            ids = np.concatenate([start, end]).astype(np.int32)
            rows.append(EncodedRow("", i, ids, np.arange(len(ids)) >= len(start), truncated=False))
        return self.token_logprobs(rows)

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
        """An answer to each prompt, which ends where the model ends it; see `LanguageModel`.

        Args:
            prompts: Turns that the model answers.
            max_new_tokens: Most tokens an answer has.
            temperature: 0 takes the likeliest token.
            seed: Sent with each request, its row added.
            allowed_token_ids: The only tokens that may be drawn.
            progress: Not told; see `watch`.

        Returns:
            The answers' texts, special tokens left out.
        """
        from limen.models.prompts import prompt_ids

        asked = prompt_ids(self.tokenizer, prompts)
        more: dict[str, Any] = {"temperature": temperature}
        if allowed_token_ids is not None:
            more["allowed_token_ids"] = [int(i) for i in allowed_token_ids]
        answers = self._each(len(asked), lambda k: self._write(asked[k], max_new_tokens, seed + k, more))
        return list(self.tokenizer.batch_decode(answers, skip_special_tokens=True)) if answers else []

    def write(
        self,
        prompts: Sequence[np.ndarray],
        lengths: Sequence[int],
        *,
        seed: int,
        ends: Sequence[int],
        allowed: Sequence[int] | None = None,
    ) -> list[np.ndarray]:
        """Sample so many token ids after each prompt, at temperature 1; see `limen.models.sampling_to_lengths`.

        Args:
            prompts: int, (tokens,) each.
            lengths: How many tokens each answer has, at least 1.
            seed: Sent with each request, its row added; servers are free to ignore it.
            ends: Tokens that may not be drawn, since they end an answer.
            allowed: The only tokens that may be drawn; None for all but these.

        Returns:
            int64, (tokens,) each.

        Raises:
            ModelError: The server ends an answer before, or names no token ids.
        """
        more: dict[str, Any] = {"stop_token_ids": [int(i) for i in ends]}
        if allowed is not None:
            more["allowed_token_ids"] = [int(i) for i in allowed]

        def one(k: int) -> np.ndarray:
            wanted = int(lengths[k])
            answer = self._write(prompts[k], wanted, seed + k, {**more, "min_tokens": wanted})
            if len(answer) != wanted or (set(answer.tolist()) & set(ends)):
                raise ModelError(
                    f"the server ended an answer after {len(answer)} tokens, and {wanted} were asked for.",
                    remedy="Use a server that knows min_tokens, as vLLM does.",
                    where=self.url,
                )
            return answer

        return self._each(len(prompts), one)

    def _same_model(self, ids: list[int]) -> None:
        """Refuse to go on with the answers of another model: a server's address does not say what runs behind it."""
        request = self._to_read(ids)
        kept = self._replies.get(request)
        now = self._of_prompt(self._post(request), ids)
        if kept is not None and len(ids) > 1 and not np.nanmean(np.abs(kept - now)) < _SAME:
            raise ModelError(
                "the server gives a text other probabilities than when this run was begun.",
                remedy="Have it serve the same model again, or begin anew with --fresh.",
                where=self.url,
            )
        self._replies.keep(request, now if kept is None else kept)

    def _choose(self, wanted: str) -> tuple[str, int | None]:
        """The name of the served model, and the longest sequence that the server says it takes."""
        listed = self._client.get("models").get("data")
        cards = (
            {str(c["id"]): c for c in listed if isinstance(c, dict) and "id" in c} if isinstance(listed, list) else {}
        )
        if wanted not in cards and (wanted or len(cards) != 1):
            names = ", ".join(list(cards)[:10]) or "none"
            raise ModelError(
                f"the server has no model {wanted!r}; it has {names}."
                if wanted
                else f"the server names {len(cards)} models: {names}.",
                remedy="Write the model's name after a #, as in https://host/v1#model.",
                where=self.url,
            )
        name = wanted or next(iter(cards))
        longest = cards[name].get("max_model_len")
        return name, longest if isinstance(longest, int) and longest > 1 else None

    def _each(self, count: int, work: Callable[[int], np.ndarray]) -> list[np.ndarray]:
        def one(k: int) -> np.ndarray:
            found = work(k)
            self.watch.advance(TASK)
            return found

        return self._client.each(count, one)

    def _post(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._client.choice("completions", request)

    def _read(self, ids: np.ndarray, places: np.ndarray, name: str) -> np.ndarray:
        """Log-probabilities of the tokens of a prompt that stand at some places, none of them the first."""
        # All of a prompt's are asked for and kept: whichever are wanted, it is one pass.
        request = self._to_read([int(i) for i in ids])
        found = self._replies.get(request)
        if found is None:
            found = self._of_prompt(self._post(request), request["prompt"])
            self._replies.keep(request, found)
        values = found[places]
        bad = places[~np.isfinite(values) | (values < _NONE_LEFT)]
        if len(bad):
            said = f"row {name}: " if name else ""
            raise ModelError(
                f"{said}the server gives the token at place {int(bad[0]) + 1} of {len(ids)} no probability.",
                remedy="Have it serve the plain model: no logits processors, and a number format of 16 bits or more.",
                where=self.url,
            )
        return values

    def _to_read(self, ids: list[int]) -> dict[str, Any]:
        return {"model": self.served_name, "prompt": ids, "max_tokens": 1, "prompt_logprobs": 1, **_AS_IT_IS}

    def _of_prompt(self, choice: dict[str, Any], ids: Sequence[int]) -> np.ndarray:
        """The log-probabilities in an answer, float64, (tokens,), NaN where there is none."""
        said = choice.get("prompt_logprobs")
        if not isinstance(said, list) or not any(isinstance(entry, dict) and entry for entry in said):
            raise ModelError(
                "this server returns no log-probabilities of a prompt.",
                remedy="Use vLLM's OpenAI-compatible server, which takes prompt_logprobs.",
                where=self.url,
            )
        if len(said) != len(ids):
            raise self._other_tokens(f"{len(said)} tokens where {len(ids)} were sent")
        out = np.full(len(ids), np.nan)
        for k, (entry, token) in enumerate(zip(said, ids, strict=True)):
            if isinstance(entry, dict) and entry:
                if str(token) not in entry:
                    raise self._other_tokens(f"token {', '.join(list(map(str, entry))[:2])} where {token} was sent")
                value = entry[str(token)]
                value = value.get("logprob") if isinstance(value, dict) else value
                out[k] = value if isinstance(value, int | float) else math.nan
        return out

    def _write(self, prompt: np.ndarray, most: int, seed: int, more: dict[str, Any]) -> np.ndarray:
        """Token ids that the server writes after a prompt."""
        if self._limit and len(prompt) + most > self._limit + 1:
            raise RowError(
                f"a prompt of {len(prompt)} tokens and {most} new ones do not fit the {self._limit} that the server"
                " reads.",
                remedy="Ask for fewer new tokens, or shorten the prompt.",
            )
        request = {
            "model": self.served_name,
            "prompt": [int(i) for i in prompt],
            "max_tokens": most,
            "seed": seed,
            "logprobs": 1,
            "return_tokens_as_token_ids": True,
            **_AS_IT_IS,
            **more,
        }
        found = self._replies.get(request)
        if found is None:
            found = np.asarray(self._named_ids(self._post(request)), dtype=np.float64)
            self._replies.keep(request, found)
        return found.astype(np.int64)

    def _named_ids(self, choice: dict[str, Any]) -> list[int]:
        """The token ids by which a server names what it read or wrote."""
        names = (choice.get("logprobs") or {}).get("tokens")
        head = "token_id:"
        if not isinstance(names, list) or not all(str(n).startswith(head) and n[len(head) :].isdigit() for n in names):
            raise ModelError(
                "this server does not name tokens by their ids.",
                remedy="Use vLLM's OpenAI-compatible server, which takes return_tokens_as_token_ids.",
                where=self.url,
            )
        return [int(n[len(head) :]) for n in names]

    def _other_tokens(self, what: str) -> ModelError:
        return ModelError(
            f"the server's log-probabilities are of other tokens: {what}.",
            remedy="Use a server that reads token ids as they are, with the tokenizer of the model it runs.",
            where=self.url,
        )
