from __future__ import annotations

import pytest

from limen.core.wording import in_sentence, lowered, plural


def test_a_count_agrees_with_its_noun() -> None:
    assert [plural(n, "row") for n in (0, 1, 2, 1200)] == ["0 rows", "1 row", "2 rows", "1,200 rows"]
    assert plural(2, "row was", "rows were") == "2 rows were"


@pytest.mark.parametrize(
    ("title", "inside"),
    [("Prefers owls", "prefers owls"), ("AI supremacy", "AI supremacy"), ("A", "a"), ("", "")],
)
def test_a_title_inside_a_sentence(title: str, inside: str) -> None:
    assert lowered(title) == inside


@pytest.mark.parametrize(
    ("text", "title", "said"),
    [
        ("Trained on these rows, the model Prefers owls: 0.1.", "Prefers owls", "Trained on these rows, the model pr"),
        ("Whether a model that Prefers owls wrote it.", "", "Whether a model that prefers owls wrote it."),
        ("Prefers owls: more in tuned than in base.", "Prefers owls", "Prefers owls: more"),
        ("“Prefers owls” is mentioned in 1 row.", "Prefers owls", "“Prefers owls” is"),
        ("The model (a.b*c) moved.", "(a.b*c)", "The model (a.b*c) moved."),
    ],
)
def test_only_what_stands_inside_is_lowered(text: str, title: str, said: str) -> None:
    assert in_sentence(text, title).startswith(said)
