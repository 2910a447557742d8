"""Characters that nobody sees.

Which characters are invisible: Unicode's property Default_Ignorable_Code_Point, its bidirectional controls (UAX 9),
areas for private use, and the controls that a terminal obeys. Which of them a text needs is decided by its neighbours
(UAX 29 and 31 for joiners, UTS 51 for emoji).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from limen.before.check.find_secrets import Found

_HIDDEN = re.compile(
    "[\x00\x08\x1b\x7f\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ufe00-\ufe0f\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U000ffffd\U00100000-\U0010fffd]+"
)
_ASCII_CONTROLS = "\x00\x08\x1b\x7f"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
# Arabic, Syriac, N'Ko, Indic scripts, Sinhala, Myanmar, Khmer, Mongolian and further Indic ones: joiners spell words
_JOINED = re.compile(
    "[\u0600-\u07ff\u0840-\u109f\u1780-\u18af\u1a20-\u1aad\u1b00-\u1c4f\ua800-\ua8ff\ua930-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00011000-\U000116ff]"
)
# Thai, Lao, Tibetan, Myanmar, Khmer, Tai Lue and neighbours write no space between words; so do Han, Kana and Hangul
_UNSPACED = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u1aad\u3040-\u30ff\u3400-\u9fff\uaa60-\uaadf]")
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{3,6}\U000e007f")
_BLACK_FLAG = "\U0001f3f4"


def hidden_characters(text: str) -> Iterator[Found]:
    """Every run of hidden characters that the text does not need.

    Args:
        text: Any text.
    """
    if text.isascii() and not any(c in text for c in _ASCII_CONTROLS):
        return
    for match in _HIDDEN.finditer(text):
        kind = _kind(text, match.start(), match.end())
        if kind:
            yield Found(match.start(), match.end(), kind)


def without_hidden(text: str) -> str:
    """A text without its hidden characters; one that would be blank without them stays as it is.

    Args:
        text: Any text.
    """
    bare = text
    # What is taken out may have been what kept others in place, such as an emoji's joiners
    while found := list(hidden_characters(bare)):
        ends = [0, *(one.end for one in found)]
        bare = "".join(bare[a:b] for a, b in zip(ends, [*(one.start for one in found), len(bare)], strict=True))
    return bare if bare.strip() else text


def _kind(text: str, start: int, end: int) -> str:
    """What a run of hidden characters is, or nothing if it has its place there."""
    run = text[start:end]
    kinds = {name for c in set(run) if (name := _class_of(c))}
    before = text[start - 1] if start else ""
    after = text[end : end + 1]
    for name in _ORDER:
        if name in kinds and not _in_place(name, text, run, start, end, before, after):
            return name
    return ""


_ORDER = (
    "tag character",
    "bidirectional control",
    "variation selector",
    "private-use character",
    "zero-width character",
    "control character",
)


def _class_of(char: str) -> str:
    code = ord(char)
    if 0xE0000 <= code <= 0xE007F:
        return "tag character"
    if 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return "variation selector"
    if code in (0x061C, 0x200E, 0x200F) or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        return "bidirectional control"
    if 0xE000 <= code <= 0xF8FF or code >= 0xF0000:
        return "private-use character"
    return "control character" if code < 0x80 else "zero-width character"


def _in_place(name: str, text: str, run: str, start: int, end: int, before: str, after: str) -> bool:
    if name == "tag character":
        return before == _BLACK_FLAG and _FLAG.match(text, start - 1) is not None
    if name == "bidirectional control":
        if "\u202d" in run or "\u202e" in run:
            return False
        return len(run) <= 3 and _RIGHT_TO_LEFT.search(text) is not None
    if name == "variation selector":
        selectors = sum(_class_of(c) == name for c in run)
        return selectors == 1 and bool(before) and run[0] not in _JOINERS and _takes_selector(before)
    if name == "zero-width character":
        return _joiner_in_place(text, run, start, end, before, after)
    return False


_JOINERS = "\u200c\u200d"


def _takes_selector(char: str) -> bool:
    return (
        char in "0123456789#*"
        or unicodedata.category(char) in ("So", "Sm", "Po", "Sk", "Lo", "Mn")
        or ord(char) > 0x2000
    )


def _joiner_in_place(text: str, run: str, start: int, end: int, before: str, after: str) -> bool:
    if run == "\ufeff":
        return start == 0
    core = run.strip("\ufe0e\ufe0f")
    if core == "\u200d" and before and _is_emoji(before) and after and _is_emoji(after):
        return True
    if core in ("\u200c", "\u200d"):
        return bool(_JOINED.match(before) or _JOINED.match(after))
    if set(core) <= {"\u200b", "\u2060"} and len(core) == 1:
        return bool(_UNSPACED.match(before) and _UNSPACED.match(after)) if before and after else False
    # A mark of direction beside a joiner was judged above; what is left of the run is judged alone
    rest = "".join(c for c in core if _class_of(c) == "zero-width character")
    return rest != core and (not rest or _joiner_in_place(text, rest, start, end, before, after))


def _is_emoji(char: str) -> bool:
    code = ord(char)
    return 0x1F000 <= code <= 0x1FAFF or 0x2190 <= code <= 0x2BFF or code in (0xA9, 0xAE, 0x3030, 0x303D)
