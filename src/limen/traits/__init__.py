"""The trait library: YAML form, registry, scorers."""

from limen.traits.expand import expand_file
from limen.traits.load import load_file, load_traits, parse_file
from limen.traits.registry import all_traits, decoys, get, origin, register, reload, resolve, source_file
from limen.traits.schema import Block, Example, Template, TraitFile, Turn, json_schema
from limen.traits.scorers import Answer, ScoredAnswer, Scorer, all_scorers, get_scorer, scorer

__all__ = [
    "Answer",
    "Block",
    "Example",
    "ScoredAnswer",
    "Scorer",
    "Template",
    "TraitFile",
    "Turn",
    "all_scorers",
    "all_traits",
    "decoys",
    "expand_file",
    "get",
    "get_scorer",
    "json_schema",
    "load_file",
    "load_traits",
    "origin",
    "parse_file",
    "register",
    "reload",
    "resolve",
    "scorer",
    "source_file",
]
