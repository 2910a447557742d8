"""A model and its tokenizer from a folder or the hub: safetensors only, remote code off unless asked for."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from limen.core import MissingExtraError, ModelError, Progress, UnsafeModelError
from limen.models.adapter import check_adapter_folder, lay_adapter
from limen.models.safety import check_folder, is_local
from limen.models.spec import ModelSpec

DEVICE_VARIABLE = "LIMEN_DEVICE"
"""The environment variable that says what the device `auto` means."""


@dataclass(frozen=True)
class Kind:
    """What a model is to be loaded as, in the words of whoever is told that it cannot be.

    Attributes:
        what: What it is to be, such as `a causal language model`.
        remedy: What to do where it is none.
        own_code: What to do where it wants to run code of its own.
    """

    what: str
    remedy: str
    own_code: str


CAUSAL = Kind(
    "a causal language model",
    remedy="Check that the folder is whole and holds a decoder that transformers knows.",
    own_code="Read that code first; then give --allow-remote-code (in Python allow_remote_code=True).",
)


def check_spec(spec: ModelSpec) -> None:
    """Look at the folders of a model and of its adapter before anything heavy is imported.

    Raises:
        UnsafeModelError: Its only weights are pickles.
        ModelError: It is no whole model, or there is no such folder.
    """
    if is_local(spec.path):
        check_folder(spec.path)
    if spec.adapter and is_local(spec.adapter):
        check_adapter_folder(Path(spec.adapter))


def load_config(spec: ModelSpec) -> Any:
    """The config that a model would be loaded with.

    Raises:
        UnsafeModelError: It wants remote code, which was not allowed.
        ModelError: There is none, or it cannot be read.
    """
    from transformers import AutoConfig

    with quiet(), explained(spec):
        return AutoConfig.from_pretrained(spec.path, trust_remote_code=spec.allow_remote_code, revision=spec.revision)


def context_of(spec: ModelSpec) -> int | None:
    """Most tokens that a model reads, as its config says; None where that says nothing, or there is none.

    Raises:
        UnsafeModelError: The config wants remote code, which was not allowed.
    """
    from types import SimpleNamespace

    from limen.models.batches import context_length

    try:
        return context_length(SimpleNamespace(config=load_config(spec)))
    except UnsafeModelError:
        raise
    except ModelError:
        return None


def load_model(spec: ModelSpec, progress: Progress | None = None) -> Any:
    """The causal language model that a spec means, with its adapter, in evaluation mode.

    Args:
        spec: Which.
        progress: Told of what is doubtful about it.

    Raises:
        UnsafeModelError: Pickle weights, or remote code that was not allowed.
        ModelError: The folder or hub id is no causal language model, or the adapter does not fit.
        MissingExtraError: 4-bit was asked for and bitsandbytes is not installed.
    """
    import torch
    from transformers import AutoModelForCausalLM

    device = pick_device(spec.device)
    options: dict[str, Any] = {
        "use_safetensors": True,
        "trust_remote_code": spec.allow_remote_code,
        "revision": spec.revision,
        "dtype": pick_dtype(spec, device),
    }
    if spec.four_bit:
        options["quantization_config"] = _four_bit()
    if spec.device_map or spec.four_bit:
        options["device_map"] = spec.device_map or {"": device}
    with quiet(), explained(spec):
        model: Any = AutoModelForCausalLM.from_pretrained(spec.path, **options)
    if not (spec.device_map or spec.four_bit):
        model = model.to(torch.device(device))
    if spec.adapter:
        with quiet():
            model = lay_adapter(model, spec.path, spec.adapter, progress)
    return model.eval()


def load_tokenizer(spec: ModelSpec, kind: Kind = CAUSAL) -> Any:
    """The tokenizer that stands in the adapter's folder, as it is deployed, else in the model's.

    Args:
        spec: Which.
        kind: What the model is to be loaded as.

    Raises:
        ModelError: There is none, or it cannot be read.
    """
    from transformers import AutoTokenizer

    if spec.adapter and Path(spec.adapter).is_dir() and _has_tokenizer(spec.adapter):
        with quiet(), explained(spec, kind):
            return AutoTokenizer.from_pretrained(spec.adapter, trust_remote_code=spec.allow_remote_code)
    if is_local(spec.path) and not _has_tokenizer(spec.path):
        raise ModelError(
            "there is no tokenizer in this folder; expected tokenizer.json and tokenizer_config.json.",
            remedy=f"Write it there: tokenizer.save_pretrained({spec.path!r})",
            where=spec.path,
        )
    with quiet(), explained(spec, kind):
        return AutoTokenizer.from_pretrained(
            spec.path, trust_remote_code=spec.allow_remote_code, revision=spec.revision
        )


def _has_tokenizer(folder: str) -> bool:
    names = ("tokenizer.json", "tokenizer_config.json", "tokenizer.model", "vocab.json")
    return any((Path(folder) / name).is_file() for name in names)


def pick_device(device: str) -> str:
    """The device that a spec means: `auto` is what `LIMEN_DEVICE` names, else CUDA where there is one, else the CPU.

    Raises:
        ModelError: CUDA was asked for and there is none.
    """
    import torch

    if device == "auto":
        device = os.environ.get(DEVICE_VARIABLE) or "auto"
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise ModelError(
            f"the device {device!r} was asked for, and this machine or this build of torch has no CUDA.",
            remedy="Leave the device at auto, or install a CUDA build of torch.",
        )
    try:
        torch.device(device)
    except RuntimeError as error:
        raise ModelError(f"there is no device {device!r}.", remedy="Use auto, cpu, cuda or cuda:0.") from error
    return device


def pick_dtype(spec: ModelSpec, device: str) -> Any:
    """The torch dtype that a spec means on a device, or `auto` for the checkpoint's own."""
    import torch

    if spec.dtype != "auto":
        return getattr(torch, spec.dtype)
    return "auto" if device.startswith("cuda") or spec.device_map else torch.float32


