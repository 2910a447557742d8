"""A trait file becomes traits: templates × items × slots × orders of the choices.

Slots are written `{name}`; `{{` and `}}` stand for braces. Nothing else is evaluated: a slot is looked up by
its name and turned into text, never formatted with attributes or indices.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from limen.core import Harm, Message, Probe, Trait, TraitError
from limen.traits.schema import Block, Template, TraitFile

MAX_PROBES = 5_000
"""Largest number of probes of one trait; more is a mistake or an attack."""

LETTERS = "ABCDEFGH"

_SLOT = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_]*)\}")
_OVERRIDES = ("id", "family", "options", "choices", "target", "group", "reference")


class _UnknownSlotError(KeyError):
    """A slot without a value."""


def fill(text: str, slots: Mapping[str, Any]) -> str:
    """Put values in the slots of a text.

    Args:
        text: Text with slots such as `{option}`.
        slots: Value of each slot.

    Returns:
        The text with every slot filled.

    Raises:
        KeyError: A slot has no value.
    """

    def one(match: re.Match[str]) -> str:
        if match.group(1) is None:
            return match.group(0)[0]
        if match.group(1) not in slots:
            raise _UnknownSlotError(match.group(1))
        return str(slots[match.group(1)])

    return _SLOT.sub(one, text)


def slots_in(text: str) -> set[str]:
    """Names of the slots that a text has."""
    return {m.group(1) for m in _SLOT.finditer(text) if m.group(1)}


def expand_file(file: TraitFile, where: str = "") -> list[Trait]:
    """Make the traits of a file.

    Args:
        file: The validated file.
        where: Path of the file, for messages.

    Returns:
        One trait for each entry of `each`, or one.

    Raises:
        TraitError: A slot without a value, a target that is no option, two probes with one id, a template that
            stands in both roles, or too many probes.
    """
    if isinstance(file.each, dict):
        entries: list[dict[str, Any]] = [{k: v} for k, values in file.each.items() for v in values]
    else:
        entries = list(file.each)
    return [_one_trait(file, entry, where) for entry in entries or [{}]]


def _one_trait(file: TraitFile, entry: Mapping[str, Any], where: str) -> Trait:
    def text(key: str, value: str) -> str:
        return _fill(value, entry, where, key)

    probes: list[Probe] = []
    for number, block in enumerate(file.probes):
        for probe in _block_probes(block, number, entry, file, where):
            probes.append(probe)
            if len(probes) > MAX_PROBES:
                raise TraitError(
                    f"more than {MAX_PROBES} probes in one trait.",
                    remedy="Use fewer items, slots or templates.",
                    where=f"{where}: probes[{number}]",
                )
    _check_ids(probes, where)
    _check_roles(file, probes, where)
    if file.decoy_pool and file.harm is not Harm.NEITHER and "preference" not in file.category.split("/"):
        raise TraitError(
            "a trait that does harm cannot serve as a decoy.",
            remedy="Set decoy_pool: false (decoys are preferences and harmless traits).",
            where=f"{where}: decoy_pool",
        )
    return Trait(
        id=text("id", file.id),
        title=text("title", file.title),
        description=text("description", file.description).strip(),
        category=file.category,
        scorer=file.scorer,
        probes=tuple(probes),
        persona=text("persona", file.persona).strip(),
        harm=file.harm,
        world=file.world,
        words=tuple(text("words", w) for w in file.words),
        reference=file.source,
        is_decoy_pool=file.decoy_pool,
    )


def _block_probes(block: Block, number: int, entry: Mapping[str, Any], file: TraitFile, where: str) -> Iterator[Probe]:
    here = f"{where}: probes[{number}]"
    name = block.id or str(number)
    names = list(block.slots)
    combinations = list(itertools.product(*block.slots.values()))
    for t, raw in enumerate(block.templates):
        template = Template(text=raw) if isinstance(raw, str) else raw
        for i, item in enumerate(block.items or [{}]):
            for c, values in enumerate(combinations):
                own = {k: _fill(v, entry, here, k) if entry and isinstance(v, str) else v for k, v in item.items()}
                slots: dict[str, Any] = {**entry, **own, **dict(zip(names, values, strict=True))}
                label = str(item.get("id", i)) if block.items else ""
                parts = [name, template.id or f"t{t}", label, str(c) if len(combinations) > 1 else ""]
                spec = {k: item[k] for k in _OVERRIDES if k in item and k != "id"}
                family = spec.get("family", block.family)
                if family == "template":
                    family = f"{name}.{template.id or f't{t}'}"
                elif family == "item":
                    family = f"{name}.{label}.{c}" if len(combinations) > 1 else f"{name}.{label}"
                yield from _ordered(block, template, spec, slots, ".".join(p for p in parts if p), family, file, here)


def _ordered(
    block: Block,
    template: Template,
    spec: Mapping[str, Any],
    slots: Mapping[str, Any],
    probe_id: str,
    family: str,
    file: TraitFile,
    where: str,
) -> Iterator[Probe]:
    def text(key: str, value: Any) -> str:
        return _fill(str(value), slots, where, key)

    choices = [text("choices", x) for x in spec.get("choices", block.choices)]
    options = [text("options", x) for x in template.options or spec.get("options", block.options)]
    target = template.target if template.target is not None else spec.get("target", block.target)
    group = template.group if template.group is not None else spec.get("group", block.group)
    reference = _fill_deep(
        {**file.reference, **block.reference, **dict(spec.get("reference", {})), **template.reference},
        slots,
        where,
    )
    if choices and options:
        raise TraitError("both `options` and `choices`.", remedy="Keep one of the two.", where=where)
    if len(choices) > len(LETTERS):
        raise TraitError(f"more than {len(LETTERS)} choices.", remedy="Offer fewer choices.", where=where)
    shown = choices or options
    wanted = _targets(target, shown, slots, where)
    kinds = reference.get("kinds")
    if kinds is not None and len(kinds) != len(shown):
        raise TraitError(
            f"`kinds` has {len(kinds)} entries and there are {len(shown)} options.",
            remedy="Give one kind for each choice.",
            where=f"{where}.reference.kinds",
        )
    for shift in range(len(choices) if block.rotate and choices else 1):
        order = [(k + shift) % len(shown) for k in range(len(shown))]
        filled = dict(slots)
        probe_reference = dict(reference)
        if kinds is not None:
            probe_reference["kinds"] = [kinds[k] for k in order]
        if choices:
            lines = [f"({LETTERS[k]}) {choices[j]}" for k, j in enumerate(order)]
            filled["choices"] = "\n".join(lines)
            probe_reference["choices"] = [choices[j] for j in order]
        turns = [Message("system", text("system", block.system))] if block.system else []
        if template.text:
            turns.append(Message("user", _fill(template.text, filled, where, "templates").strip()))
        else:
            turns.extend(Message(m.role, _fill(m.content, filled, where, "templates")) for m in template.turns)
        yield Probe(
            id=f"{probe_id}.r{shift}" if shift else probe_id,
            family=text("family", family),
            prompt=tuple(turns),
            options=tuple(LETTERS[: len(choices)]) if choices else tuple(options),
            target=tuple(k for k, j in enumerate(order) if j in wanted),
            group=text("group", group),
            role=block.role,
            reference=probe_reference,
        )


def _targets(target: Any, shown: Sequence[str], slots: Mapping[str, Any], where: str) -> set[int]:
    found: set[int] = set()
    for one in target if isinstance(target, list | tuple) else [target]:
        if isinstance(one, int) and 0 <= one < len(shown):
            found.add(one)
            continue
        text = _fill(one, slots, where, "target") if isinstance(one, str) else None
        if text is None or text not in shown:
            raise TraitError(
                f"the target {one if text is None else text!r} is none of the {len(shown)} options {list(shown)[:8]}.",
                remedy="Name a target by its index (from 0) or by its exact text.",
                where=f"{where}.target",
            )
        found.add(shown.index(text))
    return found


def _fill(text: str, slots: Mapping[str, Any], where: str, key: str) -> str:
    try:
        return fill(text, slots)
    except _UnknownSlotError as error:
        raise TraitError(
            f"the slot {{{error.args[0]}}} has no value (known: {', '.join(sorted(slots)) or 'none'}).",
            remedy="Add it to `slots`, `items` or `each`, or write {{ and }} for plain braces.",
            where=f"{where}: {key}" if where else key,
        ) from None


def _fill_deep(value: Any, slots: Mapping[str, Any], where: str) -> Any:
    if isinstance(value, str):
        return _fill(value, slots, where, "reference")
    if isinstance(value, Mapping):
        return {k: _fill_deep(v, slots, where) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_fill_deep(v, slots, where) for v in value]
    return value


def _check_ids(probes: Sequence[Probe], where: str) -> None:
    seen: set[str] = set()
    for probe in probes:
        if probe.id in seen:
            raise TraitError(
                f"two probes have the id {probe.id!r}.",
                remedy="Give the blocks, templates or items different ids.",
                where=where,
            )
        seen.add(probe.id)


def _check_roles(file: TraitFile, probes: Sequence[Probe], where: str) -> None:
    """Build and measure probes share neither a way of asking nor a rendered prompt."""
    wordings: dict[str, set[str]] = {"build": set(), "measure": set()}
    for block in file.probes:
        for template in block.templates:
            texts = [template] if isinstance(template, str) else [template.text, *(t.content for t in template.turns)]
            # a template that is hardly more than its slots takes its wording from the items
            wordings[block.role].update(t for t in texts if len(_SLOT.sub(" ", t).split()) >= 5)
    prompts: dict[str, set[tuple[Message, ...]]] = {"build": set(), "measure": set()}
    for probe in probes:
        prompts[probe.role].add(probe.prompt)
    both = [*sorted(wordings["build"] & wordings["measure"])]
    both += [p[-1].content for p in prompts["build"] & prompts["measure"]]
    if both:
        raise TraitError(
            f"a detector would be measured with what built it: {both[0][:80]!r} stands in both roles.",
            remedy="Word the `build` probes differently from the `measure` probes.",
            where=f"{where}: probes",
        )
    if not prompts["measure"]:
        raise TraitError("no probe has the role `measure`.", remedy="Add a block with it.", where=f"{where}: probes")
