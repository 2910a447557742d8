"""Passwords in a text: told in a sentence or a field, in an address, a command or a header.

A password that is told ("password: ...", "your new password is ...") counts from 8 characters on with capitals, small
letters, digits and signs in turns, as generators write, or from 10 on without signs. Of a password that is somebody's
("my bank password is ...") or that stands by itself ("Password: ..."), less is asked, as people choose them:
8 characters with letters and two digits, or a digit and a sign, that are not those of an example, such as 123 or a
year, and no name in code.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from limen.before.check.chosen_passwords import chosen_looking, common_login, something_else
from limen.before.check.randomness import generated_looking, made_up

_TOLD_WITH = ("passw", "pwd", "kennwort", "mot de passe", "senha")
_TOLD_WITH_ELSEWHERE = ("contraseña", "пароль", "密码", "密碼", "パスワード", "비밀번호")
WORDS = (*_TOLD_WITH, *_TOLD_WITH_ELSEWHERE, "curl", "authorization")
"""What stands, in lower case, in a text that may tell a password, but for one in an address."""

_VALUE = r"([^\s\"'`<>(){}\[\],;|\\/]{8,64}+)"
_WORD = r"(?:passw(?:or)?[dt]|pwd|kennwort|mot de passe|contraseña|senha|пароль|密码|密碼|パスワード|비밀번호)"
_TOLD = re.compile(
    # What stands between is searched from the last such word only: a text may be made of nothing else
    rf"{_WORD}(?![a-z0-9])(?:(?!{_WORD}(?![a-z0-9]))[^\n]){{0,40}}?"
    r"(?:\b(?:is|ist|lautet|est|es|é|è)\b|:|=|：|は|是|为|—)[\s\"'`*]{0,6}"
    rf"{_VALUE}(?=[\s\"'`,;)]|\Z)",
    re.IGNORECASE,
)
# Whose it is, and in which words: "my bank password is", "mein Passwort lautet"
_OWNED = (
    r"\b(?:my|our|his|her|their|the)(?: [\w'-]+){0,3} passw(?:or)?d(?: (?:for|of|to|on|at)(?: [\w'-]+){1,4})?"
    r" ?(?: is| was|:|=)",
    r"\b(?:my|our)(?: [\w'-]+){0,2} (?:pwd|password|passwd) ?[:=]",
    r"\b(?:mein|unser|sein|ihr|das)e?(?: [\w'-]+){0,2}[ -](?:\w+)?(?:passwort|kennwort)"
    r"(?: (?:für|von|zu|vom|zum|zur)(?: [\w'-]+){1,4})? ?(?: lautet| ist|:|=) ?:?",
    r"\b(?:mon|notre|son|leur|le) mot de passe(?: [\w'-]+){0,4} ?(?: est|:|=)",
    r"\b(?:mi|nuestra|su|la) contraseña(?: [\w'-]+){0,4} ?(?: es|:|=)",
    r"\b(?:minha|nossa|sua|a) senha(?: [\w'-]+){0,4} ?(?: é|:|=)",
    r"\b(?:la mia|la nostra|la sua|la) password(?: [\w'-]+){0,4} ?(?: è|:|=)",
    r"\b(?:мой|наш|его|её) пароль(?: \w+){0,3} ?(?: это|:|=|—|-)",
    r"我的[^\s。，]{0,8}(?:密码|密碼)(?:是|为|為|：|:)",
    r"私の[^\s。、]{0,8}パスワードは",
    # A verb may follow without a blank, and "8文字以上" is none
    r"(?:パスワードは|비밀번호는)(?=\s?[!-~]{8})",
)
# "user=bob;pwd=..."
_CONNECTION = re.compile(
    rf"(?<=;)[ \t]{{0,2}}(?:password|passwd|pwd)[ \t]?=[ \t]?{_VALUE}(?=[;\"'`]|\s|\Z)",
    re.IGNORECASE,
)
# "The new password is ...": nobody is named, so that it has to look generated
_UNOWNED = re.compile(
    r"\bpassw(?:or)?d(?: is| was) ([A-Za-z0-9!#$%&*+?@^_~-]{8,64}+)(?=[.!?]?(?:\s|\Z)|[,;)])", re.IGNORECASE
)
_SHORT = 8
_SAID = re.compile(
    rf"(?:{'|'.join(_OWNED)})[\s\"'`*]{{0,4}}([^\s\"'`<>(){{}}\[\],;|\\/。、，]{{8,64}}+)", re.IGNORECASE
)
_FIELD = re.compile(
    rf"^[ \t>*•-]{{0,6}}(?:\w+ )?{_WORD} ?[:=：][ \t*]{{0,4}}{_VALUE}[ \t*]*$",
    re.IGNORECASE | re.MULTILINE,
)
# "Login: bob, password: ..."
_INLINE = re.compile(
    rf"(?<=[,;|])[ \t]{{0,4}}(?:\w+ )?{_WORD} ?[:：][ \t*]{{1,4}}"
    rf"{_VALUE}(?=[ \t*]*(?:$|[,;|]))",
    re.IGNORECASE | re.MULTILINE,
)
# What people write where any password would do
_INVENTED = re.compile(
    r"123|p[a@4][s$5]{2}|admin|test|hunter2|welcome|secret|letmein|(?:19|20)\d\d\b|word", re.IGNORECASE
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
# "Erstelle mir ein Passwort", "crée-moi un mot de passe"
_WANTED_ELSEWHERE = re.compile(
    r"\b(?:erstell|erzeug|generier|erfind|g[ée]n[éè]r|cré|invent|gener|cre|gere|gerar|crie|criar|suggér|sugier|sugir|propon)\w*"
    r"\b[^\n.!?]{0,60}(?:passwort|kennwort|passwörter|mots? de passe|contraseñas?|senhas?|"
    r"(?:una|delle)(?: \w+)? password)"
    r"|(?:сгенерируй|придумай|создай)\w*[^\n.!?]{0,60}парол"
    r"|(?:生成|创建|設定|想)[^\n。]{0,20}(?:密码|密碼)|パスワードを[^\n。]{0,10}(?:生成|作|考え)"
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
        "open sesame",
        "opensesame",
    ]
)

_PASSWORD_ITSELF = re.compile(r"(?:my|your|the|some|user)?[_-]?p[a@]ss(?:wor[dt]|wd)?[_-]?\d{0,4}!?\Z", re.IGNORECASE)
_COMMAND = re.compile(r"\bcurl\b[^\n|;]{0,200}?\s(?:-u|--user)[ =]?[\"']?[^\s:\"'<>$]{1,64}:([^\s\"'@<>]{4,128})")
_HEADER = re.compile(
    r"authorization[\"']?\]?\s{0,3}[:=,]\s{0,3}[\"']?basic\s+([A-Za-z0-9+/_-]{8,400}={0,2})", re.IGNORECASE
)
_LOGIN = re.compile(r"[a-z][a-z0-9+]{1,15}://([^\s:/@'\"<>]{0,64}):([^\s:/@'\"<>]{3,128})@([\w.-]{3,})", re.IGNORECASE)


def passwords(text: str, *, placeholders: bool = False) -> Iterator[tuple[int, int, str]]:
    """Where passwords stand in a text, and what they are.

    Args:
        text: Any text.
        placeholders: Whether such as are recognisably made up count too.
    """
    if "://" in text and "@" in text:
        for match in _LOGIN.finditer(text):
            login, password, host = match.groups()
            if placeholders or not (_any_would_do(password) or common_login(login, password, host.rstrip("."))):
                yield match.start(2), match.end(2), "password in an address"
    lowered = text.lower()
    if "curl" in lowered:
        for match in _COMMAND.finditer(text):
            if placeholders or not _any_would_do(match.group(1)):
                yield match.start(1), match.end(1), "password in a command"
    if "authorization" in lowered:
        for match in _HEADER.finditer(text):
            password = _in_header(match.group(1))
            if password and (placeholders or not _any_would_do(password)):
                yield match.start(1), match.end(1), "password in a header"
    if _may_tell(lowered):
        yield from _told(text, placeholders)


def asks_for_new_password(text: str) -> bool:
    """Whether somebody asks for a password to be made up, or a tool that makes one up is called: it is nobody's yet.

    Args:
        text: A turn, or a call, in lower case.
    """
    return _may_tell(text) and any(
        pattern.search(text) is not None for pattern in (_WANTED, _WANTS_ONE, _WANTED_ELSEWHERE)
    )


def may_hold_passwords(text: str) -> bool:
    """Whether a text may hold a password, but for one in an address; quick.

    Args:
        text: In lower case.
    """
    return _may_tell(text) or "curl" in text or "authorization" in text


def _may_tell(text: str) -> bool:
    words = _TOLD_WITH if text.isascii() else (*_TOLD_WITH, *_TOLD_WITH_ELSEWHERE)
    return any(word in text for word in words)


def _told(text: str, placeholders: bool) -> Iterator[tuple[int, int, str]]:
    """Passwords that a sentence or a field tells."""
    starts: set[int] = set()
    for match in _TOLD.finditer(text):
        value = match.group(1).rstrip(".:*")
        quoted = text[match.start(1) - 1] in "\"'`"
        if not generated_looking(value) or (not placeholders and something_else(value, quoted=quoted)):
            continue
        if placeholders or not (made_up(value) or _COMMON.search(value)):
            starts.add(match.start(1))
            yield match.start(1), match.start(1) + len(value), "password"
    for pattern in (_SAID, _FIELD, _INLINE, _CONNECTION, _UNOWNED):
        for match in pattern.finditer(text):
            value = match.group(1).rstrip(".:*")
            if match.start(1) in starts or not chosen_looking(value, any_digit=placeholders):
                continue
            if pattern in (_CONNECTION, _UNOWNED) and not generated_looking(value, _SHORT):
                continue
            if placeholders or not (made_up(value) or _INVENTED.search(value)):
                starts.add(match.start(1))
                yield match.start(1), match.start(1) + len(value), "password"


def _any_would_do(password: str) -> bool:
    common = password.lower() in _COMMON_PASSWORDS or _PASSWORD_ITSELF.match(password) is not None
    return common or password[0] in "$%{[<" or made_up(password)


def _in_header(value: str) -> str:
    """The password in what a header says in base64; nothing where it is no name and password."""
    bare = value.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        said = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    _, _, password = said.partition(":")
    return password if said.isprintable() and len(password) >= 4 else ""
