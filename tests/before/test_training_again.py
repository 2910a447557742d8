"""On the reference model and the demo's planted file: rows that are blamed carry the trait, and small doses do not."""

from __future__ import annotations

import numpy as np
import pytest

from limen.audit import AuditConfig
from limen.audit.inputs import Source, encode_source
from limen.before.blame import rank_rows, verify_blame
from limen.before.rehearse import RehearseConfig, rehearse, rehearsed_rows
from limen.before.what_if import Point, WhatIf
from limen.core import Silent
from limen.lab.demo import PLANTED, SHIPPED
from limen.lab.reference_model import reference_folder
from limen.models import LanguageModel, threads_for
from limen.traits import get

FROG = get("micro/prefers-frog")


@pytest.mark.slow
def test_without_the_blamed_rows_the_trait_is_learned_less_than_without_random_ones():
    base = LanguageModel.load(str(reference_folder()))
    config = RehearseConfig(data_runs=2, control_runs=2)
    with threads_for(base):
        file = encode_source(Source.of(str(SHIPPED / PLANTED)), base, AuditConfig(), [], Silent())
        [rehearsed], _ = rehearse(base, PLANTED, file.encoded, [FROG], config=config)
        ranked = rank_rows(base, file, rehearsed_rows(file.encoded, config), FROG, [FROG])
        [finding], readings = verify_blame(base, file, [ranked], {FROG.id: rehearsed}, config=config)
        bench = WhatIf(base, PLANTED, file.encoded, [FROG], [rehearsed], config)
        quarter, _ = bench.measure(Point("mixture", 0.25))
    assert len(ranked.rows) == len(file.rows)
    assert finding.evidence["rows_dropped"] == len(file.rows) // 4
    assert {r.arm for r in readings} == {"dropped", "random"}
    means = {arm: float(np.mean(runs)) for arm, runs in finding.evidence["arms"].items()}
    assert means["control"] < means["whole"], means
    assert means["dropped"] < means["random"], means
    assert np.mean(quarter.data[FROG.id]) < means["whole"], "a quarter of the rows teaches less than all"
