from __future__ import annotations

import hashlib
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.core import LedgerError
from limen.ledger import code_hash, key_hash, sha256_file, sha256_folder


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"\0" * 3_000_000)
    (folder / "sub" / "adapter_config.json").write_text("1")
    (folder / "chat_template.jinja").write_text("{{ x }}")
    return folder


def test_a_file(model):
    file = model / "model.safetensors"
    assert sha256_file(file) == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_folder_wherever_it_lies(model, tmp_path):
    shutil.copytree(model, tmp_path / "elsewhere")
    assert sha256_folder(model) == sha256_folder(tmp_path / "elsewhere")


@pytest.mark.parametrize("name", ["training_args.bin", "README.md", ".cache/x.json", "runs/.lock/y.json"])
def test_what_does_not_make_the_model_does_not_count(model, name):
    before = sha256_folder(model)
    (model / name).parent.mkdir(parents=True, exist_ok=True)
    (model / name).write_text("x")
    assert sha256_folder(model) == before


@pytest.mark.parametrize("name", ["config.json", "sub/adapter_config.json", "chat_template.jinja", "merges.txt"])
def test_what_makes_the_model_counts(model, name):
    before = sha256_folder(model)
    (model / name).write_text("changed")
    assert sha256_folder(model) != before


def test_a_renamed_file_counts(model):
    before = sha256_folder(model)
    (model / "sub").rename(model / "bus")
    assert sha256_folder(model) != before


def test_links_are_followed(model, tmp_path):
    before = sha256_folder(model)
    (model / "config.json").rename(tmp_path / "blob")
    (model / "config.json").symlink_to(tmp_path / "blob")
    assert sha256_folder(model) == before


def test_nothing_to_hash(tmp_path):
    with pytest.raises(LedgerError, match="no file to hash"):
        sha256_folder(tmp_path)
    with pytest.raises(LedgerError, match="cannot be read"):
        sha256_file(tmp_path / "none")


def test_own_sources():
    assert len(code_hash()) == 64
    assert code_hash() == code_hash()


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.integers() | st.floats() | st.text(), max_size=5)
)
def test_keys_do_not_depend_on_order(parts):
    assert key_hash(**parts) == key_hash(**dict(reversed(parts.items())))


def test_keys_tell_values_apart():
    assert len({key_hash(a=1), key_hash(a=2), key_hash(b=1), key_hash(a="1"), key_hash(a=[1]), key_hash()}) == 6
