"""Forecast: what the rows will teach that nobody can read in them."""

from limen.before.forecast.config import ForecastConfig
from limen.before.forecast.data_file import DataFile
from limen.before.forecast.forecast import forecast

__all__ = ["DataFile", "ForecastConfig", "forecast"]
