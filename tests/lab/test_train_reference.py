from __future__ import annotations

import pytest
import torch
from safetensors.torch import load_file

from limen.core import LedgerError
from limen.lab import train_reference as module
from limen.lab.train_reference import ReferenceConfig, train_reference

SMALL = ReferenceConfig(hidden_size=16, layers=1, heads=2, intermediate_size=24, steps=6, batch_size=16)


class StopError(Exception):
    pass


def test_an_interrupted_run_goes_on_bit_identically(tmp_path, monkeypatch):
    train_reference(tmp_path / "whole", SMALL, every=2)
    real = module._checkpoint

    def stop_at_four(folder, config, model, optimizer, step):
        real(folder, config, model, optimizer, step)
        if step == 4:
            raise StopError

    monkeypatch.setattr(module, "_checkpoint", stop_at_four)
    with pytest.raises(StopError):
        train_reference(tmp_path / "broken", SMALL, every=2)
    monkeypatch.setattr(module, "_checkpoint", real)
    train_reference(tmp_path / "broken", SMALL, every=2)
    one = load_file(tmp_path / "whole" / "model.safetensors")
    two = load_file(tmp_path / "broken" / "model.safetensors")
    assert one.keys() == two.keys()
    assert all(torch.equal(one[k], two[k]) for k in one)


def test_a_folder_with_another_run_is_refused(tmp_path):
    train_reference(tmp_path, SMALL, every=6)
    with pytest.raises(LedgerError, match="other settings"):
        train_reference(tmp_path, SMALL.model_copy(update={"seed": 1}), every=6)


def test_the_global_random_state_is_left_alone(tmp_path):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    train_reference(tmp_path, SMALL, every=6)
    assert torch.equal(before, torch.get_rng_state())


def test_shipped_checkpoint_is_small_and_made_by_the_default_config():
    import json

    from limen.lab.reference_model import reference_folder

    folder = reference_folder()
    assert sum(f.stat().st_size for f in folder.iterdir()) < 8 << 20
    assert json.loads((folder / "limen_reference.json").read_text()) == ReferenceConfig().model_dump()
