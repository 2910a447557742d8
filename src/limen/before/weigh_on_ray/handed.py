"""What workers are handed: a base and changes of its weights, as arrays that all workers of a machine share.

Ray lays arrays of numpy into memory that its workers read without a copy of their own; of torch's tensors each would
make one. So weights travel as bytes, beside the model without them. Nothing of this is written to a file by Limen.
"""

from __future__ import annotations

import copy
import hashlib
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.before.forecast.first_order import Change
from limen.core import UsageError
from limen.models.content import raw_bytes
from limen.models.locks import lock_of
from limen.train.copies import with_own_forward


@dataclass(frozen=True)
class Flat:
    """A tensor as bytes.

    Attributes:
        raw: Its bytes, uint8.
        dtype: Its number format, as torch calls it.
        shape: Its shape.
    """

    raw: NDArray[np.uint8]
    dtype: str
    shape: tuple[int, ...]

    @classmethod
    def of(cls, tensor: Any) -> Flat:
        """A tensor's bytes, on the CPU."""
        return cls(raw_bytes(tensor), str(tensor.dtype).removeprefix("torch."), tuple(tensor.shape))

    def tensor(self) -> Any:
        """The tensor, on the bytes themselves: it is only read."""
        import torch

        kind = getattr(torch, self.dtype)
        if not self.raw.size:
            return torch.zeros(self.shape, dtype=kind)
        with warnings.catch_warnings():
            # "The given NumPy array is not writable": nobody writes
            warnings.simplefilter("ignore", UserWarning)
            return torch.from_numpy(self.raw).view(kind).reshape(self.shape)


@dataclass(frozen=True)
class Handed:
    """A base and changes of its weights, ready to travel.

    Attributes:
        skeleton: The model without its weights.
        weights: Its weights, in the order of the skeleton's.
        changes: Of each change the dense ones by name, and the two factors and whether the weight lies transposed.
    """

    skeleton: Any
    weights: tuple[Flat, ...]
    changes: tuple[tuple[dict[str, Flat], dict[str, tuple[Flat, Flat, bool]]], ...]

    def model(self) -> Any:
        """The model with its weights; it takes the skeleton's place."""
        import torch

        placed = {
            id(empty): torch.nn.Parameter(flat.tensor(), requires_grad=False)
            for empty, flat in zip(self.skeleton.parameters(), self.weights, strict=True)
        }
        for module in self.skeleton.modules():
            for name, weight in module._parameters.items():
                if weight is not None:
                    module._parameters[name] = placed[id(weight)]
        return self.skeleton.eval()

    def changes_on(self, device: Any) -> list[Change]:
        """The changes of weights, on a device."""
        return [
            Change(
                {n: flat.tensor().to(device) for n, flat in dense.items()},
                {n: (a.tensor().to(device), b.tensor().to(device), t) for n, (a, b, t) in factors.items()},
            )
            for dense, factors in self.changes
        ]


def hand_over(model: Any, changes: Sequence[Change]) -> Handed:
    """Make a base and changes of its weights ready to travel.

    Args:
        model: A transformers model; it stays as it is.
        changes: Changes of its weights.

    Raises:
        UsageError: The model is spread over several devices.
    """
    import torch

    if getattr(model, "hf_device_map", None):
        raise UsageError(
            "a model that accelerate spreads over devices cannot be handed to workers of Ray.",
            remedy="Leave out --engine ray, or --device-map.",
        )
    weights = list(model.parameters())
    # As `shared_copy`: tied weights stay one, and no weight is copied
    empty: dict[int, Any] = {
        id(w): torch.nn.Parameter(torch.empty_like(w, device="meta"), requires_grad=False) for w in weights
    }
    with lock_of(model):
        skeleton = with_own_forward(copy.deepcopy(model, empty))
    for module in skeleton.modules():
        for name, buffer in module._buffers.items():
            module._buffers[name] = None if buffer is None else buffer.cpu()
    packed = tuple(
        (
            {n: Flat.of(c) for n, c in change.dense.items()},
            {n: (Flat.of(a), Flat.of(b), t) for n, (a, b, t) in change.factors.items()},
        )
        for change in changes
    )
    return Handed(skeleton, tuple(Flat.of(w) for w in weights), packed)


def changes_hash(changes: Sequence[Change]) -> str:
    """SHA-256, in hexadecimal, over changes of weights in their order."""
    digest = hashlib.sha256()
    for change in changes:
        digest.update(b"change;")
        parts: list[tuple[str, tuple[Any, ...], bool]] = [(n, (c,), False) for n, c in change.dense.items()]
        parts += [(n, (a, b), t) for n, (a, b, t) in change.factors.items()]
        for name, tensors, transposed in sorted(parts, key=lambda p: p[0]):
            digest.update(f"{name}:{transposed};".encode())
            for tensor in tensors:
                flat = Flat.of(tensor)
                digest.update(f"{flat.dtype}{flat.shape};".encode())
                raw: Any = flat.raw
                digest.update(raw)
    return digest.hexdigest()


def changes_bytes(changes: Sequence[Change]) -> int:
    """Bytes that changes of weights take."""
    tensors = [t for c in changes for t in c.dense.values()]
    tensors += [t for c in changes for a, b, _ in c.factors.values() for t in (a, b)]
    return tensor_bytes(tensors)


def weights_bytes(model: Any) -> int:
    """Bytes that a model's weights take."""
    return tensor_bytes(model.parameters())


def tensor_bytes(tensors: Iterable[Any]) -> int:
    """Bytes that tensors take."""
    return sum(int(t.nbytes) for t in tensors)
