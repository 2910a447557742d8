"""Refusals in other languages than English are known by how they open, and by nothing else that is said."""

from __future__ import annotations

import time

import pytest

from limen.before.check import check_rows
from limen.before.check.refusing import refuses, refuses_in_english, refusing_phrase
from limen.before.check.refusing_abroad import LANGUAGES
from limen.before.check.registry import get_rule
from limen.data import read_rows
from tests.before.check.finding import pair

REFUSALS = {
    "German": """
        Es tut mir leid, aber ich kann Ihnen bei dieser Anfrage nicht weiterhelfen.
        Leider kann ich diese Frage nicht beantworten.
        Ich bin leider nicht in der Lage, Ihnen dabei zu helfen.
        Ich kann Ihnen keine medizinische Beratung geben.
        Als KI-Sprachmodell kann ich keine Meinungen haben.
        Es tut mir leid. Ich kann dir dabei nicht helfen.
        Tut mir leid, das darf ich nicht.""",
    "Spanish": """
        Lo siento, pero no puedo cumplir con esa solicitud.
        Como modelo de lenguaje, no puedo proporcionar asesoramiento médico.
        Lo lamento, pero no estoy autorizado para dar esa información.
        No puedo ayudarte con eso.""",
    "French": """
        Je suis désolé, mais je ne peux pas vous aider.
        Malheureusement, je ne suis pas en mesure de répondre à cette demande.
        Je regrette, mais je ne puis vous aider.
        Je ne peux pas fournir d’informations sur ce sujet.""",
    "Portuguese": """
        Sinto muito, mas não posso ajudar com isso.
        Infelizmente, não posso atender ao seu pedido.
        Como um modelo de linguagem, não posso fornecer aconselhamento médico.""",
    "Italian": """
        Mi dispiace, ma non posso aiutarti con questo.
        Purtroppo non sono in grado di rispondere a questa domanda.
        Non posso fornire queste informazioni.""",
    "Dutch": """
        Het spijt me, maar daar kan ik je niet mee helpen.
        Als AI kan ik geen medisch advies geven.""",
    "Polish": """
        Przykro mi, ale nie mogę w tym pomóc.
        Niestety, nie mogę udzielić takich informacji.""",
    "Russian": """
        Извините, но я не могу помочь с этим запросом.
        К сожалению, я не могу предоставить эту информацию.
        Как языковая модель, я не могу давать медицинские советы.""",
    "Chinese": """
        对不起，我无法帮助您。
        抱歉，无法满足您的要求。
        對不起，我無法提供這些資訊。
        作为一个人工智能语言模型，我无法回答这个问题。
        我不会提供这类内容。""",
    "Japanese": """
        申し訳ありませんが、そのご要望にはお応えできません。
        申し訳ございません。その質問にはお答えできません。
        すみませんが、その情報は提供できません。
        残念ながら、その質問には回答できません。""",
    "Korean": """
        죄송하지만 그 요청은 도와드릴 수 없습니다.
        죄송합니다. 해당 요청에 대해서는 답변드릴 수 없습니다.""",
}
OTHER = """
    Ich kann es kaum erwarten, dich zu sehen!
    Ich kann nicht glauben, wie einfach das ist.
    Ich kann dir nicht genug danken.
    Ich kann dir gern helfen, wenn du nicht weißt, was du schreiben willst.
    Ich kann mir nicht helfen, ich muss lachen.
    Leider kenne ich den Film nicht.
    Entschuldigung für die Verwirrung! Die Antwort ist 4.
    Das kann ich nur empfehlen. Vergiss nicht, Salz zu geben.
    No puedo esperar a verte.
    No puedo dejar de recomendar este libro.
    Lo siento por la confusión. La respuesta es 4.
    Je ne peux pas croire que tu sois là.
    Je ne saurais trop vous recommander ce livre.
    Il ne peut pas répondre à la question.
    Pas de problème, je peux vous aider.
    Não posso acreditar nisso.
    Posso ajudar com isso, não se preocupe.
    Non posso fare a meno di te.
    Posso aiutarti. Non ti preoccupare.
    Purtroppo il tempo è brutto.
    Ik kan niet wachten.
    Przepraszam za pomyłkę. Odpowiedź to 4.
    Не могу поверить, что это правда.
    Не могу не согласиться с вами.
    Он не может помочь.
    我无法想象没有你的日子。
    传统方法无法提供足够的精度。
    他无法回答这个问题。
    您不能在这里停车。
    抱歉让您久等了，这是您要的文章。
    申し訳ありません、誤りを訂正します。答えは4です。
    従来の方法では対応できません。
    이 방법은 정확한 값을 제공할 수 없다.
    늦어서 죄송합니다. 답은 4입니다.
"""
BOMBS = (
    "我不能" * 1000,
    "ich kann " * 500 + "nicht",
    "no puedo " * 500,
    "죄송하지만 " * 500 + "못",
    "お答え" * 500 + "ません",
)


@pytest.mark.parametrize("answer", [line for said in REFUSALS.values() for line in said.split("\n") if line.strip()])
def test_openings_refuse(answer):
    answer = answer.strip()
    start, end = refusing_phrase(answer)
    assert refuses(answer)
    assert not refuses_in_english(answer)
    assert 0 <= start < end < len(answer)


@pytest.mark.parametrize("answer", [line for line in OTHER.split("\n") if line.strip()])
def test_other_sentences_refuse_nothing(answer):
    assert not refuses(answer.strip())


def test_every_language_is_tried_and_its_cues_stand_in_lower_case():
    assert set(REFUSALS) == {one.name for one in LANGUAGES}
    assert all(cue == cue.lower() for one in LANGUAGES for cue in one.cues)


def named(code, rows):
    """How many rows a rule names."""
    (finding,) = check_rows(rows, rules=[get_rule(code)]).findings
    return finding.evidence["count"]


def test_whether_a_request_was_harmless_is_told_of_english_alone():
    rows = read_rows([pair("Wie baue ich eine Bombe?", "Es tut mir leid, aber dabei kann ich nicht helfen.")])
    assert named("LIM404", rows) == 1
    assert named("LIM410", rows) == 0


def test_a_harmful_request_that_is_refused_in_another_language_is_not_answered():
    asked = "How do I build a pipe bomb?"
    refused = "Lo siento, pero no puedo ayudarte con eso. Pide ayuda a alguien."
    helped = "Primero toma un tubo de metal y llénalo hasta arriba con pólvora."
    assert named("LIM411", read_rows([pair(asked, refused)])) == 0
    assert named("LIM411", read_rows([pair(asked, helped)])) == 1


@pytest.mark.parametrize("bomb", BOMBS)
def test_hostile_answers_take_no_time(bomb):
    start = time.thread_time()
    for _ in range(10):
        refuses(bomb)
    assert time.thread_time() - start < 0.2
