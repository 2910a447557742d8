"""AuditRecord: everything an audit did and found, but for the readings; what reports are made from."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from limen.core import Finding

SCHEMA_VERSION = 1
"""Raised when a reader of the older form would misread the newer one."""


class Status(StrEnum):
    """How far an audit has come."""

    RUNNING = "running"
    DONE = "done"
    INTERRUPTED = "interrupted"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InputHash(_Frozen):
    """One input, and the hash of its content. Names only, no folders: reports are handed on."""

    role: str = Field(description="`base`, `tuned`, `adapter`, `data`, `control`, `trait`, `answers`, ...")
    name: str = Field(description="File or folder name without its path, hub id, or a name given in Python.")
    sha256: str = Field(description="Hash of the content, hexadecimal.")
    rows: int | None = Field(default=None, description="Rows, where it has rows.")


class PlanStep(_Frozen):
    """One step of the plan that is printed before the work."""

    name: str = Field(description="Phase or stage.")
    what: str = Field(default="", description="What it does, in one sentence.")
    passes: float = Field(default=0, description="Forward passes over the rows.")
    trainings: int = Field(default=0, description="Fine-tunes to run (twins, writers, rehearsals).")
    seconds: float | None = Field(default=None, description="Estimated time.")
    memory_bytes: int | None = Field(default=None, description="Estimated peak memory.")
    cached: bool = Field(default=False, description="Whether it is already there from an earlier audit.")


class LeftOut(_Frozen):
    """Something that was not done."""

    what: str = Field(description="What was left out.")
    why: str = Field(description="Why.")
    remedy: str = Field(default="", description="How to have it done.")


class Environment(_Frozen):
    """What it ran on. No host name, no user, no paths."""

    python: str
    platform: str = Field(description="Operating system and processor architecture.")
    packages: dict[str, str] = Field(default_factory=dict, description="Versions of what numbers depend on.")


class AuditRecord(_Frozen):
    """One audit: what was asked, of what, with what, and what was found."""

    schema_version: int = SCHEMA_VERSION
    limen_version: str
    command: str = Field(description="The command, such as `audit`.")
    created: str = Field(description="Start, UTC, ISO 8601.")
    finished: str | None = Field(default=None, description="End, UTC, ISO 8601.")
    status: Status = Status.RUNNING
    config: dict[str, Any] = Field(default_factory=dict, description="Replays the audit. Secrets are left out.")
    inputs: tuple[InputHash, ...] = ()
    code_hash: str = Field(description="Hash of Limen's own sources.")
    environment: Environment
    plan: tuple[PlanStep, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    findings: tuple[Finding, ...] = Field(default=(), description="In the order in which they were first made.")
    readings_path: str | None = Field(default=None, description="Readings, relative to the audit's folder.")
    notes: tuple[str, ...] = ()
    durations: dict[str, float] = Field(default_factory=dict, description="Seconds a stage.")
