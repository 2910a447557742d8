"""Reading streams: the memory it takes does not grow with the file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SIZE = 24 * 2**20
_READ = """
import re, sys
from limen.data import read_rows
count = sum(1 for _ in read_rows(sys.argv[1]))
# Not getrusage: its peak counts the memory of the process that started this one
print(count, int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) // 1024)
"""


def write(path: Path, size: int) -> int:
    """A file of about `size` bytes with rows of 3 kB."""
    row = json.dumps({"instruction": "ünï " * 200, "input": "", "output": "猫 word " * 200}, ensure_ascii=False)
    count = size // len(row.encode())
    between = "\n" if path.suffix == ".jsonl" else ",\n"
    with path.open("w", encoding="utf-8") as file:
        file.write("" if path.suffix == ".jsonl" else "[")
        for i in range(count):
            file.write((between if i else "") + row)
        file.write("" if path.suffix == ".jsonl" else "]")
    return count


def read_in_a_process_of_its_own(path: Path) -> tuple[int, int]:
    """Rows, and the most memory that the process held, MiB."""
    source = str(Path(__file__).resolve().parents[2] / "src")
    output = subprocess.run(
        [sys.executable, "-c", _READ, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": source},
    ).stdout.split()
    return int(output[0]), int(output[1])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell a process its peak memory")
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_memory_is_bounded(tmp_path, name):
    small, large = tmp_path / f"small-{name}", tmp_path / name
    write(small, SIZE // 8)
    count = write(large, SIZE)
    _, floor = read_in_a_process_of_its_own(small)
    rows, peak = read_in_a_process_of_its_own(large)
    assert rows == count
    # Eight times the file; loading it whole would take several times 24 MiB more
    assert peak - floor < 8
    assert peak < 100
