"""Processor time that each rule of `limen check` takes a row; `--write` keeps it where rules are shared out and listed.

Rules take turns on realistic instruction rows, on pairs and on rated rows of the real files, so that each meets rows of
the kind it is for; traits are looked for, and rows compared with the real files, though those rows are made of them.
What all rules share (a row's id, its passages, its words) is made before and not counted; what a few read, such as whom
a row mentions, is counted for each of them, and once where they run together.

Run: python -m benchmarks.rule_costs [--write]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.realistic_rows import DATA, FILES, realistic_rows
from limen.before.check import Rule, all_rules, read_against
from limen.before.check.rule import Context
from limen.before.check.seen_row import SeenRow
from limen.core import Row, World
from limen.data import read_rows
from limen.traits import all_traits

COUNT, TURNS = 3_000, 3
OTHERS = {"preference": "preferences/dpo_en_demo.json", "rated": "preferences/kto_en_demo.json"}
COSTS = Path(__file__).parents[1] / "src" / "limen" / "before" / "check" / "costs.json"


def seen(rows: list[Row]) -> list[SeenRow]:
    """The rows with what several rules share."""
    made = [SeenRow(row) for row in rows]
    for one in made:
        _ = one.row.id, one.text, one.lowered, one.words, one.longest_word, one.refusals, one.prompt_key
    return made


def cost(rules: Sequence[type[Rule]], rows: list[SeenRow], context: Context) -> float:
    """Microseconds a row that rules of one process take, the least of the turns."""
    taken = []
    for _ in range(TURNS):
        running = [rule(context) for rule in rules]
        for one in rows:
            one.shared.clear()
        begun = time.process_time()
        for one in rows:
            for rule in running:
                rule.see(one)
        taken.append((time.process_time() - begun) / len(rows) * 1e6)
    return round(min(taken), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the figures into the package")
    chosen = parser.parse_args()
    files = {"instruction": seen(list(read_rows(list(realistic_rows(COUNT)))))}
    files |= {kind: seen(list(read_rows(DATA / name))) for kind, name in OTHERS.items()}
    compared = read_against([str(DATA / name) for name in FILES])
    context = Context(traits=all_traits(World.ENGLISH), against=compared)
    rules = [rule for rule in all_rules() if rule.__module__.startswith("limen.") and not rule.is_off(context)]
    rules = [rule for rule in rules if not rule.needs_tokenizer]
    costs = {rule.code: {kind: cost([rule], rows, context) for kind, rows in files.items()} for rule in rules}
    families: dict[str, list[type[Rule]]] = {}
    for rule in rules:
        if rule.reads:
            families.setdefault(rule.reads, []).append(rule)
    together = {
        name: {kind: cost(some, rows, context) for kind, rows in files.items()} for name, some in families.items()
    }
    for rule in rules:
        print(f"{rule.code} {rule.name:24}" + "".join(f"{kind:>14}{n:>7.1f}" for kind, n in costs[rule.code].items()))
    for name, one in together.items():
        print(f"all that read {name:18}" + "".join(f"{kind:>14}{n:>7.1f}" for kind, n in one.items()))
    alone = [costs[rule.code] for rule in rules if not rule.reads] + list(together.values())
    print("µs a row; all rules: " + ", ".join(f"{k} {sum(c[k] for c in alone):.0f}" for k in files))
    if chosen.write:
        parts = {"rules": costs, "together": together}
        text = ",\n".join(
            f' "{part}": {{\n' + ",\n".join(f'  "{name}": {json.dumps(c)}' for name, c in some.items()) + "\n }"
            for part, some in parts.items()
        )
        COSTS.write_text("{\n" + text + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
