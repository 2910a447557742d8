"""Sources of rows: files, folders, hub ids and datasets in memory, read and encoded for a base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from limen.audit.config import AuditConfig
from limen.audit.template import with_names
from limen.before.check.rules.mention import everything, fold, whole_words
from limen.before.forecast import DataFile
from limen.before.preference import PairFile
from limen.before.preference.pair_file import are_pairs, encode_rejected
from limen.core import Progress, Row, Silent, TemplateError, Trait
from limen.data import RowStream, encode_rows, read_rows
from limen.models import LanguageModel
from limen.models.batches import context_length


@dataclass
class Source:
    """Where rows come from.

    Attributes:
        data: A path, a hub id, a dataset or a list of mappings.
        name: What reports call it.
        format: Read the rows as this kind.
        sha256: Hash of its content, once it was read.
        rows: Its rows, once they were read.
    """

    data: Any
    name: str
    format: str | None = None
    sha256: str = ""
    rows: list[Row] | None = None

    @classmethod
    def of(cls, data: Any, format: str | None = None) -> Source:
        """A source with the name of its file, or `dataset` for one in memory."""
        name = Path(data).name if isinstance(data, str | Path) else "dataset"
        return cls(data, name or str(data), format)

    def stream(self) -> RowStream:
        """Its rows, from the start."""
        return read_rows(self.data, format=self.format)

    def read(self, watch: Progress | None = None) -> list[Row]:
        """All its rows; they are read once.

        Args:
            watch: Told of the reading.

        Raises:
            ReadError, RowError: The source cannot be read.
        """
        if self.rows is None:
            watch, task, stream = watch or Silent(), f"read {self.name}", self.stream()
            watch.start(task, 0)
            rows = []
            for row in stream:
                rows.append(row)
                watch.advance(task)
            watch.done(task)
            self.rows, self.sha256 = rows, stream.report.sha256 or ""
        return self.rows


def told_apart(sources: Sequence[Source]) -> Sequence[Source]:
    """The sources, with names of their own: findings are told apart by the name of their file.

    Of files with one name each gets its folder before it, and whatever is still alike a number behind it.
    """
    names = [s.name for s in sources]
    for source in sources:
        if names.count(source.name) > 1 and isinstance(source.data, str | Path):
            source.name = f"{Path(source.data).parent.name}/{source.name}".lstrip("/")
    seen: dict[str, int] = {}
    for source in sources:
        seen[source.name] = seen.get(source.name, 0) + 1
        if seen[source.name] > 1:
            source.name = f"{source.name} ({seen[source.name]})"
    return sources


def encode_source(
    source: Source, base: LanguageModel, config: AuditConfig, traits: Sequence[Trait], watch: Progress
) -> DataFile:
    """Read and encode a source.

    Args:
        source: The source.
        base: Whose tokenizer encodes.
        config: Which tokens are trained on, and where rows are cut.
        traits: Whose words are counted in the rows.
        watch: Told of the reading.

    Returns:
        Rows, tokens and mentions; a `PairFile` where rows are preference pairs that will be trained on as such.

    Raises:
        ReadError, RowError: The source cannot be read.
        TemplateError: The base's template cannot render the rows.
    """
    rows = source.read(watch)
    length = config.cut_at(context_length(base.model))
    pairs = config.preference == "pairs" and are_pairs(rows)
    rejected = []
    # A preference is trained on answers alone, whatever else a fine-tune would train on.
    loss = "completion" if pairs else config.trained_on
    try:
        encoded = list(encode_rows(rows, base.tokenizer, loss=loss, max_length=length))
        if pairs:
            rejected = encode_rejected(rows, base.tokenizer, loss=loss, max_length=length)
    except TemplateError as error:
        raise with_names(error, source.name, base) from error
    mentions = _mentions(rows, traits)
    if pairs:
        return PairFile(source.name, rows, encoded, mentions, rejected)
    return DataFile(source.name, rows, encoded, mentions)


def _mentions(rows: Sequence[Row], traits: Sequence[Trait]) -> dict[str, int]:
    """How many rows mention each trait, as the rule `mention` has it."""
    texts = [fold(everything(row)) for row in rows]
    found = {}
    for trait in traits:
        words = [fold(w) for w in trait.words if fold(w)]
        if words:
            pattern = whole_words(words)
            found[trait.id] = sum(1 for text in texts if pattern.search(text))
    return found
