"""Stages: what an audit does once, and reads from the ledger when it is resumed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from limen.audit.config import AuditConfig
from limen.before.forecast import DataFile
from limen.core import Finding, Reading, Trait
from limen.ledger import Ledger, key_hash
from limen.ledger.jsonable import finding_from_dict, finding_to_dict
from limen.ledger.ledger import NOT_THE_RESULT
from limen.models import LanguageModel

ADDED = frozenset({"sizes", "verify", "what_if", "what_if_runs"})
"""Settings that add stages and change none of those that are there without them."""


class Stages:
    """Stages that are done once, and read from the ledger when an audit is resumed."""

    def __init__(self, ledger: Ledger, config: AuditConfig, base: LanguageModel, traits: Sequence[Trait]) -> None:
        self.ledger = ledger
        # A setting that came later must not part an audit without it from what it found before.
        later = {"arm_endpoint"} if config.arm_endpoint is None else set()
        settings = config.model_dump(mode="json", exclude={"data", "fail_on", *NOT_THE_RESULT, *ADDED, *later})
        self.key: dict[str, Any] = {
            "settings": settings,
            "base": base.content_hash,
            "traits": [repr(t) for t in traits],
        }

    def findings(self, name: str, file: DataFile | None, make: Callable[[], list[Finding]]) -> list[Finding]:
        """Findings of a stage without readings."""
        return self.readings_and_findings(name, file, lambda: (make(), []))

    def kept(self, name: str, file: DataFile | None) -> list[Finding] | None:
        """What a finished stage found; None where it is not done."""
        saved = self.ledger.stage(name, self.key_for(file))
        return None if saved is None else [finding_from_dict(values) for values in saved]

    def readings_and_findings(
        self, name: str, file: DataFile | None, make: Callable[[], tuple[list[Finding], list[Reading]]]
    ) -> list[Finding]:
        """Findings of a stage; its readings are kept beside them."""
        found = self.kept(name, file)
        if found is None:
            with self.timed(name.split("/")[0]):
                findings, readings = make()
            self.ledger.add_readings(readings, stage=name)
            saved = [finding_to_dict(f) for f in findings]
            self.ledger.save_stage(name, self.key_for(file), saved)
            found = [finding_from_dict(values) for values in saved]
        self.ledger.add_findings(found)
        return found

    def key_for(self, file: DataFile | None, **more: Any) -> str:
        """Hash of all that a stage's result depends on: settings, base, traits and rows, and what else is named."""
        return key_hash(**self.key, rows=[r.id for r in file.rows] if file else [], **more)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Note how long a stage took."""
        start = time.perf_counter()
        yield
        self.ledger.add_duration(name, time.perf_counter() - start)