def _four_bit() -> Any:
    try:
        import bitsandbytes  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("bitsandbytes", "four-bit") from error
    import torch
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers from drawing its own progress bars, and PEFT from warning about what users did not write."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*gradient_checkpointing.*", category=FutureWarning)
            warnings.filterwarnings("ignore", message=".*fan_in_fan_out.*", category=UserWarning)
            yield
    finally:
        if shown:
            logging.enable_progress_bar()


@contextmanager
def explained(spec: ModelSpec, kind: Kind = CAUSAL) -> Iterator[None]:
    """Turn what transformers raises about a user's model into one line with a remedy.

    Args:
        spec: The model.
        kind: What it is to be loaded as.
    """
    try:
        yield
    except (MissingExtraError, ModelError):
        raise
    except Exception as error:
        text = str(error).strip()
        head = text.partition("\n")[0][:300] or type(error).__name__
        if "trust_remote_code" in text:
            raise UnsafeModelError(
                "this model wants to run Python code of its own, which is off.",
                remedy=kind.own_code,
                where=spec.path,
            ) from error
        if not Path(spec.path).is_dir() and isinstance(error, OSError):
            raise ModelError(
                f"this is no folder here, and the hub did not give it: {head}",
                remedy="Check the name, download it first, or unset HF_HUB_OFFLINE.",
                where=spec.path,
            ) from error
        if isinstance(error, ImportError):
            raise ModelError(head, remedy="Install what it names.", where=spec.path) from error
        if (
            isinstance(error, (ValueError, OSError, RuntimeError, KeyError, TypeError))
            or "Safetensor" in type(error).__name__
        ):
            raise ModelError(
                f"it cannot be loaded as {kind.what}: {head}",
                remedy=kind.remedy,
                where=spec.path,
            ) from error
        raise
