from __future__ import annotations

import numpy as np
import pytest
import torch

from limen.core import ModelError
from limen.data import EncodedRow
from limen.models import LanguageModel
from tests.tiny_models import ARCHITECTURES, random_rows


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_they_are_means_over_the_trained_tokens_whatever_the_padding(arch: str, tiny: dict[str, LanguageModel]) -> None:
    rows = random_rows(9)
    found = tiny[arch].activations(rows, [0, 1, -1])
    assert set(found) == {0, 1, -1}
    for i, row in enumerate(rows):
        with torch.no_grad():
            ids = torch.from_numpy(row.input_ids.astype(np.int64))[None]
            states = tiny[arch].model(ids, output_hidden_states=True).hidden_states
        for layer in found:
            want = states[layer][0].numpy()[row.trained].mean(axis=0)
            np.testing.assert_allclose(found[layer][i], want, atol=1e-4)
            assert found[layer].dtype == np.float32


def test_a_row_without_trained_tokens_is_zero(tiny: dict[str, LanguageModel]) -> None:
    bare = EncodedRow("bare", 0, np.arange(4, 9, dtype=np.int32), np.zeros(5, bool), truncated=False)
    found = tiny["llama"].activations([bare, *random_rows(1)], [1])[1]
    assert not found[0].any()
    assert found[1].any()
    assert tiny["llama"].activations([bare], [1])[1].shape == (1, 32)


def test_a_layer_that_is_not_there_is_refused(tiny: dict[str, LanguageModel]) -> None:
    with pytest.raises(ModelError, match=r"no layer 3; this model has 0 .* to 2"):
        tiny["llama"].activations(random_rows(2), [3])
