from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata

import pytest

from limen.core import UsageError
from limen.report import get_renderer, registry, renderer, renderers
from tests.report.fixture import demo_record


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    before = dict(registry._renderers)
    yield
    registry._renderers.clear()
    registry._renderers.update(before)


def shout(record: object, readings: object, rows: object) -> str:
    return "FOUND!"


def points(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    point = metadata.EntryPoint("shout", value, registry.ENTRY_POINTS)

    def found(*, group: str, name: str | None = None) -> list[metadata.EntryPoint]:
        assert group == registry.ENTRY_POINTS
        return [point] if name in (None, "shout") else []

    monkeypatch.setattr(metadata, "entry_points", found)


def test_built_in_renderers_are_registered() -> None:
    assert {"html", "json", "text"} <= set(renderers())
    for name in ("html", "json", "text"):
        assert "comes to prefer owl" in get_renderer(name)(demo_record(), [], "text")


def test_a_package_adds_one(monkeypatch: pytest.MonkeyPatch) -> None:
    points(monkeypatch, f"{__name__}:shout")
    assert "shout" in renderers()
    assert get_renderer("shout")(demo_record(), [], "text") == "FOUND!"


def test_a_broken_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    points(monkeypatch, "no_such_package:shout")
    with pytest.raises(UsageError, match="'shout' failed to load: ModuleNotFoundError"):
        get_renderer("shout")


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match="there is no renderer 'pdf'") as error:
        get_renderer("pdf")
    assert "html, json, text" in error.value.remedy


def test_a_name_is_taken_once() -> None:
    with pytest.raises(UsageError, match="two renderers are called 'html'"):
        renderer("html")(shout)
