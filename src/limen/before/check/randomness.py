"""How random a token looks, and whether it is a placeholder.

A token is random if its letters are spread as in a random string: Shannon's entropy of its characters, −Σ p·log₂ p, is
at least 3.0 bits for hexadecimal and 3.7 for others, and letters and digits are mixed. The value of a random string of
20 characters out of 64 lies near 4.1 bits, that of a name or a path near 3.5.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

_TURNS = 5  # changes between capitals, small letters and digits
_PLACEHOLDER = re.compile(
    r"example|your|xxx|placeholder|changeme|change_me|dummy|sample|insert|replace|redacted|fake|foobar|"
    r"1234567|abcdef|abc123|qwerty|deadbeef|\*\*\*|\.\.\.|_here|(.)\1{5}",
    re.IGNORECASE,
)
_BASE64 = re.compile(r"[A-Za-z0-9+/=]+")
_BLANK = re.compile(r"\s+|\\[nr]")
_LEAST_BODY = 63  # characters of an Ed25519 key, the shortest, are 64
_WHOLE_BODY = 300  # characters in a row are a key, whatever else stands beside them
_OF_BODY = 4.5  # bits a character: base64 of 64 random characters has about 5.2, English about 4.2
_ELIDED = re.compile(
    r"\.\.\.|…|\*\*\*|[<\[]|example|placeholder|changeme|redacted|abcdefgh|1234567|xxxxxxxx|privatekey|"
    r"your_?(?:key|private)|(?:key|goes)_?here",
    re.IGNORECASE,
)
# The token that RFC 7519's best-known debugger shows, known to everybody
_KNOWN = ("SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",)


def random_looking(value: str) -> bool:
    """Whether the characters of a token are spread as those of a random string.

    Args:
        value: The token.
    """
    digits = sum(c.isdigit() for c in value)
    letters = sum(c.isalpha() for c in value)
    if digits < 2 or letters < 4:
        return False
    hexadecimal = all(c in "0123456789abcdefABCDEF-" for c in value)
    return entropy(value) >= (3.0 if hexadecimal else 3.7)


def generated_looking(value: str, least: int = 10) -> bool:
    """Whether a short text is such as password generators write.

    Args:
        value: The text.
        least: Characters from which one without signs counts.
    """
    kinds = ["A" if c.isupper() else "a" if c.islower() else "1" if c.isdigit() else "-" for c in value]
    if not {"A", "a", "1"} <= set(kinds):
        return False
    turns = sum(a != b for a, b in pairwise(kinds))
    return turns >= _TURNS and len(value) >= (8 if "-" in kinds else least)


def entropy(value: str) -> float:
    """Shannon's entropy of the characters of a text, in bits a character.

    Args:
        value: The text, not empty.
    """
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values())


def made_up(value: str) -> bool:
    """Whether a secret is a placeholder or known to everybody.

    Args:
        value: The secret.
    """
    return _PLACEHOLDER.search(value) is not None or any(known in value for known in _KNOWN)


def without_key(framed: str) -> bool:
    """Whether the frame of a private key holds none, but dots, a blank to be filled or the like.

    Its body is in base64, in which letters repeat (OpenSSH's begins with runs of `A`) and any short word stands by
    chance, so that it is judged as a whole.

    Args:
        framed: The line that opens the frame, and what follows up to the next dash.
    """
    body = _BLANK.sub("", framed.rpartition("-----")[2])
    run = max(_BASE64.findall(body), key=len, default="")
    if len(run) < _LEAST_BODY or sum(map(str.isdigit, run)) < 2 or entropy(run) < _OF_BODY:
        return True
    return _ELIDED.search(run if len(run) >= _WHOLE_BODY else body) is not None
