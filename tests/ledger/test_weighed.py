"""What blocks came to is kept exactly, read only as what it is, and goes with its audit."""

from __future__ import annotations

import shutil

import pytest

from limen.core import LedgerError
from limen.ledger import Ledger
from limen.ledger.weighed import FOLDER, Weighed, read_weighed, write_weighed

ONE = Weighed("a" * 64, 7, 1 / 3, (0.1 + 0.2, -1e-300))


def test_it_is_kept_to_the_last_bit(tmp_path):
    write_weighed(tmp_path, ONE)
    assert read_weighed(tmp_path, ONE.key) == ONE


def test_what_cannot_be_read_or_is_another_s_is_unknown(tmp_path):
    write_weighed(tmp_path, ONE)
    file = tmp_path / FOLDER / f"{ONE.key}.parquet"
    shutil.copy(file, file.with_name(f"{'b' * 64}.parquet"))
    assert read_weighed(tmp_path, "b" * 64) is None
    assert read_weighed(tmp_path, "c" * 64) is None
    file.write_bytes(file.read_bytes()[:-9])
    assert read_weighed(tmp_path, ONE.key) is None


def test_it_goes_with_its_audit(tmp_path):
    write_weighed(tmp_path, ONE)
    with pytest.raises(LedgerError, match=FOLDER):
        Ledger.create(tmp_path, "forecast", {})
    shutil.rmtree(tmp_path / FOLDER)
    Ledger.create(tmp_path, "forecast", {"engine": "local"})
    write_weighed(tmp_path, ONE)
    Ledger.create(tmp_path, "forecast", {"engine": "ray"})
    assert read_weighed(tmp_path, ONE.key) == ONE
    Ledger.create(tmp_path, "forecast", {"engine": "ray"}, resume=False)
    assert read_weighed(tmp_path, ONE.key) is None
