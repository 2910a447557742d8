"""What training is teaching, while it does: readings during a run. Public as `limen.watch`."""

from limen.during.callback import LimenCallback
from limen.during.history import Snapshot, trait_means

__all__ = ["LimenCallback", "Snapshot", "trait_means"]
