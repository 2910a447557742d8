"""Where a row says that it comes from: its source, its licences, whether people wrote it, and what generated it.

Data sets name these columns in many ways; the names here are those that are common on the hub, compared without regard
to case, with `-` and blanks as `_`. Of licences others count whose name begins or ends so, and of sources a few. What
an object `metadata` or `meta` holds counts as columns do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

SOURCES = ("source", "data_source", "source_dataset", "dataset", "dataset_name", "origin", "subset", "corpus")
LICENCES = ("license", "licence", "licenses", "licences", "license_name", "data_license", "source_license")
_NESTED = ("metadata", "meta")
# What begins or ends like a column of licences or sources and is something else
_ASIDE = (
    r"text|file|path|date|year|plate|number|no|holder|owner|status|count|score|confidence|lang|"
    r"language|code|model|type|licen[cs]e|index|line|row|page|author|title"
)
LIKE_LICENCES = re.compile(
    rf"(?!(?:driv\w*|fishing|hunting|business|medical|pilot)_)(?:\w+_)?licen[cs]es?(?:_(?!(?:{_ASIDE})s?\b)\w+)?"
)
"""Further names of columns with licences."""

LIKE_SOURCES = re.compile(
    # A light source is none
    r"(?:data|row|text|prompt|instruction|question|example|sample|conversation|document|doc|task|orig(?:inal)?|"
    r"train(?:ing)?|web|hf|hub|parent)_(?:source|dataset|corpus|origin)|"
    r"source_(?:name|dataset|corpus|repo(?:sitory)?|set|data|site|domain|collection)"
)
"""Further names of columns with sources."""

GENERATORS = (
    "generator", "generated_by", "generation_model", "model", "model_name", "model_id", "teacher", "teacher_model",
    "source_model", "llm",
)  # fmt: skip
_WRITERS = (
    "author",
    "author_type",
    "writer",
    "written_by",
    "created_by",
    "annotator_type",
    "source_type",
    "provenance",
)
_PEOPLE = ("human", "is_human", "human_written", "human_generated", "is_human_written")
_MACHINES = ("synthetic", "is_synthetic", "machine_generated", "is_generated", "ai_generated", "is_ai_generated")
_BY_PEOPLE = re.compile(
    r"(?:humans?|people|persons?|crowd(?:[- ]?(?:workers?|sourced))?|experts?|volunteers?|manual(?:ly)?)"
    r"(?:[- _](?:written|authored|generated|annotated|made|experts?|annotators?|writers?))?",
    re.IGNORECASE,
)
_NOTHING = frozenset(("", "-", "na", "n/a", "nan", "none", "null", "unknown", "unspecified", "not specified", "other"))
_TRUE, _FALSE = frozenset(("true", "yes", "1")), frozenset(("false", "no", "0"))


@lru_cache(1024)
def _folded(name: str) -> str:
    return re.sub(r"[-\s]+", "_", name.strip().casefold())


@lru_cache(1024)
def _is_like(name: str, like: re.Pattern[str]) -> bool:
    return like.fullmatch(name) is not None


def values_of(columns: Mapping[str, Any], names: tuple[str, ...], like: re.Pattern[str] | None = None) -> Iterator[str]:
    """What the columns of some names say, in the order of the names; what says nothing is left out.

    Args:
        columns: Of a row; further columns alone, not those that are trained on.
        names: In lower case.
        like: Further names, whose columns come last; of these truth values and numbers say nothing.
    """
    folded = {_folded(key): value for key, value in columns.items()}
    for held in [folded.get(key) for key in _NESTED]:
        if isinstance(held, Mapping):
            folded = {**{_folded(name): one for name, one in held.items() if isinstance(name, str)}, **folded}
    for name in names:
        if name in folded:
            yield from _said(folded[name])
    if like is not None:
        for name, value in folded.items():
            if name not in names and _is_like(name, like):
                yield from (one for one in _said(value) if one.casefold() not in _TRUE | _FALSE and not one.isdecimal())


def _said(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list | tuple) else (value,):
        if isinstance(one, str | bool | int) and (said := str(one).strip()).casefold() not in _NOTHING:
            yield said


def claims_people(columns: Mapping[str, Any]) -> bool:
    """Whether a column says that people wrote the row.

    Args:
        columns: Of a row.
    """
    return (
        any(said.casefold() in _TRUE for said in values_of(columns, _PEOPLE))
        or any(said.casefold() in _FALSE for said in values_of(columns, _MACHINES))
        or any(_BY_PEOPLE.fullmatch(said) is not None for said in values_of(columns, (*_WRITERS, *SOURCES)))
    )


def named_generator(columns: Mapping[str, Any]) -> str:
    """The model that a column names as the row's writer; empty where none does.

    Args:
        columns: Of a row.
    """
    return next((said for said in values_of(columns, GENERATORS) if _BY_PEOPLE.fullmatch(said) is None), "")
