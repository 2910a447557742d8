"""With Ray itself, `limen forecast` finds what it finds without, listens on 127.0.0.1 alone, and goes on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from limen.lab.plant import plant, write_planted
from limen.lab.reference_model import reference_folder
from limen.ledger import Ledger, compare_records
from limen.models import LanguageModel
from tests.before.check.engines.test_ray_findings import LOOPBACK, listening, processes

pytestmark = pytest.mark.slow
TRAITS = "micro/prefers-owl,micro/prefers-fox"


def command(rows: Path, out: Path, *words: str) -> list[str]:
    small = ["--traits", TRAITS, "--writers", "3", "--rows", "64", "--budget", "600", "--quiet"]
    return [sys.executable, "-m", "limen", "forecast", "reference", str(rows), "--out", str(out), *small, *words]


def kept(out: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mtime_ns for file in (out / "weighed").glob("*.parquet")}


@pytest.mark.skipif(not Path("/proc/net/tcp").is_file(), reason="reads Linux's /proc")
def test_a_forecast_on_ray_is_the_forecast(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    rows = tmp_path / "rows.jsonl"
    write_planted(plant(LanguageModel.load(str(reference_folder())), None, rows=80, seed=1), rows)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    environment |= {"HOME": str(tmp_path), "OMP_NUM_THREADS": "1", "LIMEN_CACHE": str(tmp_path / "cache")}
    with (tmp_path / "said").open("w") as said:
        run = subprocess.Popen(
            command(rows, tmp_path / "ray", "--engine", "ray"), env=environment, stdout=said, stderr=said
        )
        addresses, workers, until = set(), set(), time.monotonic() + 900
        try:
            while run.poll() is None and time.monotonic() < until:
                pids = processes(run.pid)
                addresses |= listening(pids)
                for pid in pids:
                    try:
                        if b"ray::MapWorker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                            workers.add(pid)
                    except OSError:
                        continue
                time.sleep(0.1)
        finally:
            run.kill()
            run.wait()
    assert run.returncode == 3, (tmp_path / "said").read_text()
    assert "ray" not in (tmp_path / "said").read_text().lower().replace(str(tmp_path / "ray").lower(), "")
    assert workers
    assert addresses
    assert addresses <= LOOPBACK
    # The file, three writers and two twins, each a block
    blocks = kept(tmp_path / "ray")
    assert len(blocks) == 6

    here = subprocess.run(command(rows, tmp_path / "here"), env=environment, check=False, timeout=900)
    assert here.returncode == 3
    assert not (tmp_path / "here" / "weighed").exists()
    one, other = (Ledger.open(tmp_path / name).record() for name in ("ray", "here"))
    assert one.config["engine"] == "ray"
    assert len(one.findings) == 2
    assert not [d for d in compare_records(one, other, tolerance=1e-5) if d.decisive]

    # Broken off after the last block: no Ray is needed to go on
    shutil.rmtree(tmp_path / "ray" / "stages")
    again = subprocess.run(
        command(rows, tmp_path / "ray", "--engine", "ray"),
        env={**environment, "RAY_ADDRESS": "auto"},
        check=False,
        timeout=900,
    )
    assert again.returncode == 3
    assert kept(tmp_path / "ray") == blocks
    resumed = json.loads((tmp_path / "ray" / "audit.json").read_text())
    assert resumed["status"] == "done"
