from __future__ import annotations

from limen.core import Message, Probe, Trait


def test_probes_that_build_are_never_those_that_measure():
    probes = tuple(
        Probe(f"p{i}", "f", (Message("user", "q"),), ("a", "b"), (0,), role="build" if i % 3 == 0 else "measure")
        for i in range(7)
    )
    trait = Trait("t", "T", "d", "c", "choice", probes)
    build, measure = trait.with_role("build"), trait.with_role("measure")
    assert {p.id for p in build} == {"p0", "p3", "p6"}
    assert not set(build) & set(measure)
    assert len(build) + len(measure) == len(probes)
    assert trait.with_role("other") == ()
