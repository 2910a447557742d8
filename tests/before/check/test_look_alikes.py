"""Letters that only look Latin are found in Latin words, and other scripts are left alone."""

from __future__ import annotations

import unicodedata

import pytest

from limen.before.check.look_alikes import _LATIN_OF, look_alikes, without_look_alikes
from limen.before.check.rule import Context
from limen.before.check.rules.hidden_character import HiddenCharacter
from limen.core import Verdict
from tests.before.check.finding import found, pair


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("Log in at p\u0430yp\u0430l.com now.", "Log in at paypal.com now."),
        ("\u0410pple and Micr\u043es\u043eft", "Apple and Microsoft"),
        ("The G\u03bfogle way", "The Google way"),
    ],
)
def test_planted(text, latin):
    finding = found([pair("Say it.", text)], "LIM401")
    assert (finding.verdict, finding.evidence["kinds"]) == (Verdict.FOUND, {"look-alike letter": 1})
    assert "in a Latin word" in finding.evidence["examples"][0]["note"]
    assert HiddenCharacter(Context()).fix_text(text) == latin
    assert not list(look_alikes(latin))


@pytest.mark.parametrize(
    "text",
    [
        "Plain text, na\u00efve and \u00fcber.",
        "\u041c\u043e\u0441\u043a\u0432\u0430 is the Russian for Moscow; send it by SMS\u0430.",
        "\u0421\u0421\u0421\u0420 in capitals",
        "\u0391 and \u039f, \u0394x, \u03bcm, kHz, 5 k\u03a9, \u03b1-helix, x\u03bf",
        "\u0422x and \u0422y",
    ],
)
def test_other_scripts_are_left_alone(text):
    assert found([pair("Say it.", text)], "LIM401").verdict is Verdict.CLEAR
    assert without_look_alikes(text) == text


def test_a_letter_stands_for_one_of_the_same_case_in_another_script():
    for letter, latin in _LATIN_OF.items():
        assert unicodedata.name(letter).split()[0] in ("CYRILLIC", "GREEK")
        assert latin.isascii()
        assert letter.isupper() is latin.isupper()
