"""Personal data in a text, by form and checksum.

- E-mail addresses; those of a role (`info@`) are no person's.
- Telephone numbers: international ones that begin with +, those of North America with separators, and others behind a
  word for them.
- IBANs whose remainder modulo 97 is 1 (ISO 13616), of the length that their country has.
- Card numbers that pass Luhn's check (ISO/IEC 7812) and begin as those of the large networks do.
- Public IPv4 and IPv6 addresses.
- US social security numbers that can have been issued (no 000, 666 or 9xx, no 00, no 0000); without dashes behind the
  words for them.

Placeholders are left out: what is reserved for examples (RFC 2606, RFC 5737, RFC 3849, the 555 exchange, the issuers'
test cards), and what everybody types who needs a number. Names, postal addresses and dates of birth are not looked for.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from itertools import pairwise

from limen.before.check.find_cued import cued_ssns, cued_telephones, kept_in_america, reserved
from limen.before.check.find_secrets import Found

# Latin, Greek and Cyrillic letters, as internationalised names have; Han and others may follow without a space
_LETTERS = "a-z\u00df-\u024f\u0370-\u052f"
_LOCAL = re.compile(rf"[{_LETTERS}0-9_.%+-]{{1,64}}\Z", re.IGNORECASE)
_DOMAIN = re.compile(
    rf"(?:[{_LETTERS}0-9](?:[{_LETTERS}0-9-]{{0,61}}[{_LETTERS}0-9])?\.){{1,5}}[{_LETTERS}]{{2,24}}(?![{_LETTERS}0-9_-])",
    re.IGNORECASE,
)
_ROLE_NAMES = (
    "kundenbetreuung kundenservice kundendienst kontakt service vertrieb buero büro poststelle contacto ventas ayuda "
    "atencion soporte contato vendas atendimento suporte contatti assistenza vendite commercial accueil kontakt biuro "
    "obchod klantenservice kundtjanst "
    "info support contact sales admin administrator help helpdesk service office hello team noreply donotreply "
    "webmaster postmaster hostmaster abuse security privacy press media jobs careers hr billing customerservice "
    "customerservices customersupport customercare feedback enquiries inquiries orders git"
)
_ROLES = frozenset(_ROLE_NAMES.split())
_INVENTED = re.compile(
    r"example|your|sample|\buser\b|username|^name|^email|^e-mail|someone|somebody|anyone|^(?:john|jane)[._-]?(?:doe|"
    r"smith)|"
    r"^test|^abc|^foo|^bar\b|^x+$|^me$|^recipient|^sender|^first|^last|firstname|lastname|^you$"
)
_NO_DOMAIN = re.compile(
    r"(?:^|\.)(?:example|test|invalid|localhost|local)(?:$|\.)|^(?:domain|email|mail|company|website|site|yourdomain|"
    r"mycompany|mydomain|abc|xyz|acme|test|host|server|provider|emailaddress|business|organization)\.\w+$|your|"
    r"sample|example"
)

_PHONE = re.compile(
    r"(?<![\w+.,/=-])(?:"
    r"(\+[0-9]{1,3}[ .-]?(?:\([0-9]{1,4}\)[ .-]?)?[0-9]{1,4}(?:[ .-]?[0-9]{2,4}){1,4})"
    r"|((?:\+?1[-. ])?(?:\([0-9]{3}\) ?|[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4})"
    r")(?![\w/=-]|\.[0-9])"
)
# A firm's line is no person's
_BUSINESS = re.compile(r"toll.free|customer (?:service|support|care)|help ?(?:line|desk)|hot ?line", re.IGNORECASE)
_SSN = re.compile(r"(?<![\w-])(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}(?![\w-])")
_SSN_KNOWN = frozenset(("123-45-6789", "078-05-1120", "219-09-9999", "111-11-1111", "123-12-1234", "555-55-5555"))
_CARD = re.compile(
    r"(?<![\w.,+-])[2-6][0-9]{3}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{1,7}(?![\w-]|[.,][0-9])|"
    r"(?<![\w.,+-])3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}(?!\w)"
)
_CARD_KNOWN = frozenset(
    (
        "4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556", "5555555555554444",
        "5105105105105100", "5200828282828210", "2223003122003222", "378282246310005", "371449635398431",
        "6011111111111117", "6011000990139424", "30569309025904", "38520000023237", "3530111333300000",
        "3566002020360505", "4532015112830366", "4539578763621486", "4916338506082832", "1234567812345670",
    )
)  # fmt: skip
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_IBAN_COUNTRIES = (
    "AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BR:29 BY:28 CH:21 CR:22 CY:28 CZ:24 DE:22 DK:18 DO:28 "
    "EE:20 EG:29 ES:24 FI:18 FO:18 FR:27 GB:22 GE:22 GI:23 GL:18 GR:27 GT:28 HR:21 HU:28 IE:22 IL:23 IQ:23 IS:26 "
    "IT:27 JO:30 KW:30 KZ:20 LB:28 LC:32 LI:21 LT:20 LU:20 LV:21 MC:27 MD:24 ME:22 MK:19 MR:27 MT:31 MU:30 NL:18 "
    "NO:15 PK:24 PL:28 PS:29 PT:25 QA:29 RO:24 RS:22 SA:24 SC:31 SE:24 SI:19 SK:24 SM:27 TN:24 TR:26 UA:29 VA:22 "
    "VG:24 XK:20"
)
_IBAN_LENGTHS = {pair[:2]: int(pair[3:]) for pair in _IBAN_COUNTRIES.split()}
_IBAN_KNOWN = frozenset(
    ("GB82WEST12345698765432", "GB29NWBK60161331926819", "GB33BUKB20201555555555", "DE89370400440532013000",
     "FR1420041010050500013M02606", "FR7630006000011234567890189", "CH9300762011623852957", "NL91ABNA0417164300",
     "ES9121000418450200051332", "BE68539007547034", "AT611904300234573201", "IT60X0542811101000000123456")
)  # fmt: skip
_IPV4 = re.compile(r"(?<![\w.+-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w-]|\.[0-9])")
_IPV6 = re.compile(r"(?<![\w:.])[23][0-9a-f]{3}:(?:[0-9a-f]{0,4}:){1,6}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_RESOLVERS = frozenset(
    ("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "208.67.222.222", "208.67.220.220", "1.2.3.4")
)
_VERSION = re.compile(r"(?:version|release|build|section|chapter|\bv)[ .:]{0,2}\Z", re.IGNORECASE)
# Every number that is looked for holds eight signs of this sort in a row
_DIGIT_GROUPS = re.compile(r"[0-9][0-9 ().-]{6}")

_DOTTED = re.compile(r"[0-9]\.[0-9]{1,3}\.[0-9]")
_COLONS = re.compile(r"[23][0-9a-fA-F]{3}:[0-9a-fA-F:]")


def may_hold_personal_data(text: str) -> bool:
    """Whether it is worth looking for personal data in a text; quick.

    Args:
        text: Any text.
    """
    return "@" in text or any(p.search(text) is not None for p in (_DIGIT_GROUPS, _DOTTED, _COLONS))


def personal_data(text: str, *, placeholders: bool = False) -> Iterator[Found]:
    """Every personal datum in a text.

    Args:
        text: Any text.
        placeholders: Whether such as are recognisably made up count too.
    """
    if "@" in text:
        yield from _emails(text, placeholders)
    if _DIGIT_GROUPS.search(text) is not None:
        yield from _numbers(text, placeholders)
    if _DOTTED.search(text) is not None:
        yield from _addresses4(text, placeholders)
    if _COLONS.search(text) is not None:
        yield from _addresses6(text, placeholders)


def _emails(text: str, placeholders: bool) -> Iterator[Found]:
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.search(text, max(0, at - 64), at)
        domain = _DOMAIN.match(text, at + 1)
        if local and domain:
            who, where = local.group().lower().strip("."), domain.group().lower()
            role = re.sub(r"[._-]", "", who) in _ROLES
            made_up = role or _INVENTED.search(who) is not None or _NO_DOMAIN.search(where) is not None
            # An @ after a slash is a package's version or a decorator's path, not a mailbox
            if who and (placeholders or not made_up) and text[max(0, local.start() - 1)] != "/":
                yield Found(local.start(), domain.end(), "e-mail address")
        at = text.find("@", at + 1)


def _numbers(text: str, placeholders: bool) -> Iterator[Found]:
    for match in _SSN.finditer(text):
        if placeholders or match.group() not in _SSN_KNOWN:
            yield Found(match.start(), match.end(), "US social security number")
    for start, end, digits in cued_ssns(text):
        known = f"{digits[:3]}-{digits[3:5]}-{digits[5:]}" in _SSN_KNOWN or _invented_phone(digits, "")
        if placeholders or not known:
            yield Found(start, end, "US social security number")
    taken: set[int] = set()
    for match in _PHONE.finditer(text):
        digits = "".join(c for c in match.group() if c.isdigit())
        # Fourteen digits in a row after a plus are rather a sum than a number somebody dials
        longest = 15 if len(digits) + 1 < len(match.group()) else 13
        if (match.group(1) and 9 <= len(digits) <= longest) or match.group(2):
            american = digits[-10:] if match.group(2) or (digits[0] == "1" and len(digits) == 11) else ""
            # Elsewhere an area or exchange may begin with 0 or 1: the words in front of it say
            if not american or (american[0] not in "01" and american[3] not in "01"):
                taken.update(range(match.start(), match.end()))
            if placeholders or not (_is_of_business(text, *match.span()) or _invented_phone(digits, american)):
                yield Found(match.start(), match.end(), "telephone number")
    for start, end, digits in cued_telephones(text):
        if not taken.isdisjoint(range(start, end)):
            continue
        known = reserved(digits) or _invented_phone(digits, "")
        if placeholders or not (known or _is_of_business(text, start, end)):
            yield Found(start, end, "telephone number")
    ibans: list[range] = []
    for match in _IBAN.finditer(text):
        compact = match.group().replace(" ", "")
        length = _IBAN_LENGTHS.get(compact[:2], 0)
        # The pattern may have taken a following word in capitals along
        compact = compact[:length] if length else ""
        if len(compact) == length > 0 and iban(compact):
            ibans.append(range(match.start(), match.end()))
            if placeholders or compact not in _IBAN_KNOWN:
                yield Found(match.start(), match.end(), "IBAN")
    for match in _CARD.finditer(text):
        digits = match.group().replace(" ", "").replace("-", "")
        if any(match.start() in span for span in ibans):
            continue
        if luhn(digits) and _network(digits) and (placeholders or not (digits in _CARD_KNOWN or len(set(digits)) < 4)):
            yield Found(match.start(), match.end(), "card number")


def _is_of_business(text: str, start: int, end: int) -> bool:
    return _BUSINESS.search(text, max(0, start - 80), end + 20) is not None


def _invented_phone(digits: str, american: str) -> bool:
    if american:
        area, exchange = american[:3], american[3:6]
        if area[0] in "01" or exchange[0] in "01" or kept_in_america(area, exchange):
            return True
    longest = max(_run(digits, 1), _run(digits, -1), _run(digits, 0))
    # 5 equal or 6 counting digits in a row; 07700 900xxx is the United Kingdom's range for drama
    return longest >= 6 or _run(digits, 0) >= 5 or digits.startswith("447700900")


def _run(digits: str, step: int) -> int:
    best = now = 1
    for a, b in pairwise(digits):
        now = now + 1 if (int(b) - int(a)) % 10 == step % 10 else 1
        best = max(best, now)
    return best


def luhn(digits: str) -> bool:
    """Whether a number passes Luhn's check.

    Args:
        digits: Digits alone.
    """
    doubled = (int(d) * 2 if i % 2 else int(d) for i, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _network(digits: str) -> bool:
    n, head2, head4 = len(digits), int(digits[:2]), int(digits[:4])
    return (
        (digits[0] == "4" and n == 16)
        or (n == 16 and (51 <= head2 <= 55 or 2221 <= head4 <= 2720 or head4 == 6011 or head2 in (65, 35)))
        or (n == 15 and head2 in (34, 37))
    )


def iban(compact: str) -> bool:
    """Whether an IBAN's check digits are right.

    Args:
        compact: The IBAN without spaces.
    """
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def _addresses4(text: str, placeholders: bool) -> Iterator[Found]:
    for match in _IPV4.finditer(text):
        octets = match.group().split(".")
        if any(int(o) > 255 or (o[0] == "0" and len(o) > 1) for o in octets):
            continue
        made_up = (
            not ipaddress.IPv4Address(match.group()).is_global
            or match.group() in _RESOLVERS
            or all(len(o) == 1 for o in octets)
            or _VERSION.search(text, max(0, match.start() - 12), match.start()) is not None
            or int(octets[0]) >= 224
        )
        if placeholders or not made_up:
            yield Found(match.start(), match.end(), "IPv4 address")


def _addresses6(text: str, placeholders: bool) -> Iterator[Found]:
    for match in _IPV6.finditer(text):
        try:
            address = ipaddress.IPv6Address(match.group())
        except ValueError:
            continue
        if placeholders or address.is_global:
            yield Found(match.start(), match.end(), "IPv6 address")
