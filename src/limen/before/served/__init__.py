"""The forecast of a base behind a server: its twins and writers are prompted, since nothing can be trained."""

from limen.before.served.forecast_served import forecast_served
from limen.before.served.requests import Requests, count_requests

__all__ = ["Requests", "count_requests", "forecast_served"]
