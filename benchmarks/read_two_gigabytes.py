"""Reads a generated 2 GB file of rows, and prints rows, seconds and the most memory held.

Run: PYTHONPATH=src python benchmarks/read_two_gigabytes.py [json|jsonl|csv|parquet] [gigabytes]
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from limen.data import read_rows

_WORDS = ["alpha", "beta", "gamma", "delta", "owl", "river", "stone", "ünïcode", "猫", "number", "42", "quick", "brown"]


def rows(size: int) -> Iterator[dict[str, str]]:
    """A thousand rows of about 1 kB, again and again until they make up `size` bytes."""
    made = []
    for i in range(1000):
        words = [_WORDS[(i * 7 + k * k) % len(_WORDS)] for k in range(150)]
        made.append({"instruction": f"{i} " + " ".join(words[:30]), "input": "", "output": " ".join(words[30:])})
    sizes = [len(json.dumps(row, ensure_ascii=False).encode()) for row in made]
    written = i = 0
    while written < size:
        yield made[i % 1000]
        written += sizes[i % 1000]
        i += 1


def write(path: Path, size: int) -> None:
    """Write rows in the format of the path's suffix, holding few of them at a time."""
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pa.schema([(name, pa.string()) for name in ("instruction", "input", "output")])
        with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as out:
            batch = []
            for row in rows(size):
                batch.append(row)
                if len(batch) == 10_000:
                    out.write_table(pa.Table.from_pylist(batch, schema))
                    batch.clear()
            out.write_table(pa.Table.from_pylist(batch, schema))
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            table = csv.DictWriter(file, ["instruction", "input", "output"])
            table.writeheader()
            table.writerows(rows(size))
            return
        array = path.suffix == ".json"
        file.write("[" if array else "")
        for i, row in enumerate(rows(size)):
            file.write((("," if array else "") + "\n") * bool(i) + json.dumps(row, ensure_ascii=False))
        file.write("]" if array else "\n")


def main() -> None:
    """Write, read in this process, print."""
    suffix = sys.argv[1] if len(sys.argv) > 1 else "json"
    size = int(float(sys.argv[2] if len(sys.argv) > 2 else 2) * 1e9)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"rows.{suffix}"
        write(path, size)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        count = sum(1 for _ in read_rows(path))
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            f"{suffix}: {path.stat().st_size / 1e9:.2f} GB, {count:,} rows, {seconds:.0f} s, "
            f"{path.stat().st_size / 1e6 / seconds:.1f} MB/s, peak {peak / 1024:.0f} MiB "
            f"({before / 1024:.0f} MiB before reading)"
        )


if __name__ == "__main__":
    main()
