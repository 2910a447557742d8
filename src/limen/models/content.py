"""The content hash of a model: SHA-256 over its weights, its config and its tokenizer."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# What says where or how a model was loaded, not what it is.
_NOT_CONTENT = ("_name_or_path", "transformers_version", "dtype", "torch_dtype", "_attn_implementation")


def model_hash(model: Any, tokenizer: Any) -> str:
    """SHA-256, in hexadecimal, over every weight with its name, shape and number format, config and tokenizer."""
    digest = hashlib.sha256(weights_hash(model).encode())
    config = {k: v for k, v in model.config.to_dict().items() if k not in _NOT_CONTENT}
    digest.update(json.dumps(config, sort_keys=True, default=str).encode())
    digest.update(tokenizer_hash(tokenizer).encode())
    return digest.hexdigest()


def weights_hash(model: Any) -> str:
    """SHA-256, in hexadecimal, over the names, shapes, number formats and bytes of a model's weights."""
    import torch

    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        if not isinstance(tensor, torch.Tensor):
            digest.update(f"{name}={tensor!r};".encode())
            continue
        digest.update(f"{name}:{tuple(tensor.shape)}:{tensor.dtype};".encode())
        digest.update(raw_bytes(tensor).data)
    return digest.hexdigest()


def raw_bytes(tensor: Any) -> NDArray[np.uint8]:
    """The bytes of a tensor, on the CPU: uint8, one dimension; without a copy where it lies there in one piece."""
    import torch

    flat = tensor.detach().cpu().contiguous().reshape(-1)
    return np.asarray(flat.view(torch.uint8).numpy()) if flat.numel() else np.zeros(0, dtype=np.uint8)


def tokenizer_hash(tokenizer: Any) -> str:
    """SHA-256, in hexadecimal, over a tokenizer's vocabulary, rules, special tokens and chat template."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    rules = backend.to_str() if backend is not None else json.dumps(tokenizer.get_vocab(), sort_keys=True)
    special = {k: str(v) for k, v in tokenizer.special_tokens_map.items()}
    text = json.dumps([rules, special, getattr(tokenizer, "chat_template", None)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def cache_folder() -> Path:
    """Where Limen keeps what it can make again: `LIMEN_CACHE`, else `~/.cache/limen`."""
    chosen = os.environ.get("LIMEN_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "limen"
