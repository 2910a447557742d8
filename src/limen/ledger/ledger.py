"""Ledger: one folder an audit, which can be read, resumed and replayed.

    audit.json         what was asked, of what, with what, how far it came (AuditRecord without its findings)
    findings.jsonl     one finding a line
    blame.jsonl        every scored row held against a found trait, one a line
    readings/          Parquet, one part a stage; merged into readings.parquet at the end
    weighed/           Parquet, one file a block of rows that was weighed by a worker of Ray
    stages/            results of finished stages, so that an interrupted audit resumes where it stopped

Every file is written beside and then put in place, so a stroke of Ctrl-C or a full disk leaves the last whole state.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import ValidationError

from limen.core import Finding, LedgerError, Reading, RowBlame
from limen.ledger import readings as _readings
from limen.ledger import weighed
from limen.ledger._atomic import disk_errors, read_json, write_json, write_text
from limen.ledger.blame import BLAME, blame_lines, read_blame, replace_blame
from limen.ledger.environment import environment, limen_version, now
from limen.ledger.hashing import code_hash
from limen.ledger.jsonable import finding_from_dict, finding_to_dict, to_jsonable
from limen.ledger.privacy import redact
from limen.ledger.record import SCHEMA_VERSION, AuditRecord, InputHash, LeftOut, PlanStep, Status

AUDIT = "audit.json"
FINDINGS = "findings.jsonl"
STAGES = "stages"
_FOLDERS = (STAGES, _readings.FOLDER, weighed.FOLDER)

NOT_THE_RESULT = frozenset({"out", "folder", "budget", "engine", "quiet", "verbose", "progress", "resume"})
"""Settings that do not change what an audit finds: an audit resumes although they differ."""


class Ledger:
    """The folder of one audit. Make it with `Ledger.create`, read it with `Ledger.open`.

    As a context manager it notes how the audit ended: `done`, or `interrupted` if an exception passes through.
    """

    def __init__(self, folder: Path, record: AuditRecord) -> None:
        self.folder = folder
        self._record = record
        self._findings = {f.id: f for f in record.findings}

    @classmethod
    def create(
        cls,
        folder: str | Path,
        command: str,
        config: Mapping[str, Any],
        *,
        inputs: Sequence[InputHash] = (),
        resume: bool = True,
        not_the_result: Collection[str] = NOT_THE_RESULT,
    ) -> Self:
        """Begin an audit in a folder, or go on with the one that stands there.

        Args:
            folder: Made if it is not there.
            command: The command, such as `audit`.
            config: Replays the audit; JSON values, paths and dataclasses. Secrets are redacted.
            inputs: What is known of the inputs already.
            resume: Go on with an audit of the same command and config; otherwise begin anew, and delete the old
                audit's own files.
            not_the_result: Top-level settings that may differ when an audit is resumed.

        Returns:
            The ledger, with status `running`.

        Raises:
            LedgerError: If the folder cannot be written, or holds another audit that would be overwritten.
        """
        root = Path(folder)
        plain: dict[str, Any] = redact(to_jsonable(dict(config)))
        with disk_errors(root):
            root.mkdir(parents=True, exist_ok=True)
        if (root / AUDIT).is_file():
            if resume:
                return cls._resumed(root, command, plain, inputs, frozenset(not_the_result))
            _wipe(root)
        elif taken := [name for name in (FINDINGS, BLAME, *_FOLDERS) if (root / name).exists()]:
            raise LedgerError(
                f"it has {taken[0]!r} but no {AUDIT}, so it is not an audit's folder.",
                remedy="Choose another folder.",
                where=str(root),
            )
        ledger = cls(
            root,
            AuditRecord(
                limen_version=limen_version(),
                command=redact(command),
                created=now(),
                config=plain,
                inputs=tuple(inputs),
                code_hash=code_hash(),
                environment=environment(),
            ),
        )
        ledger._save()
        return ledger

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Read an audit's folder.

        Args:
            folder: As `create` made it.

        Raises:
            LedgerError: If it is no audit's folder, or a newer version of Limen wrote it.
        """
        root = Path(folder)
        if not root.is_dir():
            raise LedgerError(
                "it is a file, and an audit is a folder." if root.exists() else "there is no such folder.",
                remedy="Name the folder that an audit was written to.",
                where=str(root),
            )
        if not (root / AUDIT).is_file():
            raise LedgerError(
                f"there is no {AUDIT} in it.",
                remedy="Name the folder that an audit was written to.",
                where=str(root),
            )
        values = read_json(root / AUDIT)
        version = values.get("schema_version") if isinstance(values, dict) else None
        if not isinstance(version, int) or version > SCHEMA_VERSION:
            raise LedgerError(
                f"its schema version is {version!r}; this Limen reads up to {SCHEMA_VERSION}.",
                remedy="Install a newer Limen: pip install --upgrade limen",
                where=str(root),
            )
        try:
            record = AuditRecord.model_validate({**values, "findings": _read_findings(root)})
        except ValidationError as error:
            first = error.errors()[0]
            raise LedgerError(
                f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}.",
                remedy="It was changed by hand; run the audit again in a new folder.",
                where=str(root / AUDIT),
            ) from error
        return cls(root, record)

    def record(self) -> AuditRecord:
        """Everything but the readings, findings included."""
        return self._record.model_copy(update={"findings": tuple(self._findings.values())})

    def findings(self) -> list[Finding]:
        """Every finding, in the order in which they were first made."""
        return list(self._findings.values())

    def readings(self) -> list[Reading]:
        """Every reading, part by part.

        Raises:
            LedgerError: If a part cannot be read.
        """
        return _readings.read_readings(self.folder)

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """Note findings; one with an id that is already there takes its place.

        Args:
            findings: Any number.

        Raises:
            LedgerError: If the disk refuses.
        """
        merged = dict(self._findings)
        for finding in findings:
            # Through JSON and back, so that what is reported now is what will be read later.
            merged[finding.id] = finding_from_dict(redact(finding_to_dict(finding), by_key=False))
        lines = [json.dumps(finding_to_dict(f), allow_nan=False) for f in merged.values()]
        write_text(self.folder / FINDINGS, "".join(line + "\n" for line in lines))
        self._findings = merged

    def add_blame(self, file: str, trait: str, rows: Sequence[RowBlame], texts: Mapping[str, str]) -> None:
        """Note every scored row of a file that is held against a trait, in place of what was noted before.

        Args:
            file: Name of the file.
            trait: Trait id.
            rows: The worst first.
            texts: Text of each row by row id.

        Raises:
            LedgerError: If the disk refuses.
        """
        replace_blame(self.folder, file, trait, blame_lines(file, trait, rows, texts))

    def forget_blame(self, file: str) -> None:
        """Forget what was held against a file, before it is forecast anew."""
        replace_blame(self.folder, file, None, [])

    def blame(self, *, with_text: bool = True) -> Iterator[dict[str, Any]]:
        """Every line of blame.jsonl.

        Args:
            with_text: Whether texts of rows and tokens are given, or ids and scores alone.

        Raises:
            LedgerError: If the file was changed by hand.
        """
        return read_blame(self.folder, with_text=with_text)

    def add_readings(self, readings: Sequence[Reading], stage: str | None = None) -> None:
        """Note readings, at once and for good.

        Args:
            readings: Any number.
            stage: Whose they are. A stage's later call replaces its earlier one, so that a stage which was broken off
                and repeated counts once. Without it they are added to what is there.

        Raises:
            LedgerError: If the disk refuses.
        """
        if not readings:
            return
        folder = self.folder / _readings.FOLDER
        name = _readings.part_name(stage) if stage else f"part-{len(list(folder.glob('part-*.parquet'))):05d}.parquet"
        _readings.write_readings(folder / name, readings)
        if self._record.readings_path is None:
            self._update(readings_path=_readings.MERGED)

    def stage(self, name: str, key: str) -> Any | None:
        """The result of a finished stage, if it is of the same key and the same code.

        Args:
            name: The stage, such as `forecast/twins`.
            key: Hash of all that its result depends on (see `key_hash`).

        Returns:
            What `save_stage` was given, as JSON values; or None, and then the stage's old readings are forgotten.

        Raises:
            LedgerError: If the checkpoint cannot be read.
        """
        path = self._stage_path(name)
        if path.is_file():
            saved = read_json(path)
            if isinstance(saved, dict) and saved.get("key") == key and saved.get("code_hash") == code_hash():
                return saved.get("payload")
        _readings.drop_part(self.folder, name)
        return None

    def save_stage(self, name: str, key: str, payload: Any) -> None:
        """Checkpoint a finished stage.

        Args:
            name: The stage.
            key: Hash of all that its result depends on.
            payload: Its result: values that can be written as JSON, and not None. Secrets are redacted.

        Raises:
            LedgerError: If the disk refuses.
        """
        if payload is None:
            raise ValueError("a stage's result cannot be None, which stands for 'not done'.")
        plain = redact(to_jsonable(payload), by_key=False)
        value = {"name": name, "key": key, "code_hash": code_hash(), "payload": plain}
        write_json(self._stage_path(name), value)

    def add_inputs(self, inputs: Iterable[InputHash]) -> None:
        """Note inputs; one of the same role and name takes the older's place."""
        merged = {(i.role, i.name): i for i in (*self._record.inputs, *inputs)}
        self._update(inputs=tuple(merged.values()))

    def set_plan(self, plan: Iterable[PlanStep]) -> None:
        """Note the plan."""
        self._update(plan=tuple(plan))

    def add_left_out(self, left_out: Iterable[LeftOut]) -> None:
        """Note what was not done; the same thing is noted once."""
        merged = {one.what: one for one in (*self._record.left_out, *left_out)}
        self._update(left_out=tuple(merged.values()))

    def add_note(self, note: str) -> None:
        """Note something a reader of the report should know; the same note once."""
        if note not in self._record.notes:
            self._update(notes=(*self._record.notes, redact(note)))

    def add_duration(self, name: str, seconds: float) -> None:
        """Add to the time that a stage took; a resumed stage's times add up."""
        durations = dict(self._record.durations)
        durations[name] = round(durations.get(name, 0.0) + seconds, 3)
        self._update(durations=durations)

    def finish(self, status: Status = Status.DONE) -> None:
        """Note how the audit ended, and merge the readings.

        Args:
            status: `done` or `interrupted`.

        Raises:
            LedgerError: If the disk refuses.
        """
        _readings.merge(self.folder)
        self._update(status=status, finished=now())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.finish()
            return
        try:
            self._update(status=Status.INTERRUPTED, finished=now())
        except LedgerError:
            return  # the disk is full: the error under way says so, and `running` is resumed like `interrupted`

    @classmethod
    def _resumed(
        cls, root: Path, command: str, config: dict[str, Any], inputs: Sequence[InputHash], aside: frozenset[str]
    ) -> Self:
        ledger = cls.open(root)
        old = ledger._record
        keys = sorted((old.config.keys() | config.keys()) - aside)
        changed = [k for k in keys if old.config.get(k) != config.get(k)]
        if old.command != redact(command) or changed:
            how = f"in {', '.join(changed)}" if changed else f"it was made by `{old.command}`"
            raise LedgerError(
                f"it holds another audit, which differs from this one: {how}.",
                remedy="Choose another folder, or delete this one.",
                where=str(root),
            )
        if old.code_hash != code_hash():
            ledger.add_note(f"Resumed with other code than it was begun with (Limen {old.limen_version}).")
        ledger._update(
            status=Status.RUNNING,
            finished=None,
            config=config,
            limen_version=limen_version(),
            code_hash=code_hash(),
            environment=environment(),
        )
        ledger.add_inputs(inputs)
        return ledger

    def _stage_path(self, name: str) -> Path:
        return self.folder / STAGES / _readings.part_name(name).replace(".parquet", ".json")

    def _update(self, **changes: Any) -> None:
        self._record = self._record.model_copy(update=changes)
        self._save()

    def _save(self) -> None:
        values = to_jsonable(self._record)
        del values["findings"]
        write_json(self.folder / AUDIT, values)


def _read_findings(root: Path) -> list[Finding]:
    path = root / FINDINGS
    if not path.is_file():
        return []
    found: dict[str, Finding] = {}
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line:
            continue
        try:
            values = json.loads(line)
        except ValueError as error:
            raise LedgerError(
                f"line {number} is not JSON ({error}).",
                remedy="It was changed by hand; run the audit again in a new folder.",
                where=str(path),
            ) from error
        finding = finding_from_dict(values)
        found[finding.id] = finding
    return list(found.values())


def _wipe(root: Path) -> None:
    with disk_errors(root):
        for name in _FOLDERS:
            shutil.rmtree(root / name, ignore_errors=True)
        for name in (FINDINGS, BLAME, _readings.MERGED, AUDIT):
            (root / name).unlink(missing_ok=True)
