"""Numbers behind a word for them are found as countries write them; the page says how many of some drawn at random."""

from __future__ import annotations

import json
import random

import pytest

from limen.before.check import get_rule
from limen.before.check.find_cued import reserved
from limen.before.check.find_personal import personal_data
from limen.before.check.masking import masked
from limen.before.check.rule import Context
from limen.core import Verdict
from tests.before.check.finding import found, pair
from tests.before.check.labelled import LABELS

NOTE = json.loads((LABELS / "notes.json").read_text(encoding="utf-8"))["LIM402"]
# A letter N is a digit, drawn when the test runs: no number here is anybody's
WAYS = {
    "Tel.: 0171 NNNNNNN": "telephone number",
    "Telefon: 030/NNNNNNN": "telephone number",
    "Meine Handynummer ist 0176 - NN NN NN NN.": "telephone number",
    "Ruf mich an: 0049 151 NNNNNNNN": "telephone number",
    "ring me on 07NNN NNNNNN tonight": "telephone number",
    "You can reach me at 020 7NNN NNNN.": "telephone number",
    "020 7NNN NNNN is my number": "telephone number",
    "Phone: 617NNNNNNN": "telephone number",
    "call me back at 617 NNNNNNN": "telephone number",
    "Tél : 06 NN NN NN NN": "telephone number",
    "Mon portable est le 07.NN.NN.NN.NN": "telephone number",
    "Teléfono: 6NN NN NN NN": "telephone number",
    "Llámame al 6NNNNNNNN": "telephone number",
    "Celular: (11) 9NNNN-NNNN": "telephone number",
    "Cellulare: 34N NNN NNNN": "telephone number",
    "Mobile 04NN NNN NNN": "telephone number",
    "Мой телефон 8 (916) NNN-NN-NN": "telephone number",
    "電話番号は090-NNNN-NNNNです": "telephone number",
    "手机号：138NNNNNNNN": "telephone number",
    "휴대폰: 010-NNNN-NNNN": "telephone number",
    '{"phone_number": "07NNNNNNNNN"}': "telephone number",
    "her social security number 536NNNNNN": "US social security number",
    "Her ssn is 412 NN NNNN": "US social security number",
}


def drawn(way: str, seed: int) -> str:
    digits = random.Random(f"{way}{seed}")
    return "".join(digits.choice("0123456789") if c == "N" else c for c in way)


def test_what_it_finds_of_numbers_drawn_at_random():
    counts = {}
    for way, kind in WAYS.items():
        counts[way] = sum(any(f.kind == kind for f in personal_data(drawn(way, seed))) for seed in range(200))
        assert counts[way] >= 150, way
    assert f"{sum(counts.values()):,} of {200 * len(WAYS):,}" in NOTE
    assert f"each of {len(WAYS)} ways" in NOTE


@pytest.mark.parametrize("way", WAYS)
def test_a_fix_takes_them_out(way):
    text = next(one for seed in range(50) if list(personal_data(one := drawn(way, seed))))
    finding = found([pair("q", text)], "LIM402")
    assert finding.evidence["kinds"] == {WAYS[way]: 1}
    (datum,) = (text[f.start : f.end] for f in personal_data(text))
    assert sum(map(str.isdigit, datum)) == sum(map(str.isdigit, text))
    assert datum not in get_rule("LIM402")(Context()).fix_text(text)
    assert datum not in masked(text)
    assert datum not in str(finding.evidence)


def test_names_of_other_scripts_in_addresses():
    texts = ["Kontakt: jürgen.groß@müller-bäu.de", "邮箱是li.wei88@qq.com谢谢", "пишите на иван.п@почта.рф"]
    told = [[text[f.start : f.end] for f in personal_data(text)] for text in texts]
    assert told == [["jürgen.groß@müller-bäu.de"], ["li.wei88@qq.com"], ["иван.п@почта.рф"]]


@pytest.mark.parametrize(
    "text",
    [
        "0171 9283746 and 06 83 94 27 51 and 13829471650 without a word",
        "Tel.: 0171 1234567, phone: 1234567890, Phone 5551234567, Tél : 06 12 34 56 78, mobile 0412 345 678",
        "Phone: 123-123-1234, phone 100-200-3000, phone: 012-345-6789, mobile 111-222-3333, tel. 0176 1111 2222",
        "phone: 07700 900461; phone: 020 7946 0852; Tel. 030 23125 418; mobile 0491 570 156; Tél : 01 99 00 48 27",
        "call us at 0800 462 7193, phone 800 462 7193; our help desk, phone 0171 9283746",
        "My order number is 482937465. His account number 48293746. call 250000000, call(1029384756)",
        "Call me on 12-05-2023 or tel. 2023-11-05 10:30 or phone 04.11.2024 um 12",
        "The hotel 12 34 56 78 90. The cell divides 10000000000 times, and mobile devices 2019 2020 2021 2022.",
        "text 84920174639; Handy 12 Stück, Tel. in room 4711; portable 1920 x 1080 9283",
        "ssn 123456789, social security numbers 000 12 3456; social security: 48291",
        "Calls 29384756 times; sell 0171 9283746 apples; Intel 12900 0171 92837",
    ],
)
def test_other_numbers(text):
    assert not [(text[f.start : f.end], f.kind) for f in personal_data(text)]
    assert found([pair("q", text)], "LIM402").verdict is Verdict.CLEAR


def test_reserved():
    assert reserved("447700900461")
    assert reserved("00493023125418")
    assert reserved("6175554827")
    assert not reserved("08047291836"), "a mobile telephone of Japan"


@pytest.mark.parametrize(
    "piece", ["call me at 07911 482906 ", "212-736-4829 tel. ", "tel tel ", "0 ", "phone: (((", "07"]
)
def test_hostile_text_takes_linear_time(piece):
    list(personal_data(piece * (500_000 // len(piece))))
