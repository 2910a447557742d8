"""Frames: the words that a template puts before or behind what differs from prompt to prompt.

The commoner a template, the less do its words weigh in TF-IDF, so that prompts of one template look unlike each other:
that they begin or end alike is looked at by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from limen.before.check._minhash import words_of

WORDS = 4
"""Words at the beginning or the end that prompts of one frame share, where nothing sets the frame off."""

LEAST = 3
"""Prompts that make a frame."""

Frame = tuple[str, ...]
"""Where it stands, and its words."""

_SET_OFF, _MOST = 2, 30
_BREAK = re.compile(r":\s|\n")


def frames_of(text: str) -> list[Frame]:
    """What may be the frame of a prompt, at most four.

    The words before the first colon or line break, or of the last line, if they are 2 to 30; and the first and the last
    four words.

    Args:
        text: The prompt.
    """
    words = words_of(text)
    if len(words) < WORDS:
        return [("begins", *words)] if words else []
    found = [("begins", *words[:WORDS]), ("ends", *words[-WORDS:])]
    parts = text.strip()
    broken = _BREAK.search(parts)
    if broken is not None:
        _, _, last = parts.rpartition("\n")
        for where, part in (("opens", parts[: broken.start()]), ("closes", last if last != parts else "")):
            set_off = words_of(part)
            if _SET_OFF <= len(set_off) <= _MOST:
                found.append((where, *set_off))
    return found


def framed(frames: Sequence[Sequence[Frame]]) -> list[Frame | None]:
    """The frame of each prompt: of those it may have the one that most prompts have, or none that three share.

    Args:
        frames: What `frames_of` gives of each.
    """
    counts = Counter(frame for own in frames for frame in set(own))
    largest = (max(own, key=lambda frame: (counts[frame], frame), default=None) for own in frames)
    return [frame if frame is not None and counts[frame] >= LEAST else None for frame in largest]
