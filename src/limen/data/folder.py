"""Folders: what `save_to_disk` wrote, or data files lying side by side."""

from __future__ import annotations

from pathlib import Path

from limen.core import ReadError
from limen.data.readers import known_suffixes, reader_for
from limen.data.readers._open import inner_suffix
from limen.data.sources import PREFERRED_SPLIT, FileSource, Source


def open_folder(folder: Path, split: str | None = None) -> Source:
    """The source of a folder.

    A folder that `save_to_disk` wrote is read as such. Otherwise all data files in it (or in its `data` folder) are
    read in the order of their names; where names tell splits, those of the split, by default `train`.

    Args:
        folder: The folder.
        split: Which split.

    Raises:
        ReadError: No data is in it, or not the split asked for.
    """
    if (folder / "dataset_dict.json").is_file() or (folder / "dataset_info.json").is_file():
        return _saved(folder, split)
    files = _data_files(folder) or _data_files(folder / "data")
    wanted = split or PREFERRED_SPLIT
    of_split = [f for f in files if wanted in f.name.lower().replace(".", "-").replace("_", "-").split("-")]
    if split is not None and not of_split:
        raise ReadError(
            f"no file of the split {split!r} is in the folder.",
            remedy=f"The files are: {', '.join(f.name for f in files) or '(none)'}.",
            where=str(folder),
        )
    files = of_split or files
    if not files:
        raise ReadError(
            "no data file is in the folder.",
            remedy=f"Name a folder with files that end in {', '.join(known_suffixes())}.",
            where=str(folder),
        )
    readers = {reader_for(f).name: reader_for(f) for f in files}
    if len(readers) > 1:
        raise ReadError(
            f"the folder holds files of several formats: {', '.join(sorted(readers))}.",
            remedy="Name the file to read.",
            where=str(folder),
        )
    return FileSource(files, next(iter(readers.values())), name=str(folder))


def _data_files(folder: Path) -> list[Path]:
    suffixes = set(known_suffixes())
    if not folder.is_dir():
        return []
    skipped = {"dataset_info.json", "dataset_infos.json", "state.json", "config.json"}
    return sorted(f for f in folder.iterdir() if f.is_file() and inner_suffix(f) in suffixes and f.name not in skipped)


def _saved(folder: Path, split: str | None) -> Source:
    import datasets

    from limen.data.hub import DatasetSource, pick_split

    try:
        whole = datasets.load_from_disk(str(folder))
    except Exception as error:  # datasets raises whatever its parts raise
        raise ReadError(
            f"the saved data set cannot be loaded: {type(error).__name__}: {error}",
            remedy="Save it again with save_to_disk, or name a data file.",
            where=str(folder),
        ) from error
    return DatasetSource(pick_split(whole, split, str(folder)), name=str(folder))
