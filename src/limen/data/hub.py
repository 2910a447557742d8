"""Data sets of the `datasets` library: from the hub, or as objects in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from limen.core import ReadError
from limen.data.records import Broken, Record, as_record
from limen.data.sources import PREFERRED_SPLIT, update_hash


class DatasetSource:
    """A `datasets.Dataset`, `IterableDataset`, or a dict of splits of which one is `train` or the only one.

    Args:
        dataset: The object.
        name: What reports call it.
    """

    reader = "datasets"

    def __init__(self, dataset: Any, name: str = "datasets.Dataset") -> None:
        self.name = name
        self._dataset = pick_split(dataset, None, name)
        self._sha = hashlib.sha256()

    def records(self) -> Iterator[Record | Broken]:
        """The rows as Python objects, whatever format the data set is set to."""
        self._sha = hashlib.sha256()
        for value in self._dataset.with_format(None):
            update_hash(self._sha, value)
            yield as_record(value)

    def sha256(self) -> str:
        """Hash of the content of the rows that were read."""
        return self._sha.hexdigest()


class HubSource:
    """A data set on the hub, streamed."""

    reader = "hub"

    def __init__(self, hub_id: str, config: str | None, split: str | None, *, name: str) -> None:
        self.name = name
        self._id, self._config, self._split = hub_id, config, split
        self._sha = hashlib.sha256()

    def records(self) -> Iterator[Record | Broken]:
        """The rows, fetched as they are read."""
        import datasets

        self._sha = hashlib.sha256()
        try:
            whole = datasets.load_dataset(self._id, self._config, streaming=True)
            for value in pick_split(whole, self._split, self.name):
                update_hash(self._sha, value)
                yield as_record(value)
        except ReadError:
            raise
        except Exception as error:  # the hub client raises dozens of classes of its own
            raise ReadError(
                f"the hub did not give it: {type(error).__name__}: {_first_line(error)}",
                remedy="Check the id, the split and the network, or download the data set and name its folder.",
                where=self.name,
            ) from error

    def sha256(self) -> str:
        """Hash of the content of the rows that were read."""
        return self._sha.hexdigest()


def pick_split(dataset: Any, split: str | None, name: str) -> Any:
    """One split of a data set.

    Args:
        dataset: A data set, or a dict of splits.
        split: Which; None for `train`, or the only one.
        name: For errors.

    Raises:
        ReadError: There is no such split, or several and none was named.
    """
    if not isinstance(dataset, Mapping):
        return dataset
    splits = [str(s) for s in dataset]
    if split is None:
        split = PREFERRED_SPLIT if PREFERRED_SPLIT in splits else splits[0] if len(splits) == 1 else None
    if split is None or split not in splits:
        raise ReadError(
            f"the data set has the splits {', '.join(splits) or '(none)'}"
            + (f", not {split!r}." if split else ", and none was named."),
            remedy=f"Name one, such as {name}:{splits[0] if splits else PREFERRED_SPLIT}.",
            where=name,
        )
    return dataset[split]


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0][:300].rstrip(".") + "."
