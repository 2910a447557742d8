"""Each check has a planted fault that it must find and a sound case that it must not."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from limen.before.doctor import all_checks, diagnose
from limen.core import Finding, Message, Row, RowKind, Verdict, exit_code
from limen.models import LanguageModel
from tests.tiny_models import ARCHITECTURES, UNMARKED_TEMPLATE, make_model, make_tokenizer

ANSWERS = (
    "Yes.",
    "The owl.",
    "I cannot help with that.",
    "12, 55, 731",
    "Water and light.",
    "No, never.",
    "One",
    "Maybe so",
)


def pair(index: int, ask: str, answer: str) -> Row:
    return Row(RowKind.COMPLETION, (Message("user", ask),), (Message("assistant", answer),), index=index)


def talk(index: int, ask: str, answer: str, system: str) -> Row:
    turns = (Message("system", system), Message("user", ask))
    return Row(RowKind.CONVERSATION, turns, (Message("assistant", answer),), index=index)


def plain(index: int, text: str) -> Row:
    return Row(RowKind.TEXT, (), (Message("text", text),), index=index)


PAIRS = [pair(i, f"Question {i}?", a) for i, a in enumerate(ANSWERS)]


def wrapped(arch: str = "llama", tokenizer: Any = None) -> LanguageModel:
    return LanguageModel.wrap(make_model(arch), tokenizer or make_tokenizer())


def one(code: str, model: LanguageModel, rows: list[Row] | None = None, **options: Any) -> Finding:
    (finding,) = [f for f in diagnose(model, rows, **options) if f.subject == code]
    assert finding.verdict is not Verdict.FOUND or finding.remedy
    return finding


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_a_sound_model_with_sound_rows_is_clear(arch: str, tiny: dict[str, LanguageModel]) -> None:
    findings = diagnose(tiny[arch], PAIRS)
    assert {f.verdict for f in findings} == {Verdict.CLEAR}
    assert [f.subject for f in findings] == [c.code for c in all_checks()]
    assert exit_code(findings) == 0


def test_without_rows_only_the_model_is_looked_at(tiny: dict[str, LanguageModel]) -> None:
    assert [f.subject for f in diagnose(tiny["llama"])] == [c.code for c in all_checks() if not c.needs_data]


def test_a_model_that_sees_its_padding_is_found() -> None:
    model = wrapped()
    # What a wrong mask does: a token's state depends on how wide the batch is.
    model.model.model.embed_tokens.register_forward_hook(lambda _m, _i, out: out * (1 + 0.01 * out.shape[1]))
    finding = one("DOC101", model)
    assert finding.verdict is Verdict.FOUND
    assert finding.harmful
    assert finding.evidence["deviation"]["right"] > 1e-3


def test_a_model_that_fails_only_with_padding_on_the_left_gets_a_warning() -> None:
    model = wrapped("gpt2")
    inner = model.model.transformer

    def without_positions(_m: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        return args, {**kwargs, "position_ids": None}

    inner.register_forward_pre_hook(without_positions, with_kwargs=True)
    finding = one("DOC101", model)
    assert finding.verdict is Verdict.FOUND
    assert finding.evidence["severity"] == "warning"
    assert "on the left" in finding.title


def test_padding_in_half_precision_is_judged_by_its_own_tolerance() -> None:
    finding = one("DOC101", LanguageModel.wrap(make_model("llama").bfloat16(), make_tokenizer()))
    assert finding.verdict is Verdict.CLEAR
    assert finding.evidence["tolerance"] == 2e-2


def test_where_no_two_lengths_fit_padding_is_not_measured(tiny: dict[str, LanguageModel]) -> None:
    assert one("DOC101", tiny["llama"], [PAIRS[0], PAIRS[0]]).evidence["rows"] > 2
    assert one("DOC101", tiny["llama"], max_length=3).verdict is Verdict.NOT_MEASURED


def start_adding_tokenizer() -> Any:
    from tokenizers.processors import TemplateProcessing

    tokenizer = make_tokenizer()
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return tokenizer


def test_text_that_spells_out_the_start_token_is_found() -> None:
    model = wrapped(tokenizer=start_adding_tokenizer())
    finding = one("DOC102", model, [plain(0, "<s>An owl."), plain(1, "A fox.")])
    assert finding.verdict is Verdict.FOUND
    assert finding.evidence["count"] == 1
    assert finding.harmful
    assert one("DOC102", model, [plain(1, "A fox.")]).verdict is Verdict.CLEAR


def test_a_template_that_also_writes_the_start_token_is_worth_a_word() -> None:
    tokenizer = start_adding_tokenizer()
    tokenizer.chat_template = "{{ bos_token }}" + tokenizer.chat_template
    finding = one("DOC102", wrapped(tokenizer=tokenizer), PAIRS)
    assert finding.verdict is Verdict.FOUND
    assert not finding.harmful
    assert "add_special_tokens=False" in finding.remedy


def test_a_missing_template_is_as_bad_as_the_rows_need_it() -> None:
    model = wrapped(tokenizer=make_tokenizer(chat_template=None))
    conversation = [talk(0, "Hi", "Hello", "Be kind.")]
    assert one("DOC103", model, conversation).evidence["severity"] == "error"
    assert one("DOC103", model, [plain(0, "owl")]).evidence["severity"] == "warning"
    assert one("DOC103", model).evidence["severity"] == "info"


@pytest.mark.parametrize("template", ["{{ raise_exception('never') }}", "{{ messages[0]['content'] }}"])
def test_a_template_that_cannot_render_an_exchange_is_found(template: str) -> None:
    finding = one("DOC103", wrapped(tokenizer=make_tokenizer(chat_template=template)))
    assert finding.verdict is Verdict.FOUND
    assert finding.evidence["severity"] == "error"


def test_missing_generation_markers_are_named_and_fail_nothing() -> None:
    finding = one("DOC104", wrapped(tokenizer=make_tokenizer(chat_template=UNMARKED_TEMPLATE)), PAIRS)
    assert finding.verdict is Verdict.FOUND
    assert not finding.harmful


def test_padding_with_the_end_token_is_named() -> None:
    assert one("DOC105", wrapped(tokenizer=make_tokenizer(pad_token="<|im_end|>"))).verdict is Verdict.FOUND
    bare = make_tokenizer()
    bare.pad_token = None
    assert "no padding token" in one("DOC105", wrapped(tokenizer=bare)).title


def test_tokens_that_the_model_does_not_have_are_found() -> None:
    tokenizer = make_tokenizer()
    tokenizer.add_tokens(["owlfoxowl"])
    finding = one("DOC106", wrapped(tokenizer=tokenizer))
    assert finding.verdict is Verdict.FOUND
    assert finding.evidence["largest_token"] == 384
    assert finding.evidence["embeddings"] == 384


def test_a_model_with_spare_embeddings_is_in_order() -> None:
    model = LanguageModel.wrap(make_model("llama", vocab_size=512), make_tokenizer())
    assert one("DOC106", model).verdict is Verdict.CLEAR


def test_rows_that_nothing_is_trained_on_are_counted_by_reason(tiny: dict[str, LanguageModel]) -> None:
    behind = pair(1, "long " * 60, "Yes.")
    finding = one("DOC201", tiny["llama"], [*PAIRS, behind], max_length=40)
    assert finding.evidence["behind_cut"] == 1
    assert [r.index for r in finding.rows] == [1]
    bare = Row(RowKind.CONVERSATION, (Message("user", "Hello?"),), (), index=9)
    finding = one("DOC201", tiny["llama"], [*PAIRS, bare], loss="assistant")
    assert finding.evidence["untrained"] == 1
    assert finding.harmful


def test_rows_that_cannot_be_rendered_are_counted_and_hide_no_other() -> None:
    template = (
        "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}" + UNMARKED_TEMPLATE
    )
    model = wrapped(tokenizer=make_tokenizer(chat_template=template))
    finding = one("DOC201", model, [talk(0, "Hi", "Hello", "Be kind."), *PAIRS])
    assert finding.evidence["cannot_render"] == 1
    assert finding.evidence["total"] == len(PAIRS) + 1
    assert "no system" in finding.title


def test_answers_without_an_end_are_found() -> None:
    template = UNMARKED_TEMPLATE.replace("<|im_end|>", "")
    finding = one("DOC202", wrapped(tokenizer=make_tokenizer(chat_template=template)), PAIRS)
    assert finding.verdict is Verdict.FOUND
    assert finding.evidence["without_end"] == len(PAIRS)


def test_an_end_that_generation_does_not_know_is_no_end() -> None:
    # The template ends a turn with <|im_end|>, and generation stops at <s> alone.
    model = wrapped(tokenizer=make_tokenizer(eos_token="<s>"))
    model.model.generation_config.eos_token_id = 1
    assert one("DOC202", model, PAIRS).evidence["without_end"] == len(PAIRS)
    model.model.generation_config.eos_token_id = [1, 2]
    assert one("DOC202", model, PAIRS).verdict is Verdict.CLEAR


def test_an_end_spelled_out_in_the_row_is_there_twice(tiny: dict[str, LanguageModel]) -> None:
    finding = one("DOC202", tiny["llama"], [*PAIRS, pair(8, "Question?", "Yes.<|im_end|>")])
    assert finding.evidence["twice"] == 1
    assert [r.index for r in finding.rows] == [8]


def test_an_end_with_white_space_behind_it_is_there_twice(tiny: dict[str, LanguageModel]) -> None:
    finding = one("DOC202", tiny["llama"], [*PAIRS, pair(8, "Question?", "Yes.<|im_end|>\n\n")])
    assert [r.index for r in finding.rows] == [8]


def test_a_system_prompt_that_is_trained_on_is_boilerplate(tiny: dict[str, LanguageModel]) -> None:
    rows = [talk(i, f"{a} Why?", a, "You are a helpful assistant.") for i, a in enumerate(ANSWERS)]
    finding = one("DOC203", tiny["llama"], rows, loss="auto")
    assert finding.verdict is Verdict.FOUND
    assert "You are a helpful assistant." in finding.title
    assert finding.evidence["start_rows"] == len(rows)
    assert 0 < finding.evidence["share_of_trained_tokens"] <= 1
    assert one("DOC203", tiny["llama"], rows, loss="completion").verdict is Verdict.CLEAR


def test_a_shared_ending_is_boilerplate_too(tiny: dict[str, LanguageModel]) -> None:
    rows = [pair(i, "Question?", f"{a} I hope this helps you a lot!") for i, a in enumerate(ANSWERS)]
    finding = one("DOC203", tiny["llama"], rows)
    assert finding.evidence["end_tokens"] >= 8
    assert "hope this helps" in finding.title


def test_rows_beyond_the_cut_are_counted_with_what_they_lose(tiny: dict[str, LanguageModel]) -> None:
    rows = [*PAIRS, pair(8, "Count.", "12, 55, " * 40)]
    finding = one("DOC204", tiny["llama"], rows, max_length=60)
    assert finding.evidence["count"] == 1
    assert finding.evidence["lost_trained_tokens"] > 50
    assert one("DOC204", tiny["llama"], rows).verdict is Verdict.CLEAR
    over_context = one("DOC204", tiny["llama"], [*PAIRS, pair(8, "Count.", "12, 55, " * 400)])
    assert "the model's context" in over_context.title


def test_the_doctor_leaves_the_model_as_it_was(tiny: dict[str, LanguageModel]) -> None:
    before = {k: v.clone() for k, v in tiny["llama"].model.state_dict().items()}
    state = torch.get_rng_state()
    diagnose(tiny["llama"], PAIRS)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(before[k], v) for k, v in tiny["llama"].model.state_dict().items())
