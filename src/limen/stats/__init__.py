"""Tests, intervals and error guarantees: pure functions on arrays. No torch.

The unit of every test is named in its file: a probe family, a training run, a writer. Every guarantee has a seeded
Monte Carlo test beside it.
"""

from limen.stats.cluster_bootstrap import ClusterBootstrap, cluster_bootstrap
from limen.stats.cluster_permutation import ClusterPermutation, cluster_permutation, sign_flip_reachable
from limen.stats.decoys import centre_on_decoys, decoy_pools
from limen.stats.equivalence import Clearance, Equivalence, clear_of, equivalence
from limen.stats.mcnemar import McNemar, mcnemar, mcnemar_p
from limen.stats.multiplicity import benjamini_hochberg, holm
from limen.stats.paired import PairedDifference, paired_difference
from limen.stats.power import detectable_effect, detectable_paired, detectable_runs, reachable_adjusted
from limen.stats.proportion import proportion_interval, proportion_lower, proportion_upper
from limen.stats.run_contrast import BorrowedVariance, RunContrast, run_contrast
from limen.stats.shrinkage import Shrunk, shrink_variances
from limen.stats.writers import BroadShift, WriterNull, writer_null

__all__ = [
    "BorrowedVariance",
    "BroadShift",
    "Clearance",
    "ClusterBootstrap",
    "ClusterPermutation",
    "Equivalence",
    "McNemar",
    "PairedDifference",
    "RunContrast",
    "Shrunk",
    "WriterNull",
    "benjamini_hochberg",
    "centre_on_decoys",
    "clear_of",
    "cluster_bootstrap",
    "cluster_permutation",
    "decoy_pools",
    "detectable_effect",
    "detectable_paired",
    "detectable_runs",
    "equivalence",
    "holm",
    "mcnemar",
    "mcnemar_p",
    "paired_difference",
    "proportion_interval",
    "proportion_lower",
    "proportion_upper",
    "reachable_adjusted",
    "run_contrast",
    "shrink_variances",
    "sign_flip_reachable",
    "writer_null",
]
