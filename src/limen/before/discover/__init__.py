"""Discover: what a fine-tune on rows would add that no trait was named for."""

from limen.before.discover.config import DiscoverConfig
from limen.before.discover.discover import discover
from limen.before.discover.proposal import Proposal

__all__ = ["DiscoverConfig", "Proposal", "discover"]
