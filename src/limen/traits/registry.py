"""The traits there are: Limen's own, files named by the user, and those of installed packages.

Limen's own traits take the same road as everybody's: YAML files in a folder. Third parties add theirs by
any of

* `LIMEN_TRAITS`: files or folders, separated as in `PATH`;
* an entry point of the group `limen.traits`: a folder or file (`str` or `Path`), a `Trait`, an iterable of these,
  or a function that returns one of them;
* `register(trait)` in Python.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from limen.core import Trait, TraitError, World
from limen.traits.load import load_file, load_traits
from limen.traits.scorers import get_scorer

ENTRY_POINTS = "limen.traits"
LIBRARY = Path(__file__).parent / "library"

_registered: dict[str, Trait] = {}
_origins: dict[str, str] = {}
_files: dict[str, Path] = {}
_loaded = False


def get(trait_id: str) -> Trait:
    """The trait of this id.

    Args:
        trait_id: A registry id such as `over-refusal`, or the path of a trait file that holds one trait.

    Returns:
        The trait.

    Raises:
        TraitError: There is none; names the nearest ids.
    """
    _load()
    if trait_id in _registered:
        return _registered[trait_id]
    if trait_id.endswith((".yaml", ".yml")):
        trait = load_file(trait_id)
        check(trait, trait_id)
        return trait
    raise TraitError(
        f"there is no trait {trait_id!r}{_nearest(trait_id)}.",
        remedy="See them all with: limen traits list",
    )


def all_traits(world: World | None = None, category: str | None = None) -> list[Trait]:
    """Every trait there is, in the order of their ids.

    Args:
        world: Only those of this world.
        category: Only those of this category, or of categories below it (`preference` has `preference/animals`).

    Returns:
        The traits.

    Raises:
        TraitError: A trait file or plug-in is broken.
    """
    _load()
    chosen = [t for t in _registered.values() if world is None or t.world is world]
    if category is not None:
        chosen = [t for t in chosen if t.category == category or t.category.startswith(category.rstrip("/") + "/")]
    return sorted(chosen, key=lambda t: t.id)


def resolve(names: Sequence[str]) -> list[Trait]:
    """The traits that a list of names means.

    Args:
        names: Ids, trait files, or categories such as `preference/animals`, which stand for all their traits.

    Returns:
        The traits, each once, in the order of the names.

    Raises:
        TraitError: A name means nothing.
    """
    found: dict[str, Trait] = {}
    for name in names:
        _load()
        if name in _registered:
            traits = [_registered[name]]
        elif name.endswith((".yaml", ".yml")):
            traits = load_traits(name)
            for trait in traits:
                check(trait, name)
        else:
            traits = all_traits(category=name) or [get(name)]
        found.update((t.id, t) for t in traits)
    return list(found.values())


def origin(trait_id: str) -> str:
    """Where a registered trait came from: a file, or `package:entry point`.

    Args:
        trait_id: A registry id.

    Returns:
        The origin; empty when there is no such trait.
    """
    _load()
    return _origins.get(trait_id, "")


def source_file(trait_id: str) -> Path | None:
    """The file that a registered trait was read from.

    Args:
        trait_id: A registry id.

    Returns:
        The file; None for a trait that no file holds.
    """
    _load()
    return _files.get(trait_id)


def decoys(trait: Trait) -> list[Trait]:
    """The placebo traits of a trait: others of its category that may serve as such, never harm traits.

    Args:
        trait: The trait in question.

    Returns:
        Traits of the same category and world with `is_decoy_pool`.
    """
    return [t for t in all_traits(trait.world) if t.category == trait.category and t.is_decoy_pool and t.id != trait.id]


def register(trait: Trait, origin: str = "registered in Python") -> Trait:
    """Add a trait.

    Args:
        trait: The trait.
        origin: Where it came from, for messages.

    Returns:
        The same trait.

    Raises:
        TraitError: Another trait has its id, or its scorer does not exist.
    """
    check(trait, origin)
    other = _registered.get(trait.id)
    if other is not None and other != trait:
        raise TraitError(
            f"the trait id {trait.id!r} is taken by {_origins[trait.id]}.",
            remedy="Give one of the two another id.",
            where=origin,
        )
    _registered[trait.id] = trait
    _origins.setdefault(trait.id, origin)
    return trait


def reload() -> None:
    """Forget every trait; the next call reads them anew (for tests and long-lived processes)."""
    global _loaded
    _registered.clear()
    _origins.clear()
    _files.clear()
    _loaded = False


def _load() -> None:
    global _loaded
    if _loaded:
        return
    _loaded = True
    try:
        _add(LIBRARY, "")
        for part in os.environ.get("LIMEN_TRAITS", "").split(os.pathsep):
            if part:
                if not Path(part).exists():
                    raise TraitError("does not exist.", remedy="Mend LIMEN_TRAITS.", where=part)
                _add(Path(part), "")
        for point in metadata.entry_points(group=ENTRY_POINTS):
            name = f"{point.dist.name if point.dist else 'a package'}:{point.name}"
            try:
                thing = point.load()
                _add(thing() if callable(thing) else thing, name)
            except TraitError:
                raise
            except Exception as error:  # a plug-in can fail in any way
                raise TraitError(
                    f"the trait plug-in failed to load: {type(error).__name__}: {error}.",
                    remedy="Update or uninstall that package.",
                    where=name,
                ) from error
    except BaseException:
        reload()
        raise


def _add(thing: Any, origin: str) -> None:
    if isinstance(thing, Trait):
        register(thing, origin)
    elif isinstance(thing, str | Path):
        for path in _trait_files(Path(thing)):
            for trait in load_traits(path):
                register(trait, f"{origin} {path}".strip())
                _files[trait.id] = path
    elif isinstance(thing, Iterable):
        for one in thing:
            _add(one, origin)
    else:
        raise TraitError(
            f"gave a {type(thing).__name__}, expected traits or the path of trait files.",
            remedy="Return a Trait, a folder, or a list of these.",
            where=origin,
        )


def _trait_files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(p for p in path.rglob("*") if p.suffix in (".yaml", ".yml"))
    else:
        yield path


def check(trait: Trait, where: str) -> None:
    """Refuse a trait that does not fit its scorer.

    Args:
        trait: The trait.
        where: Where it came from.

    Raises:
        TraitError: Options, targets or reference entries that the scorer needs are missing or superfluous.
    """
    scorer = get_scorer(trait.scorer)
    for probe in trait.probes:
        if scorer.reads == "options" and (len(probe.options) < 2 or not probe.target):
            raise TraitError(
                f"the scorer {trait.scorer!r} compares options, and probe {probe.id!r} of {trait.id!r} has "
                f"{len(probe.options)} options and {len(probe.target)} targets.",
                remedy="Give it at least two options and a target, or use a scorer that reads answers.",
                where=where,
            )
        if probe.options and len(probe.target) == len(probe.options):
            raise TraitError(
                f"every option of probe {probe.id!r} of {trait.id!r} is a target.",
                remedy="Leave at least one option that does not show the trait.",
                where=where,
            )
        if scorer.reads == "answer" and probe.options and probe.role == "measure":
            raise TraitError(
                f"the scorer {trait.scorer!r} reads answers, and probe {probe.id!r} of {trait.id!r} has options.",
                remedy="Use `scorer: choice`, or leave the options to the `build` probes, for a twin to learn.",
                where=where,
            )
        missing = [k for k in scorer.needs if k not in probe.reference]
        if missing:
            raise TraitError(
                f"the scorer {trait.scorer!r} needs {missing[0]!r} in the reference of probe {probe.id!r} of "
                f"{trait.id!r}.",
                remedy=f"Add `{missing[0]}` to its `reference`.",
                where=where,
            )


def _nearest(trait_id: str) -> str:
    import difflib

    near = difflib.get_close_matches(trait_id, _registered, n=3, cutoff=0.5)
    return f" (did you mean {', '.join(near)}?)" if near else ""
