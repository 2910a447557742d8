"""Whether a word may be a password that somebody has chosen, or is a name in code, a key chord or talk of passwords."""

from __future__ import annotations

import re

# What a sentence says of a password: "my password is SHA256-hashed", "8-characters", "WPA2-PSK", "Gmail2FA protected"
_ABOUT = re.compile(
    r"(?:sha|md|base|bcrypt|utf|aes|pbkdf|argon|scrypt|wpa|wep|rfc|iso|nist|fips|hmac|ntlm|crc|tls|ssl|rsa|ascii)"
    r"-?v?\d|\d+-?[a-z]+-?[a-z]*\Z"
    r"|.*(?:(?<![a-z])(?:a-z|(?:min|max)\d)|0-9|\dfa\b|(?:chars?|characters?|digits?|letters?|symbols?)\b|\d(?:chars?|char|digits?|letters?))"
    # "WPA2-encrypted", "iOS18-compatible"
    r"|.*\d\w*-(?:[a-z]{2,}(?:ed|able|ible)|based|only|like|style|free|proof|safe|grade|level|specific|dependent"
    r"|compliant|ready|wrapped|psk|eap)\b",
    re.IGNORECASE,
)
# "process.env.PGPASS2", "this.db->pw12", "Config::Pw12", "$db_pass12", "%DB_PASS12%"
_NAME = re.compile(
    r"[$@]?[^\W\d]\w*(?:(?:\??\.|::|->|\.\$)[^\W\d]\w*)+\Z|\$[^\W\d]\w*\Z|%\w+%\Z"
    # Words in snake case; but "blue_tiger_42"
    r"|[a-z][a-z0-9]*(?:_[a-z0-9]+)*_[a-z][a-z0-9]*\Z|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z"
)
_TYPE = re.compile(r"n?(?:var)?(?:char|binary)\d*(?:_\d+)?\Z|(?:u?int|float|string|text|bytes)_?\d+\Z", re.IGNORECASE)
_CHORD = re.compile(
    r"(?:ctrl|control|alt|altgr|shift|cmd|command|option|meta|super|win|strg)"
    r"(?:\+|-(?:\w|f\d+|del|ctrl|alt|shift|cmd)\b)",
    re.IGNORECASE,
)
_SIGNS = frozenset("!#$%&*+?@^~=")
_LEAST = 8

_HERE = re.compile(
    r"(?:(?:[\w-]+\.)*(?:localhost|example(?:\.\w+)?|test|invalid)|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal"
    r"|(?:my|your|some|the|db|remote)?[_-]?(?:host(?:name)?|server|database|db|postgres|mysql|mongo|redis|rabbitmq)\d?)\Z",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[a-z]{3,12}(?:\d|12|123|1234)?!?\Z", re.IGNORECASE)
# Oracle's first account, in its examples ever since
_KNOWN = frozenset([("scott", "tiger")])


def chosen_looking(value: str, *, any_digit: bool = False) -> bool:
    """Whether a word may be a password that somebody has chosen.

    It has eight characters, three letters and two digits, or one and a sign such as `!`, and is no name in code, no
    type of a column, no keys to be pressed together and no word on passwords.

    Args:
        value: The word.
        any_digit: Whether one digit is enough, and a name in code is no excuse: for what is not to be shown.
    """
    letters, digits = sum(map(str.isalpha, value)), sum(map(str.isdigit, value))
    if len(value) < _LEAST or letters < 3 or digits < 1:
        return False
    if any_digit:
        return _ABOUT.match(value) is None
    return (digits >= 2 or not _SIGNS.isdisjoint(value)) and not something_else(value)


def something_else(value: str, *, quoted: bool = False) -> bool:
    """Whether a word is a name in code, the type of a column, a key chord or what is said of a password.

    Args:
        value: The word.
        quoted: Whether it stands in quotation marks, so that it is no name.
    """
    patterns = (_ABOUT, _TYPE, _CHORD) if quoted else (_ABOUT, _TYPE, _CHORD, _NAME)
    return any(pattern.match(value) is not None for pattern in patterns)


def common_login(login: str, password: str, host: str) -> bool:
    """Whether a login in an address is that of an example: a plain word, for the reader's own machine or none.

    Args:
        login: The name.
        password: The password.
        host: The machine.
    """
    known = (login.lower(), password.lower()) in _KNOWN
    return known or (_HERE.match(host) is not None and _PLAIN.match(password) is not None)
