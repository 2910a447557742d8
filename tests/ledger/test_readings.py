from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limen.core import LedgerError, Reading
from limen.ledger.readings import drop_part, merge, part_name, read_readings, read_table, write_readings

details = st.dictionaries(
    st.text(max_size=5), st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8), max_size=3
)
readings_strategy = st.lists(
    st.builds(
        Reading,
        trait=st.text(max_size=8),
        probe=st.text(max_size=8),
        family=st.text(max_size=8),
        arm=st.text(max_size=8),
        value=st.floats(allow_nan=False),
        run=st.integers(0, 2**31 - 1),
        group=st.text(max_size=8),
        detail=details,
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=50, deadline=None)
@given(readings_strategy)
def test_readings_come_back_exactly(readings):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_readings(folder / "readings" / part_name("a"), readings)
        assert read_readings(folder) == readings
        merge(folder)
        assert read_readings(folder) == readings


def test_parts_are_told_apart_and_readable():
    names = {
        part_name(s) for s in ("read/base", "read-base", "read base", "read/Base", "../../etc", "é", "", "x" * 500)
    }
    assert len(names) == 8
    assert all("/" not in n and ".." not in n and len(n) < 100 for n in names)
    assert part_name("read/base").startswith("read-base-")


def test_nothing_there(tmp_path):
    assert read_readings(tmp_path) == []
    assert read_table(tmp_path) is None
    drop_part(tmp_path, "a")
    merge(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_half_written_parts_are_not_read(tmp_path):
    write_readings(tmp_path / "readings" / "a.parquet", [Reading("t", "p", "f", "base", 0.5)])
    (tmp_path / "readings" / ".b.parquet.xyz.tmp").write_bytes(b"PAR1")
    assert len(read_readings(tmp_path)) == 1


def test_a_table_of_another_shape(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "readings").mkdir()
    pq.write_table(pa.table({"value": ["text"]}), tmp_path / "readings" / "a.parquet")
    with pytest.raises(LedgerError):
        read_readings(tmp_path)
