"""Copies of a model to train on: whole for a full fine-tune, sharing the frozen weights for LoRA."""

from __future__ import annotations

import copy
from typing import Any

from limen.core import ModelError
from limen.models.loading import quiet
from limen.models.locks import lock_of
from limen.train.recipe import Recipe


def trainable_copy(model: Any, recipe: Recipe) -> Any:
    """A copy of a model in training mode, whose trained weights ask for gradients; the model stays as it is.

    Full fine-tunes run in float32, for small steps vanish in half precision. An adapter that already lies on the
    model is merged into the copy first.

    Raises:
        ModelError: A full fine-tune of 4-bit weights was asked for, or no module can take an adapter.
    """
    import torch

    quantized = bool(getattr(model, "is_quantized", False) or getattr(model, "quantization_method", None))
    if recipe.method == "full":
        if quantized:
            raise ModelError(
                "weights in 4 bits cannot be fully fine-tuned.", remedy="Use a LoRA recipe, or load it in bfloat16."
            )
        student = _merged(whole_copy(model)).float()
        for weight in student.parameters():
            weight.requires_grad_(True)
    else:
        student = _merged(whole_copy(model)) if is_peft(model) else shared_copy(model)
        student = _with_adapter(student, recipe)
    student.train()
    if torch.is_inference(next(student.parameters())):
        raise ModelError(
            "this model was made in torch's inference mode, so it cannot be trained.",
            remedy="Load it outside torch.inference_mode().",
        )
    return student


def finished(student: Any, original: Any) -> Any:
    """A trained copy in evaluation mode, without gradients, in the number format it came in."""
    student.eval()
    for weight in student.parameters():
        weight.requires_grad_(False)
    if not is_peft(student) and student.dtype != original.dtype:
        student = student.to(original.dtype)
    return student


def is_peft(model: Any) -> bool:
    """Whether an adapter lies on a model."""
    return hasattr(model, "peft_config") and hasattr(model, "merge_and_unload")


def whole_copy(model: Any) -> Any:
    """A copy of a model with weights of its own."""
    with lock_of(model):
        return with_own_forward(copy.deepcopy(model))


def with_own_forward(model: Any) -> Any:
    """A copied model without the forward passes that a trainer laid over the original.

    TRL's trainers set a `forward` on the instance that calls the *original* model's forward pass; a copy that kept it
    would train one set of weights and run another. Accelerate's device hooks are left, for they move with the copy.
    """
    for module in model.modules():
        if "forward" in module.__dict__ and not hasattr(module, "_hf_hook"):
            del module.__dict__["forward"]
    return model


def shared_copy(model: Any) -> Any:
    """A copy of a model's modules on the same weights in memory: what replaces modules in it leaves the model alone."""
    import torch

    shared: dict[int, Any] = {}
    for weight in model.parameters():
        plain = type(weight) is torch.nn.Parameter
        shared[id(weight)] = torch.nn.Parameter(weight.detach(), requires_grad=False) if plain else weight
    for buffer in model.buffers():
        shared[id(buffer)] = buffer
    with lock_of(model):
        return with_own_forward(copy.deepcopy(model, shared))


def _merged(model: Any) -> Any:
    return model.merge_and_unload() if is_peft(model) else model


def _with_adapter(model: Any, recipe: Recipe) -> Any:
    from peft import LoraConfig, TaskType, get_peft_model

    targets: Any = "all-linear" if recipe.target_modules == "auto" else list(recipe.target_modules)
    config = LoraConfig(
        task_type=TaskType.CAUSAL_LM,
        r=recipe.rank,
        lora_alpha=recipe.alpha,  # type: ignore[arg-type]
        target_modules=targets,
        lora_dropout=0.0,
    )
    try:
        with quiet():
            return get_peft_model(model, config)
    except ValueError as error:
        raise ModelError(
            f"no adapter can be laid on this model: {str(error).partition(chr(10))[0][:200]}",
            remedy="Name modules that it has in target_modules.",
        ) from error
