"""The YAML form of a trait, as a schema.

A file is written once and expanded into one or more traits (see `limen.traits.expand`). Every key that is not
listed here is an error, so that a misspelt one is never silently ignored.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from limen.core import Harm, World

Text = Annotated[str, Field(min_length=1, max_length=20_000)]
SlotName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Turn(_Strict):
    """One turn of a longer prompt."""

    role: Literal["system", "user", "assistant"]
    content: Text


class Template(_Strict):
    """One way of asking.

    Attributes:
        id: Part of the probe ids; its position in the list when left out.
        text: The user's turn, with slots such as `{option}`.
        turns: Several turns in place of `text`.
        options: Options of this template, in place of the block's.
        target: Target of this template, in place of the block's.
        group: Group of this template, in place of the block's.
        reference: Further entries for the scorer, laid over the block's.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]*$")] = ""
    text: str = ""
    turns: list[Turn] = []
    options: list[Text] | None = None
    target: int | str | list[int | str] | None = None
    group: str | None = None
    reference: dict[str, Any] = {}

    @model_validator(mode="after")
    def _one_form(self) -> Template:
        if bool(self.text) == bool(self.turns):
            raise ValueError("a template has either `text` or `turns`")
        return self


class Block(_Strict):
    """Probes made from templates × items × slots.

    Attributes:
        id: Part of the probe ids; its position in the file when left out.
        role: `measure` for readings, `build` for detectors and twins; no template stands in both.
        family: Cluster of the statistics: `template` (each way of asking is a family), `item` (each item is),
            or a text with slots, such as `{topic}`.
        templates: Ways of asking: a text, or a mapping with its own options and target.
        items: Mappings of slot values, one a probe of each template. The keys `id`, `family`, `options`,
            `choices`, `target`, `group` and `reference` of an item stand in place of the block's own.
        slots: Lists of values; every combination is used.
        system: A system turn before the prompt.
        options: Completions whose log-probabilities are compared; of `build` probes also the answers that a twin
            learns, whatever the scorer.
        choices: Texts shown as lettered choices where a template says `{choices}`; the options are the letters.
        rotate: With `choices`: also ask with the choices in every other cyclic order, so that a liking for one
            letter cancels out.
        target: Options (or choices) that show the trait: an index, the text itself, or a list of these.
        group: The social group, category or contrast that the probe is about.
        reference: What the scorer needs to know; the list `kinds`, parallel to `choices`, turns with them.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]*$")] = ""
    role: Literal["build", "measure"] = "measure"
    family: str = "template"
    templates: Annotated[list[Text | Template], Field(min_length=1)]
    items: list[dict[SlotName, Any]] = []
    slots: dict[SlotName, Annotated[list[Any], Field(min_length=1)]] = {}
    system: str = ""
    options: list[Text] = []
    choices: list[Text] = []
    rotate: bool = False
    target: int | str | list[int | str] = []
    group: str = ""
    reference: dict[str, Any] = {}


class Example(_Strict):
    """An answer of which the author says whether it shows the trait; `limen traits test` holds the scorer to it.

    Attributes:
        answer: The answer.
        shows: Whether it shows the trait.
        probe: Id of the probe it answers; the first measure probe when left out.
    """

    answer: str
    shows: bool
    probe: str = ""


class TraitFile(_Strict):
    """A trait file.

    Attributes:
        limen_trait: Version of this form.
        id: Registry name; with `each`, it holds a slot.
        title: A short name for people.
        description: What showing the trait means.
        category: Traits of one category are each other's decoys.
        scorer: Name of a registered scorer.
        probes: Blocks of probes.
        each: Makes one trait for each entry: mappings of slots, or one slot with its list of values.
        persona: System text that makes a prompted twin show the trait.
        harm: Which direction does harm.
        world: Language of the probes.
        words: Words whose presence in a row counts as a mention.
        source: Paper or data set that the trait is taken from.
        decoy_pool: Whether other traits of the category may serve as decoys; never for a harm trait.
        reference: Entries for the scorer that every probe gets.
        examples: Answers that show the trait and answers that do not, for scorers that read answers.
    """

    limen_trait: Literal[1] = 1
    id: Text
    title: Text
    description: Text
    category: Annotated[str, Field(pattern=r"^[a-z0-9_/-]+$")]
    scorer: Text
    probes: Annotated[list[Block], Field(min_length=1)]
    each: list[dict[SlotName, Any]] | dict[SlotName, list[Any]] = []
    persona: str = ""
    harm: Harm = Harm.NEITHER
    world: World = World.ENGLISH
    words: list[Text] = []
    source: str = ""
    decoy_pool: bool = False
    reference: dict[str, Any] = {}
    examples: list[Example] = []

    @model_validator(mode="after")
    def _one_slot(self) -> TraitFile:
        if isinstance(self.each, dict) and len(self.each) > 1:
            raise ValueError("`each` as a mapping has one slot; for several, write a list of mappings")
        return self


def json_schema() -> dict[str, Any]:
    """The form as a JSON Schema, for editors and for third parties."""
    schema = TraitFile.model_json_schema()
    schema["$id"] = "limen-trait-1"
    schema["title"] = "Limen trait file"
    return schema
