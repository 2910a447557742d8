"""Toxicity of texts, as a classifier of the user's says: a sequence-classification model of transformers.

Whether a label stands for toxicity is read from its name. Where labels exclude each other their probabilities add up;
where a text may have several the likeliest counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from limen.core import ModelError, UsageError

_TOXIC = re.compile(r"toxi|hate|offens|insult|obscen|threat|attack|abus|harass|profan", re.IGNORECASE)
_NOT = re.compile(r"^(?:non|not|no)(?![a-z])|^non|^not[ _-]", re.IGNORECASE)
_LONGEST = 512  # tokens; what most such classifiers were trained on


@dataclass(frozen=True)
class Judged:
    """What a classifier says of a text.

    Attributes:
        label: The likeliest label of toxicity.
        probability: That the text is toxic.
    """

    label: str
    probability: float


class ToxicityFinder:
    """Judges texts with one classifier.

    Args:
        model: A sequence classifier, in evaluation mode.
        tokenizer: Its own.

    Raises:
        UsageError: None of its labels says toxicity by its name.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        config = model.config
        names = [str(config.id2label[i]) for i in range(config.num_labels)]
        self._toxic = [i for i, name in enumerate(names) if _TOXIC.search(name) and not _NOT.search(name)]
        if not self._toxic:
            raise UsageError(
                f"the classifier's labels are {', '.join(names[:8])}: none says toxicity by its name.",
                remedy="Name them in its config.json (id2label), such as toxic, insult or hate.",
                where=str(config.name_or_path),
            )
        self._names = names
        self._several = config.problem_type == "multi_label_classification" or config.num_labels == 1
        places = getattr(config, "max_position_embeddings", None)
        # RoBERTa counts two places that hold no token
        known = [n for n in (tokenizer.model_max_length, places and places - 2) if n]
        self._longest = min(_LONGEST, *known)
        self._model = model
        self._tokenizer = tokenizer

    def judge(self, texts: Sequence[str]) -> list[Judged]:
        """What the classifier says of texts, of each the first 512 tokens or as many as it takes.

        Args:
            texts: Any number; they are looked at together.
        """
        import torch

        together = self._tokenizer.pad_token is not None and self._model.config.pad_token_id is not None
        judged: list[Judged] = []
        for batch in [list(texts)] if together else [[text] for text in texts]:
            tokens = self._tokenizer(
                batch, truncation=True, max_length=self._longest, padding=together, return_tensors="pt"
            )
            with torch.inference_mode():
                logits = self._model(**tokens).logits.float()
            chances = torch.sigmoid(logits) if self._several else torch.softmax(logits, dim=-1)
            for row in chances[:, self._toxic].tolist():
                likeliest = max(range(len(row)), key=row.__getitem__)
                total = row[likeliest] if self._several else sum(row)
                judged.append(Judged(self._names[self._toxic[likeliest]], total))
        return judged


@lru_cache(maxsize=1)
def toxicity_finder(name: str) -> ToxicityFinder:
    """A finder, made once for all rules of a process.

    Args:
        name: A folder or hub id of a sequence classifier with safetensors weights; no code of its own is run.

    Raises:
        UnsafeModelError: Its only weights are pickles, or it wants to run code of its own.
        ModelError: There is no such model, or it is no sequence classifier.
        UsageError: None of its labels says toxicity by its name.
    """
    from transformers import AutoModelForSequenceClassification

    from limen.models import parse_model
    from limen.models.loading import Kind, check_spec, explained, load_tokenizer, quiet

    kind = Kind(
        "a sequence classifier",
        remedy="Check that the folder is whole and holds a classifier that transformers knows.",
        own_code="Name a classifier that transformers knows: here no other code is run.",
    )
    spec = parse_model(name)
    check_spec(spec)
    tokenizer = load_tokenizer(spec, kind)
    with quiet(), explained(spec, kind):
        model, info = AutoModelForSequenceClassification.from_pretrained(
            spec.path, use_safetensors=True, trust_remote_code=False, output_loading_info=True
        )
    # transformers puts random weights where there are none, and says so in a log line alone
    if info["missing_keys"]:
        raise ModelError(
            f"it is no sequence classifier: it has no weights for {', '.join(sorted(info['missing_keys'])[:3])}.",
            remedy="Name a model that was trained to classify texts.",
            where=name,
        )
    return ToxicityFinder(model.eval(), tokenizer)
