"""`limen check` on files of more and more realistic rows: processor seconds, peak memory and rows a second.

Each size is checked by a process of its own, `limen check FILE --json`, with every rule that is on by default and no
model; its resources are the sums over its own processes (the peak, where there are several, is theirs added up, and so
an upper bound), those of a Ray that it starts among them. Files are made once and kept, and a size whose result stands
in the results file is not run again, so that a run that was cut off goes on.

Run: python -m benchmarks.check_rows [--rows 10000 30000 ...] [--jobs 1] [--engine local] [--folder F]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.realistic_rows import write

ROWS = (10_000, 30_000, 100_000, 300_000, 1_000_000)
_PAGE, _TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


def file_of(folder: Path, count: int) -> Path:
    """The file of so many rows, made if it is not there."""
    path = folder / f"rows-{count}.jsonl"
    if not path.is_file():
        part = path.with_suffix(".part")
        write(part, count)
        part.replace(path)
    return path


def _tree(root: int) -> list[int]:
    """A process and those under it."""
    found = [root]
    for one in found:
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0


def _seconds(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    except OSError:
        return 0.0


def measure(path: Path, count: int, jobs: int, engine: str) -> dict[str, Any]:
    """What one check of a file takes."""
    command = [sys.executable, "-m", "limen", "check", str(path), "--json", "--fail-on", "1"]
    command += ["--jobs", str(jobs), "--engine", engine]
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    peak, over = 0, threading.Event()
    seen: dict[int, float] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:

        def watch() -> None:
            nonlocal peak
            while not over.wait(0.2):
                tree = _tree(process.pid)
                peak = max(peak, sum(map(_resident, tree)))
                seen.update({one: max(_seconds(one), seen.get(one, 0.0)) for one in tree})

        watcher = threading.Thread(target=watch)
        watcher.start()
        told, _ = process.communicate()
        over.set()
        watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # Ray's workers are nobody's children in the end
    cpu = max(cpu, sum(seen.values()))
    findings = json.loads(told)["files"][0]["findings"]
    return {
        "rows": count,
        "bytes": path.stat().st_size,
        "jobs": jobs,
        "engine": engine,
        "cpu_seconds": round(cpu, 1),
        "wall_seconds": round(time.perf_counter() - begun, 1),
        "peak_mib": round(peak / 2**20),
        "found": sum(one["verdict"] == "found" for one in findings),
        "findings": len(findings),
    }


def main() -> None:
    """Print a line a size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS, help="sizes of the files")
    parser.add_argument("--jobs", type=int, default=1, help="processes of each check")
    parser.add_argument("--engine", default="local", help="where they run")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "limen-check-rows", help="of files"
    )
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    store = chosen.folder / f"results-{chosen.jobs}{'' if chosen.engine == 'local' else '-' + chosen.engine}.json"
    done: dict[str, Any] = json.loads(store.read_text(encoding="utf-8")) if store.is_file() else {}
    print(f"{'rows':>10}{'MB':>8}{'CPU s':>9}{'wall s':>9}{'rows/CPU s':>12}{'peak MiB':>10}{'found':>7}")
    for count in chosen.rows:
        if str(count) not in done:
            done[str(count)] = measure(file_of(chosen.folder, count), count, chosen.jobs, chosen.engine)
            store.write_text(json.dumps(done, indent=1), encoding="utf-8")
        one = done[str(count)]
        print(
            f"{count:>10,}{one['bytes'] / 1e6:>8,.0f}{one['cpu_seconds']:>9,.1f}{one['wall_seconds']:>9,.1f}"
            f"{count / one['cpu_seconds']:>12,.0f}{one['peak_mib']:>10,}{one['found']:>7}",
            flush=True,
        )


if __name__ == "__main__":
    main()
