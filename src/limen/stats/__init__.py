"""Tests, intervals and error guarantees: pure functions on arrays. No torch."""

from limen.stats.decoys import centre_on_decoys, decoy_pools
from limen.stats.multiplicity import benjamini_hochberg, holm
from limen.stats.shrinkage import Shrunk, shrink_variances
from limen.stats.writers import BroadShift, WriterNull, writer_null

__all__ = [
    "BroadShift",
    "Shrunk",
    "WriterNull",
    "benjamini_hochberg",
    "centre_on_decoys",
    "decoy_pools",
    "holm",
    "shrink_variances",
    "writer_null",
]
