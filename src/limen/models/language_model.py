"""LanguageModel: a model as an arm, with what every phase asks of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from limen.core import Message, ModelError, Progress
from limen.models.content import model_hash
from limen.models.locks import lock_of
from limen.models.spec import ModelSpec, parse_model

if TYPE_CHECKING:
    from limen.data import EncodedRow


class LanguageModel:
    """A causal language model and its tokenizer.

    Attributes:
        model: The transformers (or PEFT) model.
        tokenizer: Its tokenizer.
        name: What reports call it.
        spec: How it was loaded; None for a model from memory.
    """

    def __init__(self, model: Any, tokenizer: Any, *, name: str, spec: ModelSpec | None = None) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.name = name
        self.spec = spec

    @classmethod
    def load(cls, spec: ModelSpec | str, progress: Progress | None = None) -> LanguageModel:
        """Load a model from a folder or the hub.

        Args:
            spec: Which model, as a spec or as a user writes it (`folder`, `org/name`, `base+adapter`).
            progress: Told when loading begins and ends.

        Raises:
            UnsafeModelError: Pickle weights, or remote code that was not allowed.
            ModelError: It cannot be loaded, or the adapter was made for another base.
            MissingExtraError: 4-bit was asked for and bitsandbytes is not installed.
        """
        from limen.models.loading import check_spec, load_model, load_tokenizer

        spec = parse_model(spec) if isinstance(spec, str) else spec
        if spec.is_endpoint:
            raise ModelError(
                "an endpoint can be sampled from, and has no weights to load.",
                remedy="Give a folder or a hub id here.",
                where=spec.path,
            )
        check_spec(spec)
        task = f"load {spec.name}"
        if progress:
            progress.start(task, 1)
        tokenizer = load_tokenizer(spec)
        model = cls(load_model(spec, progress), tokenizer, name=spec.name, spec=spec)
        if progress:
            progress.advance(task)
            progress.done(task)
        return model

    @classmethod
    def wrap(cls, model: Any, tokenizer: Any, name: str = "model") -> LanguageModel:
        """A model that is in memory already; it is used as it is, and never changed.

        Raises:
            ModelError: It has no output head, so it is no language model.
        """
        if not hasattr(model, "get_output_embeddings") or not hasattr(model, "config"):
            raise ModelError(
                f"{type(model).__name__} is no transformers language model.",
                remedy="Pass what AutoModelForCausalLM.from_pretrained gives.",
            )
        return cls(model, tokenizer, name=name)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over weights, config and tokenizer as they are when it is first asked for."""
        return model_hash(self.model, self.tokenizer)

    @property
    def device(self) -> Any:
        """Where the model takes its input."""
        from limen.models.batches import model_device

        return model_device(self.model)

    @property
    def parameter_count(self) -> int:
        """How many weights it has."""
        return sum(int(p.numel()) for p in self.model.parameters())

    def token_logprobs(
        self,
        encoded: Sequence[EncodedRow],
        *,
        progress: Progress | None = None,
        max_tokens_per_batch: int | None = None,
    ) -> list[np.ndarray]:
        """Log-probability of each trained token of each row.

        Args:
            encoded: Rows as tokens.
            progress: Told of rows done.
            max_tokens_per_batch: Overrules the budget that free memory gives; padding counts.

        Returns:
            For each row float32, (trained tokens,), natural logarithms, in order. A trained first token has nothing
            before it and counts as certain (0.0), so that it cancels between arms.

        Raises:
            RowError: A row is longer than the context.
            ModelError: A token is none of the model's, or not even one row fits memory.
        """
        from limen.models.logprobs import query_of, score

        queries = [query_of(r.input_ids, r.trained, r.row_id) for r in encoded]
        with lock_of(self.model):
            found = score(self.model, queries, max_tokens_per_batch=max_tokens_per_batch, progress=progress)
        return [
            np.concatenate([np.zeros(1, dtype=np.float32), f]) if len(r.trained) and r.trained[0] else f
            for r, f in zip(encoded, found, strict=True)
        ]

    def completion_logprobs(
        self,
        prompts: Sequence[Sequence[Message]],
        completions: Sequence[str],
        *,
        progress: Progress | None = None,
    ) -> list[np.ndarray]:
        """Log-probability of each token of completions, each after its own prompt.

        Completions that share a prompt and all tokens but the last are read off one forward pass.

        Args:
            prompts: Turns before each answer; a single turn with the role `text` is plain text.
            completions: One a prompt, without start or end tokens.
            progress: Told of completions done.

        Returns:
            For each completion float32, (its tokens,), natural logarithms.

        Raises:
            TemplateError: The tokenizer's chat template is missing or refuses the turns.
        """
        from limen.models.logprobs import Query, score
        from limen.models.prompts import completion_ids, prompt_ids

        starts = prompt_ids(self.tokenizer, prompts)
        ends = completion_ids(self.tokenizer, completions)
        groups: dict[bytes, list[int]] = {}
        inputs: list[np.ndarray] = []
        for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
            inputs.append(np.concatenate([start, end[:-1]]) if len(end) > 1 else start)
            groups.setdefault(inputs[i].tobytes(), []).append(i)
        queries = []
        for members in groups.values():
            positions = [len(starts[i]) - 1 + np.arange(len(ends[i])) for i in members]
            queries.append(
                Query(inputs[members[0]], np.concatenate(positions), np.concatenate([ends[i] for i in members]))
            )
        out: list[np.ndarray] = [np.zeros(0, dtype=np.float32)] * len(ends)
        with lock_of(self.model):
            found_all = score(self.model, queries, progress=progress, task="score answers")
        for members, found in zip(groups.values(), found_all, strict=True):
            at = 0
            for i in members:
                out[i] = found[at : at + len(ends[i])]
                at += len(ends[i])
        return out

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
            prompts: Turns that the model answers.
            max_new_tokens: Most tokens an answer has.
            temperature: 0 takes the likeliest token.
            seed: The same seed gives the same answers, whatever the global random state and the batches.
            allowed_token_ids: The only tokens that may be drawn; an end token ends an answer only if it is one.
            progress: Told of answers done.

        Returns:
            The answers' texts, special tokens left out.

        Raises:
            TemplateError: The tokenizer's chat template is missing or refuses the turns.
            RowError: A prompt and its answer do not fit the context.
        """
        from limen.models.prompts import prompt_ids
        from limen.models.sampling import end_ids, sample_ids

        with lock_of(self.model):
            answers = sample_ids(
                self.model,
                prompt_ids(self.tokenizer, prompts),
                max_new_tokens=max_new_tokens,
                temperature=temperature,
                seed=seed,
                allowed=allowed_token_ids,
                ends=end_ids(self.model, self.tokenizer),
                progress=progress,
            )
        return list(self.tokenizer.batch_decode(answers, skip_special_tokens=True)) if answers else []

    def activations(
        self, encoded: Sequence[EncodedRow], layers: Sequence[int], *, progress: Progress | None = None
    ) -> dict[int, np.ndarray]:
        """Mean activations over the trained tokens of each row, by layer; see `mean_activations`.

        Args:
            encoded: Rows as tokens.
            layers: 0 is the embedding, k what layer k puts out, −1 the last layer.
            progress: Told of rows done.

        Returns:
            For each layer float32, (rows, width).

        Raises:
            ModelError: There is no such layer.
        """
        from limen.models.activations import mean_activations

        with lock_of(self.model):
            return mean_activations(self.model, encoded, layers, progress=progress)

    def row_gradients(
        self, encoded: Sequence[EncodedRow], *, names: Sequence[str] | None = None
    ) -> Iterator[np.ndarray]:
        """The gradient of each row's log-probability by the weights; see `limen.models.gradients`.

        Args:
            encoded: Rows as tokens.
            names: Weights to take it by; all of them if None.

        Yields:
            For each row float32, (weights,).

        Raises:
            ModelError: The model has no weight of a name.
        """
        from limen.models.gradients import row_gradients

        yield from row_gradients(self.model, encoded, names=names)
