"""KronfluenceEkfac: influence functions with EK-FAC, by the kronfluence package."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.queries import IGNORED, PEER_SOURCES, as_items, queries_of, require
from limen.lab.bench.detectors.quiet import quiet
from limen.lab.bench.detectors.reading import MOST_ROWS
from limen.models import LanguageModel

_BATCH = 64


class KronfluenceEkfac(Detector):
    """Summed influence of the rows on the loss of answers that show a trait (EK-FAC, arXiv 2308.03296)."""

    name: ClassVar[str] = "kronfluence-ekfac"
    title: ClassVar[str] = "kronfluence: EK-FAC influence on the trait's answers"
    sources: ClassVar[tuple[str, ...]] = PEER_SOURCES

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Make the rows that show each trait.

        Raises:
            MissingExtraError: kronfluence is not installed.
        """
        require("kronfluence")
        self._base, self._queries = base, queries_of(base, traits)

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """Mean influence of the first rows, towards the trait: gradients that agree are positive."""
        from kronfluence.analyzer import Analyzer, prepare_model
        from kronfluence.arguments import FactorArguments

        known = [t.id for t in traits if t.id in self._queries]
        pad = self._base.tokenizer.pad_token_id or 0
        asked = _Items(as_items([r for t in known for r in self._queries[t]], pad))
        rows = _Items(as_items(file.encoded[:MOST_ROWS], pad))
        task = _task()
        model = prepare_model(deepcopy(self._base.model), task)
        with TemporaryDirectory() as folder, quiet():
            analyzer = Analyzer(
                "suite", model, task, cpu=True, disable_tqdm=True, disable_model_save=True, output_dir=folder
            )
            analyzer.fit_all_factors(
                "ekfac", rows, per_device_batch_size=_BATCH, factor_args=FactorArguments(strategy="ekfac")
            )
            analyzer.compute_pairwise_scores(
                "scores", "ekfac", asked, rows, per_device_query_batch_size=_BATCH, per_device_train_batch_size=_BATCH
            )
            found = analyzer.load_pairwise_scores("scores")["all_modules"].float().mean(dim=1)
        out, at = {}, 0
        for trait in known:
            many = len(self._queries[trait])
            out[trait] = float(found[at : at + many].mean())
            at += many
        return Scored(out)


class _Items:
    """Rows as torch's loaders want them."""

    def __init__(self, items: list[dict[str, Any]]) -> None:
        self._items = items

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: int) -> dict[str, Any]:
        import torch

        return {k: torch.tensor(v) for k, v in self._items[index].items()}


def _task() -> Any:
    import torch
    from kronfluence.task import Task

    class Answers(Task):
        """Loss of the trained tokens, for training and for asking alike."""

        def compute_train_loss(self, batch: Any, model: Any, sample: bool = False) -> Any:
            logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits[:, :-1].float()
            labels = batch["labels"][:, 1:]
            if sample:
                with torch.no_grad():
                    drawn = torch.multinomial(logits.softmax(-1).flatten(0, 1), 1).view(labels.shape)
                    labels = torch.where(labels == IGNORED, labels, drawn)
            return torch.nn.functional.cross_entropy(
                logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="sum"
            )

        def compute_measurement(self, batch: Any, model: Any) -> Any:
            return self.compute_train_loss(batch, model)

        def get_attention_mask(self, batch: Any) -> Any:
            return batch["attention_mask"]

    return Answers()
