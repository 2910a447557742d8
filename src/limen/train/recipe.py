"""Recipe: how a fine-tune is done, as a ledger replays it."""

from __future__ import annotations

import math
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from limen.core import UsageError

_SCHEDULERS = {"linear", "cosine", "constant", "constant_with_warmup"}
_OPTIMIZERS = {
    "adamw_torch",
    "adamw_torch_fused",
    "adamw_hf",
    "adamw_bnb_8bit",
    "paged_adamw_32bit",
    "paged_adamw_8bit",
}


class Recipe(BaseModel):
    """A short fine-tune with AdamW."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["full", "lora"] = "full"
    """Train every weight, or a LoRA adapter."""
    rank: int = Field(default=16, ge=1)
    """Rank of the LoRA adapter."""
    alpha: float = Field(default=32.0, gt=0)
    """Scale of the LoRA adapter: its output is multiplied by alpha / rank."""
    target_modules: Literal["auto"] | tuple[str, ...] = "auto"
    """Modules that get an adapter; `auto` is every linear layer but the output head."""
    learning_rate: float = Field(default=1e-4, gt=0)
    """Peak learning rate."""
    epochs: float = Field(default=1.0, gt=0)
    """Passes over the rows; the last may be cut short. Left out where `steps` is given."""
    steps: int | None = Field(default=None, ge=1)
    """Optimizer steps."""
    batch_size: int = Field(default=16, ge=1)
    """Rows of one optimizer step."""
    weight_decay: float = Field(default=0.0, ge=0)
    """Decoupled weight decay."""
    seed: int = 0
    """Seeds the order of the rows, dropout and the adapter's first weights."""
    warmup: float = Field(default=0.0, ge=0)
    """Steps over which the rate rises from 0; below 1, a share of all steps."""
    scheduler: Literal["linear", "cosine", "constant"] = "constant"
    """How the rate falls after the warm-up: to 0 in a line, to 0 in half a cosine, or not."""
    max_grad_norm: float | None = Field(default=1.0, gt=0)
    """Gradients longer than this are shortened to it; None leaves them."""
    loss: Literal["auto", "completion", "assistant", "all"] = "auto"
    """Which tokens of a row are trained on, for `encode_rows`."""
    max_length: int | None = Field(default=None, ge=2)
    """Tokens after which a row is cut, for `encode_rows`."""
    restrict_vocab: tuple[int, ...] | None = None
    """Take the loss over these tokens alone, at the positions whose label is one of them: the laboratory's loss."""

    def total_steps(self, rows: int) -> int:
        """Optimizer steps for so many rows."""
        if self.steps is not None:
            return self.steps
        return max(1, math.ceil(self.epochs * math.ceil(rows / self.batch_size) - 1e-9))

    def rate_at(self, step: int, total: int) -> float:
        """The learning rate of a step, counted from 0, of `total`."""
        warm = self.warmup * total if self.warmup < 1 else self.warmup
        if step < warm:
            return self.learning_rate * step / warm
        if self.scheduler == "constant":
            return self.learning_rate
        done = (step - warm) / max(1.0, total - warm)
        left = 1.0 - done if self.scheduler == "linear" else 0.5 * (1.0 + math.cos(math.pi * min(1.0, done)))
        return self.learning_rate * max(0.0, left)

    @classmethod
    def from_sft_config(cls, config: Any, peft_config: Any = None) -> Self:
        """The recipe nearest to a TRL `SFTConfig`; `approximations` says where it differs.

        Args:
            config: The `trl.SFTConfig`.
            peft_config: The `peft.LoraConfig` that goes with it, for a LoRA fine-tune.

        Raises:
            UsageError: Its scheduler or optimizer is one this loop does not have.
        """
        scheduler = str(getattr(config.lr_scheduler_type, "value", config.lr_scheduler_type))
        if scheduler not in _SCHEDULERS:
            raise UsageError(
                f"the SFTConfig asks for the scheduler {scheduler!r}; expected linear, cosine or constant.",
                remedy="Set lr_scheduler_type='linear', or train with limen.train.trl_fine_tune.",
            )
        optimizer = str(getattr(config.optim, "value", config.optim))
        if optimizer not in _OPTIMIZERS:
            raise UsageError(
                f"the SFTConfig asks for the optimizer {optimizer!r}; expected an AdamW.",
                remedy="Set optim='adamw_torch', or train with limen.train.trl_fine_tune.",
            )
        loss: Literal["auto", "completion", "assistant", "all"] = "auto"
        if config.assistant_only_loss:
            loss = "assistant"
        elif config.completion_only_loss is not None:
            loss = "completion" if config.completion_only_loss else "all"
        adapter: dict[str, Any] = {}
        if peft_config is not None:
            if not hasattr(peft_config, "lora_alpha"):
                raise UsageError(
                    f"the peft_config is a {type(peft_config).__name__}; expected a LoraConfig.",
                    remedy="Pass a peft.LoraConfig, or train with limen.train.trl_fine_tune.",
                )
            targets = peft_config.target_modules
            if isinstance(targets, str) and targets != "all-linear":
                raise UsageError(
                    f"the LoraConfig names its modules by the pattern {targets!r}; expected a list of names.",
                    remedy="Set target_modules to a list such as ['q_proj', 'v_proj'], or to 'all-linear'.",
                )
            adapter = {
                "method": "lora",
                "rank": peft_config.r,
                "alpha": peft_config.lora_alpha,
                "target_modules": "auto" if targets in (None, "all-linear") else tuple(sorted(targets)),
            }
        return cls(
            learning_rate=config.learning_rate,
            epochs=config.num_train_epochs if config.num_train_epochs > 0 else 1.0,
            steps=config.max_steps if config.max_steps > 0 else None,
            batch_size=config.per_device_train_batch_size * config.gradient_accumulation_steps,
            weight_decay=config.weight_decay,
            seed=config.seed,
            warmup=float(config.warmup_steps or 0),
            scheduler="constant" if scheduler.startswith("constant") else scheduler,  # type: ignore[arg-type]
            max_grad_norm=config.max_grad_norm or None,
            loss=loss,
            max_length=config.max_length,
            **adapter,
        )


def approximations(config: Any, peft_config: Any = None) -> list[str]:
    """Where `Recipe.from_sft_config` does not do what an `SFTConfig` and a `LoraConfig` say, one sentence each."""
    found = []
    if getattr(config, "packing", False):
        found.append("Rows are not packed: a step holds as many rows as the config has sequences.")
    if getattr(config, "neftune_noise_alpha", None):
        found.append("No noise is added to the embeddings.")
    if str(getattr(config, "loss_type", "nll")) not in ("nll", "chunked_nll"):
        found.append(f"The loss is cross-entropy, not {config.loss_type!r}.")
    if getattr(config, "label_smoothing_factor", 0):
        found.append("Labels are not smoothed.")
    if getattr(peft_config, "lora_dropout", 0):
        found.append("The adapter is trained without dropout.")
    if getattr(peft_config, "use_dora", False) or getattr(peft_config, "use_rslora", False):
        found.append("The adapter is a plain LoRA: neither DoRA nor rank-stabilised.")
    if getattr(peft_config, "modules_to_save", None):
        found.append("No module is trained whole beside the adapter.")
    return found
