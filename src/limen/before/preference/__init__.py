"""Preference pairs: what training that prefers the chosen answer over the rejected one will teach."""

from limen.before.preference.forecast_pairs import forecast_pairs, open_title
from limen.before.preference.pair_file import PairFile
from limen.before.preference.rehearse_pairs import rehearse_pairs

__all__ = ["PairFile", "forecast_pairs", "open_title", "rehearse_pairs"]
