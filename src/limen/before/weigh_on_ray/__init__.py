"""Rows weighed along twins' changes of weights by workers of Ray, with the numbers of `score_first_order`."""

from limen.before.weigh_on_ray.ray_score import RayScore

__all__ = ["RayScore"]
