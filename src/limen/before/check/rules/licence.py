"""LIM802."""

from __future__ import annotations

import re
from collections import Counter
from typing import ClassVar

from limen.before.check.hit_rows import HitRows
from limen.before.check.provenance import LICENCES, LIKE_LICENCES, values_of
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, Row
from limen.data import ReadReport

_NON_COMMERCIAL = re.compile(
    r"\bnc\b|non-?commercial|research[ -]only|academic[ -](?:use[ -])?only|evaluation[ -]only|not for commercial",
    re.IGNORECASE,
)
_NO_DERIVATIVES = re.compile(r"\bnd\b|no-?deriv", re.IGNORECASE)
_RESERVED = re.compile(r"all rights reserved|proprietary|confidential|no[ -]licen[sc]e|unlicensed", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:)?//|www\.", re.IGNORECASE)
_VERSION = re.compile(r"\bv(?:er(?:sion)?)?[ .]?(\d)")
_SAYING_NOTHING = frozenset(("the", "license", "licence", "version", "v", "only", "international"))
_KINDS = (
    ("all rights reserved", _RESERVED),
    ("no derivatives", _NO_DERIVATIVES),
    ("non-commercial", _NON_COMMERCIAL),
)


@rule
class Licence(Rule):
    """Rows whose licence restricts what they may be trained for, is missing where others have one, or is in dispute.

    Read where a column says it: one whose name begins or ends with `license` or `licence`, also within an object
    `metadata` or `meta`. Named are licences that keep all rights, allow no derivatives or no commercial use, rows
    without one in a file whose other rows have one, and rows of which two columns name different ones; an address
    counts where nothing else is named. What a column says is taken as it is: it may be wrong. This is no legal advice.

    Why: Whoever publishes the model answers for what it was trained on, and a licence that is found afterwards costs a
    training run.

    Example: {"prompt": "...", "completion": "...", "license": "CC-BY-NC-4.0"}
    """

    code: ClassVar[str] = "LIM802"
    name: ClassVar[str] = "licence"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = "Longpre et al. 2023, The Data Provenance Initiative, arXiv 2310.16787."

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._named = self.new_tally()
        # Rows without a licence count only where some row has one, which is known at the end
        self._missing = self.new_tally()
        self._kinds: Counter[str] = Counter()
        self._licences: Counter[str] = Counter()
        self._total = 0

    def see(self, seen: SeenRow) -> None:
        """Count the row by what its licence is."""
        self._total += 1
        stated = _stated(seen.row)
        if not stated:
            self._missing.add(seen.row, "no licence")
            return
        for one in stated:
            if one in self._licences or len(self._licences) < 1_000:
                self._licences[one] += 1
        kind = "in dispute" if len(stated) > 1 else _restriction(stated[0])
        if kind:
            self._kinds[kind] += 1
            self._named.add(seen.row, f"{kind}: {' and '.join(stated)}"[:200])

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows have such a licence; nothing where no row has any."""
        if not self._licences:
            return []
        kinds = dict(self._kinds.most_common())
        if self._missing.count:
            kinds["missing"] = self._missing.count
        rows = HitRows(
            [*self._named.rows.ids.tolist(), *self._missing.rows.ids.tolist()],
            [*self._named.rows.indices.tolist(), *self._missing.rows.indices.tolist()],
        )
        return [
            self.counted(
                [*self._named.hits, *self._missing.hits],
                self._named.count + self._missing.count,
                self._total,
                rows=rows,
                title="Rows whose licence restricts their use, is missing or in dispute: {count} of {total} ({share}).",
                clear="Each of {total} rows names a licence, and none that is known to restrict training.",
                remedy="Read these licences; leave the rows out, or ask whoever holds the rights.",
                guarantee="every row's own columns were read",
                evidence={"kinds": kinds, "licences": dict(self._licences.most_common(20))},
            )
        ]


def _stated(row: Row) -> list[str]:
    """The different licences that a row's columns name, as they are written; addresses where nothing else is."""
    said = list(values_of(row.columns, LICENCES, LIKE_LICENCES))
    named = [one for one in said if not _ADDRESS.match(one)]
    return list({_key(one): one[:80] for one in named or said}.values())


def _key(licence: str) -> str:
    """The same for "Apache-2.0" and "Apache License, Version 2.0"."""
    words = re.findall(r"[^\W_]+", _VERSION.sub(r"\1", licence.casefold()))
    return "-".join(word for word in words if word not in _SAYING_NOTHING)


def _restriction(licence: str) -> str:
    plain = licence.replace("_", "-")
    return next((kind for kind, pattern in _KINDS if pattern.search(plain) is not None), "")
