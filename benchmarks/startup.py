"""What it costs to start: user CPU seconds of `limen --help` and of `import limen`, the least of several runs.

The least, because everything else that a machine does can only add to it. `make verify` keeps it in results/.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from typing import Any

PROGRAMS = {
    "help": "import sys; from limen.cli.main import main; sys.exit(main(['--help']))",
    "import": "import limen",
    "python": "pass",
}
REPEATS = 7
MOST_SECONDS = 0.3
"""What `limen --help` may cost."""


def units() -> list[str]:
    return list(PROGRAMS)


def run(unit: str) -> dict[str, Any]:
    return {"user_seconds": round(min(_user_seconds(PROGRAMS[unit]) for _ in range(REPEATS)), 3)}


def summarise(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {f"{unit}_user_seconds": result["user_seconds"] for unit, result in results.items()}


def agrees(old: dict[str, Any], new: dict[str, Any]) -> bool:
    # A time is another one on another machine; what must hold everywhere is the bound.
    return bool(new["user_seconds"] < MOST_SECONDS)


def _user_seconds(program: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([sys.executable, "-c", program], stdout=subprocess.DEVNULL, check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


if __name__ == "__main__":
    for name in units():
        print(f"{name}: {run(name)['user_seconds']} s of user CPU")
