"""Files of the suite, written once and kept in the cache for every detector that reads them."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from dataclasses import asdict

from limen.lab.bench.case import Case
from limen.lab.bench.files import BenchFile, Written, as_file, write, write_file
from limen.lab.bench.labels import SOURCES
from limen.lab.code_hash import hash_sources
from limen.lab.study.seed import PACKAGE
from limen.lab.world.exchange import Exchange
from limen.models import cache_folder


def kept_file(case: Case) -> BenchFile:
    """The file of a case, without the teacher who wrote it; written if the cache does not have it.

    Args:
        case: The case.

    Raises:
        ModelError: Its teacher failed to learn the trait.
        UsageError: It is a real file that is not at hand.
    """
    if case.writer == "real":
        return write_file(case)
    path = cache_folder() / "suite" / _code() / f"{case.number:07x}.json.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            found = json.load(file)
        if found.pop("id") == case.id:
            for part in ("exchanges", "rejected"):
                found[part] = [Exchange(**x) for x in found[part]]
            return as_file(case, Written(teacher=None, **found))
    except (OSError, EOFError, ValueError, TypeError, KeyError):
        pass
    written = write(case)
    plain = {
        "id": case.id,
        "exchanges": [asdict(x) for x in written.exchanges],
        "rejected": [asdict(x) for x in written.rejected],
        "planted": written.planted,
        "gain": written.gain,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}.part")
    with gzip.open(beside, "wt", encoding="utf-8", compresslevel=4) as file:
        json.dump(plain, file)
    os.replace(beside, path)
    return as_file(case, written)


def _code() -> str:
    return hashlib.sha256(json.dumps(hash_sources(PACKAGE, (*SOURCES, "lab/bench/sized.py"))).encode()).hexdigest()[:12]
