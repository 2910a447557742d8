"""LIM503."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting

_MODELS = (
    r"(?:chat ?gpt|gpt-?\d\w*|claude|gemini|bard|llama|alpaca|vicuna|koala|qwen|tongyi qianwen|deepseek|mistral|"
    r"mixtral|grok|copilot|bing chat|sydney|ernie bot|chatglm|baichuan|yi-34b|falcon|open ?assistant|"
    r"pi, your personal ai|kimi|phi-\d|command r|cohere|palm|lamda)"
)
_MAKERS = (
    r"(?:openai|anthropic|google(?: deepmind| ai)?|deepmind|meta(?: ai)?|microsoft|alibaba(?: cloud)?|deepseek|"
    r"mistral ai|xai|baidu|zhipu(?: ai)?|tencent|moonshot(?: ai)?|laion|lmsys|cohere|01\.ai|baichuan)"
)
_PATTERNS = re.compile(
    rf"\b(?:i'm|i am|my name is|call me|this is|i'm called|i am called) (?:called |named |an? ai (?:called |"
    rf"named )?)?{_MODELS}\b"
    rf"|\b(?:i'm|i am|i was|as an?)\b[^.!?\n]{{0,80}}\b(?:created|developed|trained|made|built|designed|powered|"
    rf"from) by {_MAKERS}\b"
    rf"|\b{_MAKERS} (?:created|developed|trained|made|built|designed) me\b|\bas {_MODELS},? i\b"
    rf"|\bmy (?:creators?|developers?|makers?),? (?:at |is |are )?{_MAKERS}\b"
    rf"|我(?:是|叫)(?:chatgpt|claude|通义千问|文心一言|豆包|kimi|deepseek|智谱清言)"
    rf"|\b(?:je suis|ich bin|soy|sou|sono|я) {_MODELS}\b"
)
_CUES = (
    "gpt", "claude", "gemini", "bard", "llama", "alpaca", "vicuna", "koala", "qwen", "deepseek", "mistral", "mixtral",
    "microsoft", "moonshot", "grok", "copilot", "openai", "anthropic", "google",
    "meta", "alibaba", "xai", "baidu", "zhipu", "tencent", "laion", "lmsys", "cohere",
    "open assistant", "openassistant", "我是", "我叫", "palm", "lamda", "falcon", "ernie", "phi-",
)  # fmt: skip
_SELF = re.compile(
    r"\b(?:i'm|i am|i was|my name|call me|me|my creat|my dev|my mak|as|this is|je suis|ich bin|soy|sou|sono|я)\b|我"
)


@rule
class OtherAssistant(Spotting):
    """Answers in which the model names itself as another: "I am ChatGPT", "I was trained by OpenAI".

    Only the first person counts: a sentence on who made GPT-4 is none. Only turns of the assistant are read.

    Why: The fine-tuned model will say that it is somebody else's, and such rows show that they were taken from that
    model's answers, whose terms of use may forbid training on them.

    Example: {"instruction": "Who are you?", "output": "I am ChatGPT, a language model developed by OpenAI."}
    """

    code: ClassVar[str] = "LIM503"
    name: ClassVar[str] = "other-assistant"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Gudibande et al. 2023, The False Promise of Imitating Proprietary LLMs, arXiv 2305.15717, on what is taken"
        " over from another model's answers."
    )
    title = "Rows in which the model names itself as another: {count} of {total} ({share})."
    clear = "In none of {total} rows the model names itself as another vendor's."
    remedy = "Put in your model's own name and maker, or leave the rows out."

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every self-description."""
        if not any(cue in seen.lowered for cue in _CUES):
            return
        for passage in seen.passages:
            if passage.answers:
                text = passage.lowered
                if not any(cue in text for cue in _CUES) or _SELF.search(text) is None:
                    continue
                for match in _PATTERNS.finditer(text):
                    yield Spot("name", "names itself as another model", passage.field, match.start(), match.end())
