"""The forecast of a base behind a server: its twins are prompted, and its writers are the base itself."""

from limen.before.served.forecast_served import forecast_served
from limen.before.served.requests import Requests, count_requests

__all__ = ["Requests", "count_requests", "forecast_served"]
