"""Ray with its data part, in this process: what is handed to workers is pickled and unpickled as Ray does."""

from __future__ import annotations

import copy
import pickle
import sys
from contextlib import contextmanager
from types import SimpleNamespace

import pyarrow as pa

from tests.before.check.engines.test_ray_engine import FakeRay


class FakeRayData(FakeRay):
    """A machine with two cores and 8 GiB; `breaking` is raised in place of the block of that number."""

    def __init__(self):
        super().__init__()
        self.resources = {"CPU": 2.0, "memory": float(8 << 30)}
        self.weighed, self.asked, self.put_objects = 0, {}, 0
        self.breaking: tuple[int, Exception] | None = None
        self.data = FakeData(self)

    def nodes(self):
        return [{"Alive": True, "Resources": self.resources}, {"Alive": False, "Resources": {"CPU": 64.0}}]

    def put(self, value):
        self.put_objects += 1
        return pickle.dumps(value)

    def get(self, one):
        return pickle.loads(one) if isinstance(one, bytes) else super().get(one)

    def install(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "ray", self)
        monkeypatch.setitem(sys.modules, "ray.data", self.data)
        monkeypatch.setattr("limen.before.ray_cluster.find_spec", lambda _: object())
        monkeypatch.delenv("RAY_ADDRESS", raising=False)
        return self


class FakeData:
    """`ray.data`, as far as it is used."""

    class DataContext:
        kept = SimpleNamespace()

        @classmethod
        def get_current(cls):
            return SimpleNamespace(copy=lambda: copy.copy(cls.kept))

        @staticmethod
        @contextmanager
        def current(context):
            yield

    def __init__(self, ray):
        self.ray = ray

    @staticmethod
    def ActorPoolStrategy(*, size):  # noqa: N802  named as Ray names it
        return size

    def from_arrow(self, tables):
        return SimpleNamespace(map_batches=lambda made, **how: self._mapped(tables, made, how))

    def _mapped(self, tables, made, how):
        self.ray.asked = how
        work = made(*how["fn_constructor_args"])

        def iter_batches(*, batch_size, batch_format, prefetch_batches):
            for number, table in enumerate(tables):
                yield pa.concat_tables([self._one(work, table, number)])

        return SimpleNamespace(iter_batches=iter_batches)

    def _one(self, work, table, number):
        ray = self.ray
        try:
            if ray.breaking and ray.breaking[0] == number:
                raise ray.breaking[1]
            found = work(table)
        except ray.exceptions.RayError:
            raise
        except Exception as error:
            raise ray.exceptions.RayTaskError(pickle.loads(pickle.dumps(error))) from error
        ray.weighed += 1
        return found
