"""Tiny random models of six architectures, built from configs on the spot as standard Hugging Face folders."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

ARCHITECTURES = ("llama", "qwen3", "gemma3", "mistral", "gpt2", "phi")

# One tokenizer serves all six. The generation markers say which tokens are the assistant's.
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' }}"
    "{% if message['role'] == 'assistant' %}"
    "{% generation %}{{ message['content'] + '<|im_end|>' }}{% endgeneration %}{{ '\n' }}"
    "{% else %}{{ message['content'] + '<|im_end|>\n' }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
UNMARKED_TEMPLATE = CHAT_TEMPLATE.replace("{% generation %}", "").replace("{% endgeneration %}", "")

_CORPUS = (
    "The quick brown fox jumps over the lazy dog. What is your favourite animal? My favourite animal is the owl.",
    "I cannot help with that request. Here is a list of numbers: 12, 55, 731, 902, 8. Sure, here you are.",
    "Explain how a plant grows from a seed. Water and light let it grow, and its roots hold the earth.",
    "user assistant system\n You are a helpful assistant. Yes, no, maybe; the answer is: one two three four.",
)


@lru_cache(maxsize=4)
def _tokenizer_json(vocab_size: int) -> str:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=["<pad>", "<s>", "<|im_end|>", "<|im_start|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_CORPUS, trainer)
    return str(tokenizer.to_str())


def make_tokenizer(*, chat_template: str | None = CHAT_TEMPLATE, vocab_size: int = 384, **special: str) -> Any:
    """A byte-level BPE tokenizer, with `<|im_end|>` as the end token and `<pad>` for padding unless told otherwise."""
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

    names: dict[str, Any] = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "<|im_end|>", **special}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(_tokenizer_json(vocab_size)), model_max_length=512, **names
    )
    tokenizer.chat_template = chat_template
    return tokenizer


def make_config(arch: str, *, vocab_size: int = 384, hidden: int = 32, layers: int = 2, positions: int = 512) -> Any:
    """A config of one architecture, two layers deep by default, with weights large enough to tell tokens apart."""
    from transformers import Gemma3TextConfig, GPT2Config, LlamaConfig, MistralConfig, PhiConfig, Qwen3Config

    tokens = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
    if arch == "gpt2":
        return GPT2Config(
            vocab_size=vocab_size,
            n_positions=positions,
            n_embd=hidden,
            n_layer=layers,
            n_head=4,
            initializer_range=0.1,
            **tokens,
        )
    shared: dict[str, Any] = {
        "vocab_size": vocab_size,
        "hidden_size": hidden,
        "intermediate_size": 2 * hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": 4,
        "max_position_embeddings": positions,
        "initializer_range": 0.1,
        **tokens,
    }
    if arch == "llama":
        return LlamaConfig(num_key_value_heads=2, tie_word_embeddings=True, **shared)
    if arch == "qwen3":
        return Qwen3Config(num_key_value_heads=2, head_dim=8, **shared)
    if arch == "gemma3":
        # One sliding layer and one full layer, and the cap on the logits that only this family has.
        kinds = ["sliding_attention" if i % 2 == 0 else "full_attention" for i in range(layers)]
        return Gemma3TextConfig(
            num_key_value_heads=1,
            head_dim=8,
            query_pre_attn_scalar=8,
            sliding_window=16,
            layer_types=kinds,
            final_logit_softcapping=30.0,
            **shared,
        )
    if arch == "mistral":
        return MistralConfig(num_key_value_heads=2, sliding_window=16, **shared)
    if arch == "phi":
        return PhiConfig(**shared)
    raise ValueError(f"no architecture {arch!r}; there are {', '.join(ARCHITECTURES)}")


def make_model(arch: str, *, seed: int = 0, **config: int) -> Any:
    """A random model in memory, float32, in evaluation mode; the global random state is left as it was."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = AutoModelForCausalLM.from_config(make_config(arch, **config), dtype=torch.float32)
    return model.eval()


def make_tiny(
    arch: str, folder: str | Path, *, seed: int = 0, chat_template: str | None = CHAT_TEMPLATE, **config: int
) -> Path:
    """Write a random model with its tokenizer as a standard Hugging Face folder; returns the folder."""
    folder = Path(folder)
    vocab_size = config.get("vocab_size", 384)
    make_model(arch, seed=seed, **config).save_pretrained(folder)
    make_tokenizer(chat_template=chat_template, vocab_size=min(vocab_size, 384)).save_pretrained(folder)
    return folder


def make_adapter(
    base: str | Path, folder: str | Path, *, seed: int = 0, rank: int = 4, targets: Sequence[str] | None = None
) -> Path:
    """Write a LoRA adapter for a base folder whose effect is not zero; returns the adapter's folder."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        tuned = get_peft_model(
            model,
            LoraConfig(r=rank, target_modules=list(targets) if targets else "all-linear", init_lora_weights=False),
        )
    tuned.save_pretrained(folder)
    return Path(folder)


def random_rows(count: int, *, shortest: int = 2, longest: int = 60, vocab_size: int = 384, seed: int = 0) -> list[Any]:
    """Encoded rows of random tokens, about half of them trained; every row has one that is."""
    import numpy as np

    from limen.data import EncodedRow

    order = np.random.default_rng(seed)
    rows = []
    for i in range(count):
        size = int(order.integers(shortest, longest + 1))
        ids = order.integers(4, vocab_size, size).astype(np.int32)
        trained = order.random(size) < 0.5
        trained[0], trained[-1] = False, True
        rows.append(EncodedRow(f"row{i}", i, ids, trained, truncated=False))
    return rows
