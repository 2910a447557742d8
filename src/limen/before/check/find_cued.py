"""Numbers that a word in front of them says are personal: telephone numbers, US social security numbers without dashes.

How countries write telephone numbers overlaps with sums, dates, order numbers and measurements. Behind "Tel.", "call me
at", "Handy" or 電話 in the same line such a number counts from 8 digits on. Numbers that countries keep for films and
books are none (in the United Kingdom by Ofcom, in Germany by the Bundesnetzagentur, in Australia by the ACMA, in France
by the Arcep), nor are free ones, and those that count up, as made-up ones do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LETTERS = "a-z\u00df-\u024f\u0370-\u052f"  # Han, Kana and Hangul stand beside numbers without a space
_NUMBER = re.compile(
    rf"(?<![{_LETTERS}0-9_.,+-])(?:\+|\(\+?)?[0-9](?:(?:[ ./()\u00a0-]|\) | \(| [-/–] |)[0-9]){{7,14}}"
    rf"(?![{_LETTERS}0-9_]|[.,][0-9]|[ ./-][0-9])",
    re.IGNORECASE,
)
# What joins the word and its number
_JOIN = (
    r"(?:[ \t_]*(?:(?:number|numbers|no|nr|num|nummer|numéro|número|numero|номер|is|was|at|on|me|us|him|her|them|ist|"
    r"lautet|unter|est|es|é|è|al|au|le|work|home|mobile|mobil|cell|private|privat|office|direct)\b|"
    r"\([^\W\d_]+\)|番号|号码|號碼|号|號|번호|は|是|为|為|는|은))*"
    r"[ \t]{0,2}[\"'“]?[ \t]{0,2}(?:[.):：=#*|–—-][ \t]{0,3}){0,3}[\"'“*]{0,2}[ \t]?\Z"
)
_CUE = re.compile(
    r"(?:(?<![^\W_])(?:tel|telephone|phone|mobile|mob|cell|cellphone|whatsapp|"
    r"(?:call|ring|text|phone|dial|reach|contact) (?:me|us|him|her|them|my \w+)(?: back)?|"
    r"(?:call|ring|text|dial)(?: back)? (?:on|at)|"
    r"(?:my|his|her|their|our|your|contact)(?: (?:new|private|work|home|direct|office))? number|"
    r"telefon|telefonnummer|handy|handynummer|mobil|mobilnummer|rufnummer|festnetz|meine nummer|"
    r"(?:ruf|rufen|erreichst|erreichen)(?: sie| du)?(?: mich| ihn| uns)?(?: an)?|"
    r"tél|téléphone|portable|appele[rz](?:-moi)?|joignable|mon numéro|"
    r"teléfono|móvil|celular|llám[ae](?:me|nos)?|mi número|"
    r"telefone|telemóvel|lig(?:ue|a|ar)(?: para)?(?: mim)?|meu número|"
    r"telefono|cellulare|chiamami|il mio numero|"
    r"телефон|тел|моб|мобильный|звони(?:те)?)|电话|電話|手机|手機|携帯|연락처|전화|휴대폰|핸드폰|هاتف|جوال)"
    rf"{_JOIN}",
    re.IGNORECASE,
)
# "Call 0171 ...", but "call 250000000"
_CALLED = re.compile(r"(?<![^\W_])(?:call|ring|dial)[ :]{1,2}\Z", re.IGNORECASE)
_BEHIND = re.compile(r"[ \t]{0,2}(?:is my(?: \w+)? number|ist meine(?: \w+)?nummer)\b", re.IGNORECASE)
_LOOKED_BACK = 48
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-./ ][0-9]{1,2}[-./ ][0-9]{1,2}|[0-9]{1,2}[-./ ][0-9]{1,2}[-./ ](?:19|20)[0-9]{2}"
)
_LEAST, _MOST = 8, 15
_LEAST_UNBROKEN = 9
_FEW = 3  # different ones among the last eight
# Area codes of North America that are no place's
_TOLL_FREE = frozenset(("800", "888", "877", "866", "855", "844", "833", "900"))
# Kept for films and books, and free numbers, after the country's code or a zero
_KEPT = re.compile(
    r"(?:(?:00)?440?|0)(?:7700900|2079460|1632960|1(?:1[3-8]|21|31|41|51|61)4960|1914980|800)|"
    r"(?:(?:00)?490?|0)(?:3023125|4066969|6990009|8999998|2214710|17139200|17604069|15228817386|15228895456|15254599371|"
    r"180)|"
    r"(?:(?:00)?610?|0)(?:49157|[2378]5550|[2378]7010)|1(?:800|300)[0-9]|"
    r"(?:(?:00)?330?|0)(?:19900|26191|35301|46571|53649|63998)|080[0-9]{7}\Z"
)
_SSN = re.compile(r"(?<![\w-])(?!000|666|9)[0-9]{3} ?(?!00)[0-9]{2} ?(?!0000)[0-9]{4}(?![\w-]|[.,][0-9])")
_SSN_CUE = re.compile(r"(?:social security|\bssn\b|\bsoc\.? sec)[^\d\n]{0,20}\Z", re.IGNORECASE)


def cued_telephones(text: str) -> Iterator[tuple[int, int, str]]:
    """Where numbers stand that may be telephone numbers by the words around them, and their digits.

    Args:
        text: Any text.
    """
    for match in _NUMBER.finditer(text):
        start = match.start()
        digits = "".join(filter(str.isdigit, match.group()))
        least = _LEAST if len(digits) < len(match.group()) else _LEAST_UNBROKEN
        if not least <= len(digits) <= _MOST or _DATE.match(match.group()) is not None:
            continue
        before = max(0, start - _LOOKED_BACK), start
        called = match.group()[0] in "+(0" and _CALLED.search(text, *before) is not None
        if called or _CUE.search(text, *before) is not None or _BEHIND.match(text, match.end()) is not None:
            yield start, match.end(), digits


def reserved(digits: str) -> bool:
    """Whether a telephone number is one that its country keeps for films and books, is free, or is made up.

    Args:
        digits: Digits alone.
    """
    of_america = len(digits) == 10 or (len(digits) == 11 and digits[0] == "1")
    few = len(set(digits[-_LEAST:])) <= _FEW or "1234" in digits or digits.count("123") > 1
    kept = of_america and kept_in_america(digits[-10:-7], digits[-7:-4])
    return few or kept or _KEPT.match(digits) is not None


def kept_in_america(area: str, exchange: str) -> bool:
    """Whether a telephone number of North America is fictitious or free.

    Args:
        area: Its first three digits.
        exchange: The next three.
    """
    return "555" in (area, exchange) or area in _TOLL_FREE


def cued_ssns(text: str) -> Iterator[tuple[int, int, str]]:
    """Where US social security numbers stand without dashes behind the words for them, and their digits.

    Args:
        text: Any text.
    """
    for match in _SSN.finditer(text):
        if _SSN_CUE.search(text, max(0, match.start() - _LOOKED_BACK), match.start()) is not None:
            yield match.start(), match.end(), match.group().replace(" ", "")
