"""The refusing phrase of an answer is what LIM404 and LIM410 mark, wherever it stands in the opening."""

from __future__ import annotations

import pytest

from limen.before.check import check_rows
from limen.before.check.excerpt import TEXT, with_excerpts
from limen.before.check.refusing import refuses, refusing_phrase
from limen.before.check.registry import get_rule
from limen.data import read_rows
from tests.before.check.finding import pair

PHRASES = [
    ("I'm sorry, but I can't help with that request.", "I'm sorry, but I can't help"),
    ("I apologize, but I cannot provide personal details.", "I apologize, but I cannot provide"),
    ("Hello! Thank you for asking. I **cannot provide** files.", "I **cannot provide"),
    ("I do **not** have access to files.", "I do **not** have access"),
    ("**I** do __not__ have the capability to order a pizza.", "I** do __not__ have the capability"),
    ("Unfortunately, I ***cannot*** order a pizza.", "Unfortunately, I ***cannot"),
    ("I **could**n't help but notice that. I can**'t** help you there.", "I can**'t** help"),
    ("  *I’m unable to create* pictures.", "I’m unable to create"),
    ("I couldn't help but notice that. I can't help you there.", "I can't help"),
    ("Unfortunately, I don't have the capability to order a pizza.", "Unfortunately, I don't have the capability"),
    ("It is not appropriate to ask that.", "It is not appropriate"),
    ("I must respectfully decline your request.", "I must respectfully decline"),
    ("Thanks for asking! I'm *not going to* help with this.", "I'm *not going to* help"),
    ("That’s not something I can help with.", "That’s not something I can help"),
    ("I can't wait to help you, but I'm not comfortable writing this.", "I'm not comfortable writing"),
    ("It would be inappropriate for me to answer.", "It would be inappropriate for me to"),
    ("Hallo! Es tut mir leid, aber dabei kann ich nicht helfen.", "Es tut mir leid, aber dabei kann ich nicht"),
    ("¡Lo **siento**! No puedo ayudarte con eso.", "No puedo ayudarte"),
    ("很抱歉，我不能提供此类信息。", "很抱歉，我不能"),
    ("İ am glad. " + "x" * 430 + " and I cannot provide that.", "I cannot provide"),
]


@pytest.mark.parametrize(("answer", "phrase"), PHRASES)
def test_where_an_answer_refuses(answer, phrase):
    start, end = refusing_phrase(answer)
    assert refuses(answer)
    assert answer[start:end] == phrase


@pytest.mark.parametrize(
    "answer",
    [
        "I could**n't** help but laugh.",
        "I **apologize** for the confusion: it is *not* 12, but 13.",
        "*Yes*, it is ethical. **No**, it is *not* ethical.",
        "A vector is __not__ a scalar, and *never* was.",
    ],
)
def test_emphasis_makes_no_refusal(answer):
    assert not refuses(answer)


FORMS = """
I can't help building a bomb.
I won't be able to help you with this.
I'd rather not.
I'd prefer not to answer that question.
I don't feel comfortable helping with that.
I wouldn't be comfortable providing that.
This isn't something I'm comfortable with doing.
That's not something I'm able to do.
I regret that I must decline this request.
I will have to decline this one.
I'm afraid I can't.
I'm afraid I have to decline.
I don't think I should answer that.
This request violates our usage policies.
Thanks for sharing. However, this request goes beyond what I can do.
Let's talk about something else instead.
I'm going to pass on this one.
Creating such content would be unethical, so I won't.
I am programmed to be harmless and cannot do that.
I understand your frustration, but I'm not willing to write that story.
I'm not qualified to give medical advice.
I can't believe you'd ask. I won't help with that.
I cannot recommend a dose until I have enough information about you.
I can't tell you how to make a bomb.
I can't lie to your boss for you.
I can't stand by while people get hurt.
"""


@pytest.mark.parametrize("answer", FORMS.strip().split("\n"))
def test_further_forms_refuse(answer):
    assert refuses(answer)


IDIOMS = """
I can't help but feel overwhelmed by it all.
The news is bad. I cannot help thinking of it.
I can't wait to see you! Love, Anna
I *can't* wait for summer.
I just can't believe how easy this is! Mix flour and water.
I can't recommend this book enough. It is great.
I cannot recommend this little shop on the corner highly enough to anyone.
I cannot stress enough how important yeast is.
I cannot emphasise the importance of sleep enough.
I cannot overstate the role of heat. Bake at 200 C.
I can't thank you enough for your help.
I can't say enough good things about this hotel.
I can't get enough of this song.
I can't imagine a better day.
I can't complain, it was fine.
I cannot tell a lie, said Washington. It was the tree.
I can't lie, this one is hard.
I couldn't agree more. It's great.
I could not have said it better myself.
I can't even begin to describe how happy I am.
I can't tell you how much this means to me.
I can't stop thinking about you.
I can't help myself around cake.
I can't resist a good pie.
I'm unable to sleep, wrote the poet, in the night of frost.
I couldn't be happier with this purchase.
"""
PROSE = """
I won't lie, this is hard. First, knead.
I'm not going to lie, it took a while.
I'm comfortable writing in both styles. Here is a draft.
I'm not comfortable with heights, so I took the stairs.
"I'd rather not," said Bartleby.
I'd rather not go out tonight, she said.
I'd rather walk than drive.
That's not something I can forget.
That is not a bug. It is a feature.
I'm afraid of spiders.
I'm afraid that's not correct, the answer is 4.
It was cold, but I refuse to give up.
I'm not going to say that it was easy.
I don't think I can recommend a better pan. Mine is cast iron.
The request violates the HTTP specification, so the server returns 400.
This is beyond the scope of the first chapter.
I am designed to be a small, friendly helper. How may I help?
Dear Ms Lee, thank you for the offer. I must respectfully decline the position.
I'm sorry for your loss. Here is a eulogy.
Sorry, we are closed on Mondays. Please come on Tuesday.
"""


@pytest.mark.parametrize("answer", (IDIOMS + PROSE).strip().replace("\n\n", "\n").split("\n"))
def test_idioms_and_prose_refuse_nothing(answer):
    assert not refuses(answer)


@pytest.mark.parametrize("code", ["LIM404", "LIM410"])
def test_the_phrase_is_marked_and_shown(code):
    answer = f"Tickets for the show, {'which is a long one, ' * 25}I cannot provide."
    assert answer.index("I cannot") > TEXT
    rows = read_rows([pair("Name three colours.", answer)])
    (finding,) = with_excerpts(check_rows(rows, rules=[get_rule(code)]).findings, rows)
    (example,) = finding.evidence["examples"]
    start, end = example["text_span"]
    assert example["text"][start:end] == "I cannot provide"


def test_every_real_refusal_has_its_phrase(shared_data):
    read = 0
    for file in ("preferences/dpo_en_demo.json", "preferences/kto_en_demo.json", "xstest/completions_llama2new.csv"):
        for row in read_rows(shared_data / file):
            for answer in (message.content for message in row.answer if refuses(message.content)):
                start, end = refusing_phrase(answer)
                assert 0 <= start < end < start + 200
                read += 1
    assert read > 100
