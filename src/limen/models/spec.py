"""ModelSpec: which model is meant, as a user writes it down and a ledger replays it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from limen.core import ModelError

Dtype = Literal["auto", "float32", "bfloat16", "float16"]


class ModelSpec(BaseModel):
    """Where a model is and how it is loaded."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    path: str
    """A folder, a hub id, or an endpoint such as `https://host/v1#model`."""
    adapter: str | None = None
    """Folder or hub id of a LoRA adapter for it."""
    dtype: Dtype = "auto"
    """Number format of the weights; `auto` is the checkpoint's own on CUDA and float32 on CPU."""
    device: str = "auto"
    """`auto` (CUDA where there is one), `cpu`, `cuda`, `cuda:1`, ..."""
    device_map: str | None = None
    """How accelerate spreads a model that does not fit one device, such as `auto`; overrides `device`."""
    four_bit: bool = False
    """Load the weights in 4 bits (NF4) with bitsandbytes."""
    revision: str | None = None
    """Branch, tag or commit on the hub."""
    allow_remote_code: bool = False
    """Let the model bring and run its own Python code."""

    @property
    def is_endpoint(self) -> bool:
        """Whether it is reached over HTTP instead of loaded."""
        return self.path.startswith(("http://", "https://"))

    @property
    def name(self) -> str:
        """What a report calls it: the last part of its path, with that of its adapter."""
        if self.is_endpoint:
            return self.path.partition("#")[2] or self.path
        own = self.path.rstrip("/").rsplit("/", 1)[-1]
        return f"{own}+{self.adapter.rstrip('/').rsplit('/', 1)[-1]}" if self.adapter else own


def parse_model(text: str, **overrides: object) -> ModelSpec:
    """Read what a user writes for a model.

    Args:
        text: A folder, a hub id, either of them followed by `+` and an adapter, or an endpoint's address.
        overrides: Fields of `ModelSpec` to set besides (`dtype`, `device`, ...); None leaves a field at its default.

    Raises:
        ModelError: Nothing, or half of a `base+adapter`, was given.
    """
    text = text.strip()
    path, adapter = text, None
    # A folder may carry a plus sign in its own name.
    if "+" in text and not text.startswith(("http://", "https://")) and not Path(text).expanduser().exists():
        path, _, adapter = text.rpartition("+")
    if not path or adapter == "":
        raise ModelError(
            f"{text!r} names no model; expected a folder, a hub id, an endpoint, or base+adapter.",
            remedy="Write it like ./my-model, org/name or ./my-model+./my-adapter.",
        )
    if not path.startswith(("http://", "https://")):
        path = str(Path(path).expanduser()) if path.startswith("~") else path
    chosen = {k: v for k, v in overrides.items() if v is not None}
    return ModelSpec.model_validate({"path": path, "adapter": adapter, **chosen})
