"""Secrets in a text: keys by the prefix their issuer gives them, private key blocks, tokens that are assigned.

Prefixes and lengths are those that the issuers publish. What is assigned (`api_key = "..."`) counts from 20 characters
on, if its letters are spread as in a random string: Shannon's entropy of its characters, −Σ p·log₂ p, is at least 3.0
bits for hexadecimal and 3.7 for others, and letters and digits are mixed. The value of a random string of 20 characters
out of 64 lies near 4.1 bits, that of a name or a path near 3.5.

A password that is told ("password: ...", "your new password is ...") is too short for that. It counts from 8 characters
on with capitals, small letters, digits and signs in turns, as generators write, or from 10 on without signs.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Found:
    """A datum that was recognised.

    Attributes:
        start: Where it begins, in characters.
        end: Where it ends.
        kind: What it is.
    """

    start: int
    end: int
    kind: str


LEAST_WORD = 14
"""No secret that is looked for stands in a text without a word of so many characters, but for what `IN_SHORT` cues."""
IN_SHORT = ("passw", "private key")
"""In lower case: passwords that are told may be shorter, and a private key may be cut into short words."""

_W = r"[A-Za-z0-9_-]"
_END = r"(?![A-Za-z0-9])"
_KEYS: tuple[tuple[str, str, str], ...] = (
    # what must stand in the text, the pattern, what it is
    ("AKIA", r"(?<![A-Za-z0-9])AKIA[0-9A-Z]{16}" + _END, "AWS key id"),
    ("ASIA", r"(?<![A-Za-z0-9])ASIA[0-9A-Z]{16}" + _END, "AWS key id"),
    *((f"gh{c}_", rf"(?<![A-Za-z0-9])gh{c}_[A-Za-z0-9]{{36,251}}" + _END, "GitHub token") for c in "pousr"),
    ("github_pat_", r"github_pat_[A-Za-z0-9_]{60,90}", "GitHub token"),
    ("glpat-", rf"glpat-{_W}{{20,64}}", "GitLab token"),
    ("sk-ant-", rf"sk-ant-{_W}{{20,200}}", "Anthropic key"),
    ("sk-", rf"(?<![A-Za-z0-9])sk-(?:proj-|svcacct-)?{_W}{{32,200}}", "OpenAI key"),
    ("hf_", r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{34}" + _END, "Hugging Face token"),
    ("xox", r"xox[abeprs]-[A-Za-z0-9-]{10,250}", "Slack token"),
    ("hooks.slack.com/services/", r"hooks\.slack\.com/services/T\w{6,12}/B\w{6,12}/\w{16,32}", "Slack webhook"),
    ("AIza", rf"AIza{_W}{{35}}(?!{_W})", "Google key"),
    ("ya29.", rf"ya29\.{_W}{{20,300}}", "Google token"),
    ("npm_", r"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}" + _END, "npm token"),
    ("pypi-", rf"pypi-AgEI{_W}{{50,300}}", "PyPI token"),
    ("SG.", rf"(?<![A-Za-z0-9])SG\.{_W}{{22}}\.{_W}{{43}}", "SendGrid key"),
    ("k_live_", r"(?<![A-Za-z0-9])[rs]k_live_[0-9A-Za-z]{24,120}", "Stripe key"),
    ("dop_v1_", r"dop_v1_[a-f0-9]{64}", "DigitalOcean token"),
    ("eyJ", rf"(?<![A-Za-z0-9])eyJ{_W}{{10,500}}\.eyJ{_W}{{10,2000}}\.{_W}{{20,700}}", "JSON Web Token"),
    (
        "PRIVATE KEY",
        r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----[^-]{64,6000}",
        "private key",
    ),
)
_COMPILED = tuple((needle, re.compile(pattern), kind) for needle, pattern, kind in _KEYS)

_LOGIN = re.compile(r"[a-z][a-z0-9+]{1,15}://[^\s:/@'\"<>]{1,64}:([^\s:/@'\"<>]{3,128})@[\w.-]{3,}", re.IGNORECASE)

_NAMES = ("secret", "token", "passw", "key", "credential", "bearer ")
_KEY_OF = ("api", "access", "auth", "private", "secret", "account", "storage")
_VALUE = r"([A-Za-z0-9+/_.=~-]{20,200})(?![A-Za-z0-9+/_(\[])"
_ASSIGNED = re.compile(
    r"(?:secret|token|passwd|password|key|credentials?)"
    rf"[\"'\]]{{0,2}}[ \t]{{0,4}}(?::=|=>|[:=])[ \t]{{0,4}}[\"'`]?(?:bearer )?{_VALUE}|bearer {_VALUE}",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"passw(?:or)?d\b[^\n]{0,40}?(?:\bis\b|:|=)[\s\"'`*]{0,6}"
    r"([^\s\"'`<>(){}\[\],;|\\/]{8,64})(?=[\s\"'`,;)]|\Z)",
    re.IGNORECASE,
)
_MAKE = r"(?:generat\w*|creat(?:e|ing)|mak(?:e|ing)(?: up)?|invent\w*|suggest\w*|propos\w*|com(?:e|ing) up with)"
_SUCH = (
    r"(?:me|us|an?|the|some|my|your|for|new|another|random\w*|strong|stronger|secure|safe|unique|good|complex|memorable"
    r"|temporary|alphanumeric|few|list of|\d+|two|three|four|five|ten"
    r"|(?:\w+[ -])?(?:characters?|digits?|letters?)(?:[ -]long)?)"
)
_WANTED = re.compile(
    # "generate me three strong 12-character passwords", "generate_random_password"; but "create a password field"
    rf"{_MAKE}(?:[ _]{_SUCH}){{0,7}}[ _]passw(?:or)?ds?\b"
    r"(?![ _-](?:field|form|prompt|box|manag|reset|hash|input|check|valid|protect|polic|hint|page|table|column|file))"
)
# "I need a new password. Can you generate one for me?"
_WANTS_ONE = re.compile(rf"\bpassw(?:or)?d\b.{{0,80}}?\b{_MAKE}(?: me)? (?:an?|one|some)\b", re.DOTALL)
_COMMON = re.compile(r"p[a@4][s$5]{2}w[o0]rd", re.IGNORECASE)
_TURNS = 5  # changes between capitals, small letters and digits
_PLACEHOLDER = re.compile(
    r"example|your|xxx|placeholder|changeme|change_me|dummy|sample|insert|replace|redacted|fake|foobar|"
    r"1234567|abcdef|abc123|qwerty|deadbeef|\*\*\*|\.\.\.|_here|(.)\1{5}",
    re.IGNORECASE,
)
_COMMON_PASSWORDS = frozenset(
    [
        "password",
        "pass",
        "passwd",
        "pwd",
        "secret",
        "user",
        "changeme",
        "admin",
        "root",
        "test",
        "postgres",
        "mysql",
        "guest",
    ]
)
# The token that RFC 7519's best-known debugger shows, known to everybody
_KNOWN = ("SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",)


def may_hold_secrets(text: str) -> bool:
    """Whether it is worth looking for secrets in a text; quick.

    Args:
        text: Any text.
    """
    lowered = text.lower()
    return (
        ("://" in text and "@" in text)
        or any(name in lowered for name in _NAMES)
        or any(needle in text for needle, _, _ in _COMPILED)
    )


def secrets(text: str, *, placeholders: bool = False) -> Iterator[Found]:
    """Every secret in a text.

    Args:
        text: Any text.
        placeholders: Whether such as are recognisably made up count too.
    """
    for needle, pattern, kind in _COMPILED:
        if needle in text:
            for match in pattern.finditer(text):
                # Only this prefix is also that of ordinary names, such as sk-learn
                named = needle == "sk-" and not random_looking(match.group()[3:])
                if not named and (placeholders or not _made_up(match.group())):
                    yield Found(match.start(), match.end(), kind)
    if "://" in text and "@" in text:
        for match in _LOGIN.finditer(text):
            password = match.group(1)
            made_up = password.lower() in _COMMON_PASSWORDS or password[0] in "$%{[" or _made_up(password)
            if placeholders or not made_up:
                yield Found(match.start(1), match.end(1), "password in an address")
    taken = []
    for found in _assigned(text, placeholders):
        taken.append(found.start)
        yield found
    yield from (one for one in _told(text, placeholders) if one.start not in taken)


def asks_for_new_password(text: str) -> bool:
    """Whether somebody asks for a password to be made up, or a tool that makes one up is called: it is nobody's yet.

    Args:
        text: A turn, or a call, in lower case.
    """
    return "passw" in text and (_WANTED.search(text) is not None or _WANTS_ONE.search(text) is not None)


def _told(text: str, placeholders: bool) -> Iterator[Found]:
    """Passwords that a sentence or a field tells."""
    if "passw" not in text.lower():
        return
    for match in _TOLD.finditer(text):
        value = match.group(1).rstrip(".:*")
        if generated_looking(value) and (placeholders or not (_made_up(value) or _COMMON.search(value))):
            yield Found(match.start(1), match.start(1) + len(value), "password")


def _assigned(text: str, placeholders: bool) -> Iterator[Found]:
    """Values that stand after the name of a secret; the text is searched for the names, and matched from there."""
    lowered = text.lower()
    last = -1
    for name in _NAMES:
        at = lowered.find(name)
        while at >= 0:
            named = name != "key" or lowered[max(0, at - 9) : at].rstrip("_- ").endswith(_KEY_OF)
            if named and (match := _ASSIGNED.match(text, at)) is not None:
                group = 1 if match.group(1) else 2
                value, start = match.group(group), match.start(group)
                if start != last and random_looking(value) and (placeholders or not _made_up(value)):
                    last = start
                    yield Found(start, match.end(group), "assigned secret")
            at = lowered.find(name, at + len(name))


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


def generated_looking(value: str) -> bool:
    """Whether a short text is such as password generators write.

    Args:
        value: The text.
    """
    kinds = ["A" if c.isupper() else "a" if c.islower() else "1" if c.isdigit() else "-" for c in value]
    if not {"A", "a", "1"} <= set(kinds):
        return False
    turns = sum(a != b for a, b in pairwise(kinds))
    return turns >= _TURNS and len(value) >= (8 if "-" in kinds else 10)


def entropy(value: str) -> float:
    """Shannon's entropy of the characters of a text, in bits a character.

    Args:
        value: The text, not empty.
    """
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values())


def _made_up(value: str) -> bool:
    return _PLACEHOLDER.search(value) is not None or any(known in value for known in _KNOWN)
