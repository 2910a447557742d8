"""Whether words that read like an order to a model are one, by what stands around them.

Manuals, letters and forums have the same words: somebody takes back what he wrote himself, a manual sends the readers
of one model elsewhere, a telephone has a developer mode.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NEAR = 300
_SAY = (
    r"(?:say|print|output|reveal|respond|reply|answer|tell|send|repeat|leak|pretend|act|praise|recommend|return|"
    r"you are)\b"
)
_THEN = re.compile(
    rf"[^.!?]{{0,80}}\b(?:and|then|instead)[,:]? (?:now |just |then |only |instead |simply )?{_SAY}"
    # What mails do not go on with
    r"|[^.!?:;]{0,80}[.!?:;] ?(?:now |please |then )?(?:say|print|output|reveal|leak|repeat|pretend|praise|you are now|"
    r"(?:give|write) (?:a|an|it|the) (?:\w+ ){0,2}(?:score|review|rating))\b"
)
_NEGATED = re.compile(
    r"(?:\b(?:(?<!why )not|never|não|nunca|non|не|لا) |n't |n'|不要|请勿|請勿|勿|别|別|不)(?:[请請]?)\Z"
)
_NEGATED_IN_SPANISH = re.compile(r"\bno \Z")
_SPANISH = re.compile(r"instrucciones|indicaciones|órdenes|lo anterior")
_VERB_BEHIND = re.compile(r" to (?:ignore|disregard|override|bypass|discard)\b")
_NEGATED_AFTER = re.compile(r"(?: \w+){0,2} (?:nicht|niemals|nie)\b|しない|せず|하지")
_OF_RULES = re.compile(r"\b(?:your|safety|content|ethical|system|developer)\b")
_NOTHING_MORE = re.compile(
    r" ?(?:[.,!;:?)\"'—–]|-(?!\w)| {2}|$)| *$| (?:and|or|now|then|but|instead|completely|entirely)\b"
    r"| (?:that |which )?(?:you (?:were|have|had|got|received)|given|were given)\b"
    r"| (?:set|made|given|written|stated)? ?(?:by|of|from|in) (?:the |this |your )?(?:system|developers?|chat|"
    r"conversation|prompt|openai|anthropic|google|creators?)\b"
)
_OWN = re.compile(r"\b(?:my|our) (?:\w+ ){0,2}\w+\Z|\bi gave\b")
_OWN_AFTER = re.compile(
    r" (?:that |which )?(?:i|we)(?:'ve| have| had)? (?:just )?(?:gave|given|sent|wrote|posted|typed)\b"
)
_RESTRICTED = re.compile(
    r" (?:(?:that |which )?(?:i|we) gave (?:you |to you )?|given )?(?:for|regarding|concerning|about|on)"
    # What an attacker restricts it to
    r"(?! (?:now|once|good|a moment|a while|me|this|the (?:rest|remainder|duration|following|time being)|not|never|"
    r"how|what|who|whether|which|you|your|"
    r"(?:\w+ ){0,2}(?:confidential|secre|safe|secur|privacy|restrict|reveal|content|ethic|harm|polic|refus|filter))) \w"
)
_FREE = re.compile(
    r"\b(?=[bdfijnuw])(?:(?:no|without|free (?:of|from)|ignor\w+|bypass\w*|disregard\w*) (?:\w+ ){0,3}"
    r"(?:restrict|filter|polic|censor|limit|rules\b|guidelines|moderation|safety|ethic)|"
    r"(?:uncensored|unfiltered|unrestricted|jailbr[eo]ak\w*|dan)\b)"
)
_DEVICE = re.compile(
    r"\b(?=[abcdefhilmpqrstuwx])(?:android|i?phones?|ipad|ios|tablets?|devices?|chromebooks?|chrome|chromeos|browser|"
    r"extensions?|settings|quest|headset|windows|macos|linux|build number|tap|taps|tapped|toggle|reboot|boot|"
    r"bootloader|usb|adb|router|tv|xbox|console|wear os|app|apps|hololens|firmware|hardware|laptop|screen|discord|"
    r"plugin|simulator|xcode)\b"
)
_MODEL = re.compile(r"\b(?:answers?|respon\w+|repl(?:y|ies)|chatgpt|gpt\S*|ai|assistant|language model|dan|chatbot)\b")
_ROLE = re.compile(r"\b(?:you are|you're|you will|act as|pretend|from now on|chatgpt|gpt\S*|language model|ai model)")
_WORD_FOR_WORD = re.compile(
    r"\b(?:repeat|print|reveal|verbatim|word for word|word-for-word|output|exact|full text|leak|code block)\b"
)
_OF_INTERFACES = re.compile(
    r"\b(?:ui|ux|user interface|user experience|usability|error messages?|microcopy|tooltips?|form fields?|"
    r"dialog box|interface design|accessib\w+)\b"
)
_WITHOUT = re.compile(r"[^.!?]{0,120}\bwithout\b(?! (?:fail|exception|delay)\b)")


def drops_instructions(text: str, start: int, end: int, ends_line: bool) -> bool:
    """Whether "ignore the previous instructions" and the like are meant for what a model was told.

    Args:
        text: In lower case, with a blank for each white space.
        start: Where the words begin.
        end: Where they end.
        ends_line: Whether a line ends there.
    """
    said, after = text[start:end], text[end : end + _NEAR]
    before = text[max(0, start - 12) : start]
    denied = _NEGATED.search(before) or (_NEGATED_IN_SPANISH.search(before) and _SPANISH.search(said))
    if (denied and not _VERB_BEHIND.search(said)) or _NEGATED_AFTER.match(after):
        return False
    follows = _THEN.match(after) is not None
    if "rules" in said and not _OF_RULES.search(said.partition(" ")[2]):
        more = _NOTHING_MORE.match(after) is None and not ends_line
        if more and not follows:
            return False
    if _OWN.search(said) or _OWN_AFTER.match(after) or _RESTRICTED.match(after):
        return follows
    return True


def changes_role(text: str, start: int, end: int, beginning: str) -> bool:
    """Whether "developer mode" or "do anything now" are a model's, not a device's or a saying.

    Args:
        text: In lower case, with a blank for each white space.
        start: Where the words begin.
        end: Where they end.
        beginning: How the row begins: often a question that tells what it is about.
    """
    said = text[start:end]
    near = text[max(0, start - _NEAR) : start] + " " + text[end : end + _NEAR]
    if said.endswith("anything now"):
        return re.search(r"\bdan\b", near) is not None and _ROLE.search(near) is not None
    if not said.endswith("developer mode"):
        return True
    if _FREE.search(near):
        return _MODEL.search(near) is not None or not _is_of_device(near, beginning)
    return said.startswith("you are now") and not _is_of_device(near, beginning)


def _is_of_device(near: str, beginning: str) -> bool:
    return _names_device(beginning) or _DEVICE.search(near) is not None


# A row with many such words has one beginning
@lru_cache(maxsize=1)
def _names_device(text: str) -> bool:
    return _DEVICE.search(text) is not None


def asks_for_prompt(text: str, start: int, end: int) -> bool:
    """Whether a model is told to give its prompt away: to ask what it is, is a question.

    Args:
        text: In lower case, with a blank for each white space.
        start: Where the words begin.
        end: Where they end.
    """
    if not text.startswith(("what's", "what is"), start):
        return True
    return _WORD_FOR_WORD.search(text[max(0, start - _NEAR) : end + _NEAR]) is not None


def hides_something(text: str, start: int, end: int) -> bool:
    """Whether "do not tell the user" is not a rule for those who design interfaces.

    Args:
        text: In lower case, with a blank for each white space.
        start: Where the words begin.
        end: Where they end.
    """
    if _WITHOUT.match(text[end : end + _NEAR]):
        return False
    return _OF_INTERFACES.search(text[max(0, start - _NEAR) : end + _NEAR]) is None
