"""`limen.watch`: what training is teaching right now.

`LimenCallback` goes into `callbacks=[...]` of any Hugging Face or TRL trainer.
"""

from limen.during import LimenCallback, Snapshot, trait_means

__all__ = ["LimenCallback", "Snapshot", "trait_means"]
