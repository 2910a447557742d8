"""LIM413 is off unless a classifier is named, and names what that calls toxic."""

from __future__ import annotations

import json

import pytest

from limen.before.check import Context, check_file, get_rule, load_config
from limen.before.check.find_toxic import toxicity_finder
from limen.before.check.rules import toxic_answer
from limen.cli.main import main
from limen.core import ModelError, UnsafeModelError, UsageError, Verdict
from tests.before.check.finding import found, indices, pair
from tests.tiny_models import make_config, make_tiny, make_tokenizer

ROWS = [
    pair("Shout!", "A good day."),
    pair("And you?", "You lazy dog!"),
    pair("Well?", "Yes"),
    {"instruction": "And now?", "output": "No.", "history": [["Hello.", "Be quiet!"]]},
]


def classifier(folder, *labels, problem_type=None):
    """A model whose answer hangs on a text's last token: a `!` is the last label, and all else the first.

    Its layers add nothing to the embeddings, of which that of `!` lies one way and all others the other.
    """
    import torch
    from transformers import LlamaForSequenceClassification

    tokenizer = make_tokenizer(chat_template=None)
    config = make_config("llama", positions=64, layers=1)
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: i for i, label in enumerate(labels)}
    config.problem_type = problem_type
    model = LlamaForSequenceClassification(config)
    with torch.no_grad():
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
        model.model.embed_tokens.weight.fill_(-1.0)
        model.model.embed_tokens.weight[tokenizer.convert_tokens_to_ids("!")] = 1.0
        model.score.weight.zero_()
        model.score.weight[-1] = 0.1  # 32 places of one each, so that the label's logit is 3.2 or -3.2
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    return classifier(tmp_path_factory.mktemp("classifier"), "neutral", "toxic")


def test_it_is_off_unless_a_classifier_is_named():
    finding = found(ROWS, "LIM413")
    assert (finding.verdict, finding.asked) == (Verdict.NOT_MEASURED, False)
    assert "toxicity = " in finding.remedy
    assert get_rule("LIM413").is_off(Context())
    assert not get_rule("LIM413").is_off(Context(toxicity="x"))


def test_toxic_answers_are_named_with_their_place_and_no_prompt_is(named):
    finding = found(ROWS, "LIM413", toxicity=named)
    assert (finding.verdict, finding.harmful, indices(finding)) == (Verdict.FOUND, True, [1, 3])
    assert (finding.evidence["labels"], finding.evidence["total"]) == ({"toxic": 2}, 4)
    first, second = finding.evidence["examples"]
    assert (first["field"], second["field"]) == ("answer[0]", "prompt[1]")
    assert first["note"] == "toxic: 0.96"  # 1 / (1 + exp(-3.2))
    assert found([ROWS[0], ROWS[2]], "LIM413", toxicity=named).verdict is Verdict.CLEAR


def test_rows_are_named_the_same_however_many_are_looked_at_together(named, monkeypatch):
    rows = [pair(f"p{i}", "Bad!" if i % 7 == 3 else "Good. " * (i % 5 + 1)) for i in range(50)]
    every = found(rows, "LIM413", toxicity=named)
    assert every.evidence["count"] == 7
    for batch in (1, 1000):
        monkeypatch.setattr(toxic_answer, "_BATCH", batch)
        assert indices(found(rows, "LIM413", toxicity=named)) == indices(every)


def test_labels_that_go_together_are_told_each_by_itself(tmp_path):
    both = classifier(tmp_path / "m", "kind", "insult", problem_type="multi_label_classification")
    finding = found(ROWS, "LIM413", toxicity=both)
    assert (indices(finding), finding.evidence["labels"]) == ([1, 3], {"insult": 2})


def test_longer_texts_are_cut_where_the_classifier_ends(named):
    assert found([pair("p", "word " * 500 + "!")], "LIM413", toxicity=named).verdict is Verdict.CLEAR
    assert found([pair("p", "word " * 5 + "!")], "LIM413", toxicity=named).verdict is Verdict.FOUND


def test_a_denied_label_is_no_toxicity(tmp_path):
    with pytest.raises(UsageError, match="non-toxic, not_hate: none says toxicity"):
        toxicity_finder(classifier(tmp_path / "m", "non-toxic", "not_hate"))


def test_what_is_no_classifier_is_told(tmp_path):
    with pytest.raises(ModelError, match="it has no weights for score"):
        toxicity_finder(str(make_tiny("llama", tmp_path / "causal")))
    with pytest.raises(ModelError, match="no such folder"):
        toxicity_finder("./not/there")
    classifier(tmp_path / "broken", "a", "toxic")
    (tmp_path / "broken" / "model.safetensors").write_bytes(b"{}")
    with pytest.raises(ModelError, match="cannot be loaded as a sequence classifier"):
        toxicity_finder(str(tmp_path / "broken"))
    config = tmp_path / "broken" / "config.json"
    own = {"auto_map": {"AutoConfig": "own.C", "AutoModelForSequenceClassification": "own.M"}, "model_type": "own"}
    config.write_text(json.dumps(own))
    with pytest.raises(UnsafeModelError) as caught:
        toxicity_finder(str(tmp_path / "broken"))
    assert "--allow-remote-code" not in caught.value.remedy  # a check has no such flag
    folder = tmp_path / "pickled"
    classifier(folder, "a", "toxic")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(UnsafeModelError, match="pickles"):
        toxicity_finder(str(folder))


def test_it_is_named_in_the_configuration_and_looked_for_beside_it(named, tmp_path, capsys):
    config = tmp_path / "limen.toml"
    config.write_text("[check]\ntoxicity = 1\n")
    with pytest.raises(UsageError, match=r"'check\.toxicity' is 1"):
        load_config(config)
    config.write_text('[check]\ntoxicity = "org/name"\n')
    assert load_config(config).toxicity == "org/name"
    classifier(tmp_path / "own", "neutral", "toxic")
    config.write_text('[check]\ntoxicity = "own"\n')
    assert load_config(config).toxicity == str(tmp_path / "own")
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS[:3]))
    assert main(["check", str(path), "-q", "--select", "LIM413", "--config", str(config)]) == 1
    assert "the classifier calls toxic: 1 of 3" in " ".join(capsys.readouterr().out.split())
    config.write_text('[check]\ntoxicity = "./not/there"\n')
    assert main(["check", str(path), "-q", "--config", str(config)]) == 2
    assert main(["check", str(path), "-q", "--config", str(config), "--ignore", "LIM413"]) in (0, 1)


def test_another_process_finds_the_same(named, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS[:3]))
    rules = [get_rule(code) for code in ("LIM102", "LIM413")]
    findings = [check_file(str(path), Context(toxicity=named), rules=rules, jobs=jobs).findings for jobs in (1, 2)]
    assert findings[0] == findings[1]
    assert indices(findings[0][1]) == [1]
