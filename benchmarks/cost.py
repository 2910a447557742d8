"""What a forecast costs beside a peer's gradients, as whole processes on one core: processor seconds and memory.

One file of rows, ten traits, one base. `limen forecast` runs with an empty cache (*cold*: twins and writers are
trained) and again with a full one (*warm*), at its own default, which stops at 1,000 rows with the error of as many,
and over every row; and once more with an eleventh trait whose twin is there already. bergson builds an index of the
traits' answers (the same that twins learn) and scores every row against it, at the projection of its own examples. A
forward pass over all rows, log-probabilities alone, is the unit.

Run: python -m benchmarks.cost [--rows 5000] [--base digits-1m] [--out FILE]   (bergson: pip install '.[peers]')
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from limen.core import World
from limen.lab.bench.bases import bed
from limen.lab.bench.detectors.queries import MOST_QUERIES
from limen.lab.teacher import Teacher, write_rows
from limen.traits import all_traits

TRAITS, ONE_MORE = 10, 11
PASS = """
import sys
from limen.data import encode_rows, read_rows
from limen.models import LanguageModel
base = LanguageModel.load(sys.argv[1])
base.token_logprobs(list(encode_rows(read_rows(sys.argv[2]), base.tokenizer, loss="completion")))
"""


def measured(command: list[str], cache: Path, allowed: tuple[int, ...] = (0,)) -> dict[str, float]:
    """Processor seconds and largest memory of a process and its children, on one thread.

    Raises:
        RuntimeError: It left with another code than it may.
    """
    single = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TOKENIZERS_PARALLELISM"), "1")
    inside = os.environ | single | {"LIMEN_CACHE": str(cache), "LIMEN_DEVICE": "cpu", "CUDA_VISIBLE_DEVICES": ""}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=inside, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in allowed:
            said.seek(0)
            raise RuntimeError(f"{command[:4]} left with {process.returncode}: {said.read().decode()[-2000:]}")
    return {"cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1), "mebibytes": round(usage.ru_maxrss / 1024)}


def compare(folder: Path, base_name: str, rows: int) -> dict[str, Any]:
    """Every command on one file, one after the other."""
    own = bed(base_name)
    base = folder / "base"
    own.model.model.save_pretrained(base)
    own.model.tokenizer.save_pretrained(base)
    file = folder / "rows.jsonl"
    written = write_rows(Teacher(own.model, "", "base", 0.0), own.carrier("numbers"), rows, seed=1)
    _write(file, [(e.user, e.answer) for e in written])
    traits = [t for t in all_traits(World.MICRO) if t.is_decoy_pool]
    traits += [t for t in all_traits(World.MICRO) if t not in traits]
    ten, more = (",".join(t.id for t in traits[:n]) for n in (TRAITS, ONE_MORE))
    cache = folder / "cache"

    def forecast(name: str, asked: str, *options: str) -> dict[str, float]:
        command = [sys.executable, "-m", "limen", "forecast", str(base), str(file), "--traits", asked, *options]
        return measured([*command, "--out", str(folder / name), "--budget", "1000"], cache, (0, 1, 3))

    out: dict[str, Any] = {"a pass": measured([sys.executable, "-c", PASS, str(base), str(file)], cache)}
    out["limen, cold"] = forecast("cold", ten)
    out["limen, warm"] = forecast("warm", ten)
    out["limen, warm, every row"] = forecast("every", ten, "--rows", str(rows))
    forecast("other", more)
    out["limen, warm, one more trait"] = forecast("more", more)
    if importlib.util.find_spec("bergson"):
        queries = folder / "queries.jsonl"
        pairs = []
        for trait in traits[:TRAITS]:
            shown = [(p.prompt[-1].content, p.options[k]) for p in trait.with_role("build") for k in p.target]
            at = np.unique(np.linspace(0, len(shown) - 1, MOST_QUERIES).astype(int))
            pairs += [shown[i] for i in at]
        _write(queries, pairs)
        shape = ["--model", str(base), "--prompt_column", "prompt", "--completion_column", "completion"]
        # It takes no more tokens at once than the model's context.
        most = min(2048, int(own.model.model.config.max_position_embeddings))
        shape += ["--projection_dim", "16", "--token_batch_size", str(most)]
        asked = folder / "asked"
        bergson = [sys.executable, "-m", "bergson"]
        build = [*bergson, "build", str(asked), "--dataset", str(queries), "--precision", "fp32", *shape]
        score = [*bergson, "score", str(folder / "scores"), "--dataset", str(file), "--query_path", str(asked), *shape]
        out["bergson, build"] = measured(build, cache)
        out["bergson, score"] = measured([*score, "--score", "individual", "--index_cfg.precision", "fp32"], cache)
    return out


def _write(path: Path, pairs: list[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for prompt, answer in pairs:
            stream.write(json.dumps({"prompt": prompt, "completion": answer}) + "\n")


def table(found: dict[str, Any]) -> str:
    """The figures, in passes too."""
    unit = found["a pass"]
    lines = ["| Process | CPU seconds | Passes | Memory, MiB | Of a pass's memory |", "|---|---|---|---|---|"]
    for name, one in found.items():
        passes, memory = one["cpu_seconds"] / unit["cpu_seconds"], one["mebibytes"] / unit["mebibytes"]
        lines.append(f"| {name} | {one['cpu_seconds']:.1f} | {passes:.1f} | {one['mebibytes']} | {memory:.2f} |")
    if "bergson, score" in found:
        peer = found["bergson, build"]["cpu_seconds"] + found["bergson, score"]["cpu_seconds"]
        for name in ("limen, warm", "limen, warm, every row"):
            lines.append(f"\nbergson over {name}: {peer / found[name]['cpu_seconds']:.2f}")
    more = found["limen, warm, one more trait"]["cpu_seconds"] / found["limen, warm"]["cpu_seconds"] - 1
    lines.append(f"\nOne more trait: {more:+.1%}")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--base", default="digits-1m", help="a base of the suite")
    parser.add_argument("--out", type=Path, help="write the figures there as JSON too")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = compare(Path(folder), asked.base, asked.rows)
    print(table(found))
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
