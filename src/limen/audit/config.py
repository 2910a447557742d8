"""AuditConfig: everything that decides what an audit finds; the ledger keeps it, and `limen replay` reads it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from limen.before.what_if.sweep import read_sweeps
from limen.core import UsageError
from limen.data import Loss, is_hub_id
from limen.models import ModelSpec, parse_model
from limen.train import Recipe

Phase = Literal["check", "lineage", "forecast", "rehearse", "discover", "diff"]


class AuditConfig(BaseModel):
    """What to audit, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = ""
    """The base: a folder, a hub id, or base+adapter; empty for a model in memory."""
    data: tuple[str, ...] = ()
    """Fine-tuning files, folders or hub ids; empty for a dataset in memory."""
    arm_endpoint: str | None = None
    """Address of the server that runs the base, such as `https://host/v1`; `model` then names its tokenizer and config
    alone."""
    tuned: str = ""
    """The tuned model, if there is one already."""
    control: str = ""
    """A model tuned with the same recipe on neutral rows, if there is one."""
    format: str | None = None
    """Read the rows as this kind instead of recognising it."""
    phases: tuple[Phase, ...] = ("check", "forecast", "rehearse", "diff")
    """What is run, as far as the inputs allow; `lineage` and `discover` only if they are asked for."""
    traits: tuple[str, ...] = ()
    """Traits to look for; empty for those whose language the model knows."""
    loss: Literal["auto", "completion", "assistant", "all"] | None = None
    """Which tokens of a row the fine-tune will train on; by default what the recipe says, else `completion`."""
    preference: Literal["pairs", "chosen"] = "pairs"
    """What preference rows are for: training that prefers the chosen answer over the rejected one, or the chosen
    answers alone."""
    max_length: int | None = Field(default=None, ge=8)
    """Tokens after which a row is cut; by default what the recipe says, and never above the model's context."""
    writers: int = Field(default=24, ge=3)
    """Neutral writers; fewer than 8 give no calibrated verdict."""
    twins: Literal["auto", "tuned", "prompted"] = "auto"
    """Tuned twins where a trait can be tuned, and prompted ones elsewhere; or one kind alone."""
    rows: int = Field(default=1000, ge=64)
    """Rows that are scored, at most."""
    engine: Literal["local", "ray"] = "local"
    """Where the forecast weighs rows along tuned twins: in this process, or in workers of Ray."""
    rehearse: Literal["auto", "always", "never"] = "auto"
    """Rehearse what was forecast, every trait, or nothing."""
    runs: int = Field(default=5, ge=1)
    """Training runs of each arm of a rehearsal."""
    verify: bool = False
    """Rehearse again without the rows blamed for what was forecast, and without as many at random."""
    sizes: bool = False
    """Predict how far what was forecast, or left open, would move, from fine-tunes on rows of twins and short runs."""
    what_if: tuple[str, ...] = ()
    """Other doses and recipes to rehearse, such as `mixture=0.1,0.5,1` or `epochs=1,4`."""
    what_if_runs: int = Field(default=3, ge=1)
    """Training runs of each arm at each of their points."""
    recipe: Recipe | None = None
    """The fine-tune that is rehearsed; by default the one for the size of the base."""
    level: float = Field(default=0.02, gt=0, lt=1)
    """Familywise level."""
    fail_on: float = Field(default=0.05, ge=0)
    """Smallest shift in probability, in the direction of harm, that gives exit code 1."""
    seed: int = Field(default=0, ge=0)
    """Of the rows drawn, of sampling and of training order; twins and neutral writers stay the same."""
    budget: float = Field(default=30.0, gt=0)
    """Minutes that the plan may take."""
    device: str = "auto"
    """Where models run."""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """Number format of the weights."""
    four_bit: bool = False
    """Load weights in 4 bits (NF4) with bitsandbytes."""
    device_map: str | None = None
    """How accelerate spreads a model that does not fit one device, such as `auto`; overrides `device`."""
    revision: str | None = None
    """Branch, tag or commit of the base on the hub."""
    allow_remote_code: bool = False
    """Let models bring and run Python code of their own."""

    def spec(self, model: str, *, revision: str | None = None) -> ModelSpec:
        """How a model is loaded.

        Args:
            model: As a user writes it.
            revision: Of the model on the hub; the setting `revision` is the base's.
        """
        return parse_model(
            model,
            device=self.device,
            dtype=self.dtype,
            four_bit=self.four_bit,
            device_map=self.device_map,
            revision=revision,
            allow_remote_code=self.allow_remote_code,
        )

    def arms(self) -> dict[str, ModelSpec]:
        """The models that the base is compared with: `tuned` and `control`, where they were given."""
        given = {"tuned": self.tuned, "control": self.control} if "diff" in self.phases and self.tuned else {}
        return {name: self.spec(model) for name, model in given.items() if model}

    def absolute(self) -> AuditConfig:
        """The same settings with whole paths, so that they mean the same wherever the audit is replayed.

        Hub ids, endpoints, the reference model and the ids of traits stay as they are; reports show last names alone.
        """
        return self.model_copy(
            update={
                "model": _absolute_model(self.model),
                "tuned": _absolute_model(self.tuned),
                "control": _absolute_model(self.control),
                "data": tuple(d if is_hub_id(d) else _absolute(d) for d in self.data),
                "traits": tuple(_absolute(t) if t.endswith((".yaml", ".yml")) else t for t in self.traits),
            }
        )

    @property
    def trained_on(self) -> Loss:
        """Which tokens of a row are trained on.

        A recipe's `auto` leaves it open: in conversations it would train on the prompts too, which neutral writers
        cannot write.
        """
        if self.loss is not None:
            return self.loss
        if self.recipe is not None and self.recipe.loss != "auto":
            return self.recipe.loss
        return "completion"

    def cut_at(self, context: int | None) -> int | None:
        """Tokens after which a row is cut, for a model that reads so many; None where nothing cuts."""
        asked = self.max_length or (self.recipe.max_length if self.recipe else None)
        limits = [n for n in (asked, context) if n is not None]
        return min(limits, default=None)

    @classmethod
    def read(cls, file: Path, **overrides: Any) -> AuditConfig:
        """Read a config from a YAML or JSON file.

        Args:
            file: The file.
            overrides: Settings that stand in place of the file's.

        Raises:
            UsageError: It cannot be read, or a setting is unknown or makes no sense.
        """
        try:
            values = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise UsageError(
                f"the config cannot be read ({type(error).__name__}).", remedy="Give a YAML file.", where=str(file)
            ) from error
        if not isinstance(values, dict):
            raise UsageError("the config is no mapping.", remedy="Write one `setting: value` a line.", where=str(file))
        return cls.checked({**values, **overrides}, where=str(file))

    @classmethod
    def checked(cls, values: dict[str, Any], where: str = "") -> AuditConfig:
        """Make a config, with a user's mistake as a `UsageError`."""
        try:
            config = cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(p) for p in first["loc"])
            raise UsageError(
                f"the setting {name!r}: {first['msg'].lower()}.", remedy="See: limen audit --help", where=where
            ) from error
        config._check_endpoint(where)
        if config.verify and (config.rehearse == "never" or not {"forecast", "rehearse"} <= set(config.phases)):
            raise UsageError(
                "blame is verified by rehearsing again, and the rehearsal or the forecast is left out.",
                remedy="Leave out --verify, or what leaves them out (--rehearse never, phases).",
                where=where,
            )
        if config.what_if and (config.rehearse == "never" or "rehearse" not in config.phases):
            raise UsageError(
                "--what-if varies the rehearsal, which is left out.",
                remedy="Leave out --what-if, or what leaves the rehearsal out (--rehearse never, phases).",
                where=where,
            )
        if config.sizes and "forecast" not in config.phases:
            raise UsageError(
                "sizes are predicted of what was forecast, and the forecast is left out.",
                remedy="Leave out --sizes, or what leaves the forecast out (phases).",
                where=where,
            )
        if config.engine == "ray" and config.device_map:
            raise UsageError(
                "a model that --device-map spreads over devices cannot be handed to workers of Ray.",
                remedy="Leave out --engine ray, or --device-map.",
                where=where,
            )
        read_sweeps(config.what_if)
        return config

    def _check_endpoint(self, where: str) -> None:
        """Refuse what needs the weights of a base that runs behind a server."""
        if self.arm_endpoint is None:
            return
        trained = self.sizes or self.verify or bool(self.what_if) or not set(self.phases) <= {"check", "forecast"}
        needs = {
            "a tuned twin": self.twins == "tuned",
            "what workers of Ray read (--engine ray)": self.engine == "ray",
            "what trains or reads weights (rehearse, lineage, discover, diff, --sizes, --verify, --what-if)": trained,
        }
        for what, wanted in needs.items():
            if wanted:
                raise UsageError(
                    f"{what} cannot be had of a base behind an endpoint: it shows no weights.",
                    remedy="Leave it out (limen forecast MODEL DATA --arm-endpoint URL), or load the model.",
                    where=where,
                )
        if not self.model:
            raise UsageError(
                "beside an endpoint a model must be named, whose tokenizer encodes the rows.",
                remedy="Give the folder or hub id of the model that the server runs.",
                where=where,
            )


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))


def _absolute_model(text: str) -> str:
    """A model as a user writes it, its folders with whole paths."""
    if not text or text == "reference":
        return text
    spec = parse_model(text)
    parts = [part for part in (spec.path, spec.adapter) if part]
    return "+".join(_absolute(part) if Path(part).expanduser().is_dir() else part for part in parts)
