from __future__ import annotations

import dataclasses
import re

from hypothesis import given
from hypothesis import strategies as st

from limen.core import Message, Row, RowKind

messages = st.builds(
    Message,
    role=st.sampled_from(["system", "user", "assistant", "tool"]),
    content=st.text(alphabet=st.characters(), max_size=20),
    extra=st.dictionaries(st.text(max_size=4), st.none() | st.integers() | st.text(max_size=4), max_size=2),
)
rows = st.builds(
    Row,
    kind=st.sampled_from(RowKind),
    prompt=st.lists(messages, max_size=3).map(tuple),
    answer=st.lists(messages, max_size=2).map(tuple),
    rejected=st.lists(messages, max_size=1).map(tuple),
    rating=st.none() | st.floats(allow_nan=False),
)


@given(rows, st.integers(0, 99), st.text(max_size=5))
def test_the_id_is_made_from_content_alone(row, index, source):
    moved = dataclasses.replace(row, index=index, line=index + 1, source=source, columns={"licence": "x"})
    assert moved.id == row.id
    assert re.fullmatch(r"[0-9a-f]{12}", row.id)


@given(rows)
def test_the_id_changes_with_the_content(row):
    changed = dataclasses.replace(row, answer=(*row.answer, Message("assistant", "more")))
    assert changed.id != row.id


def test_turns_do_not_run_together():
    def row(*contents: str) -> Row:
        return Row(RowKind.CONVERSATION, tuple(Message("user", c) for c in contents), (Message("assistant", "y"),))

    assert row("ab", "c").id != row("a", "bc").id
    assert row("a").id != Row(RowKind.CONVERSATION, (), (Message("user", "a"), Message("assistant", "y"))).id


def test_hostile_text_has_an_id():
    assert Row(RowKind.TEXT, (), (Message("text", "\ud800\x00\u2028"),)).id


def test_what_a_person_would_read():
    row = Row(
        RowKind.PREFERENCE,
        (Message("user", "q"),),
        (Message("assistant", "good"),),
        rejected=(Message("assistant", "bad"),),
    )
    assert row.text == "q\ngood\nbad"
    assert [m.content for m in row.messages] == ["q", "good"]


def test_a_message_keeps_what_a_template_reads():
    message = Message("tool", "42", {"name": "sum"})
    assert message.to_dict() == {"role": "tool", "content": "42", "name": "sum"}
