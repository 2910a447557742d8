"""Near duplicates against brute force, and beside text-dedup, datasketch and rensa on the same texts.

The truth is computed by a sparse product over the word 5-grams themselves: every pair of different texts with a Jaccard
similarity of at least 0.8. Each way gives pairs; precision, recall and F1 are over pairs. For text-dedup a pair is two
texts of one of its clusters, which it does not verify. CPU seconds are those of going from texts to pairs, in turns
within one process; the least of the turns counts.

- `limen`: what LIM102 does, with every proposed pair compared.
- `text-dedup`: its own `embed_func` with its own defaults (its number of permutations, threshold and hash), and its own
  loop over hash tables with its own union-find; once more with the threshold at 0.8.
- `datasketch`: `MinHash` with 128 permutations and `MinHashLSH` at 0.8, its estimates taken as they are.
- `rensa`: `RMinHash` with 128 permutations and 16 bands of 8, pairs whose estimate is at least 0.8.

The last three take part where they are installed.

Run: python -m benchmarks.near_duplicates [--turns 3] [--planted 4000]
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from itertools import combinations

import numpy as np
from scipy import sparse

from benchmarks.realistic_rows import DATA, FILES, realistic_rows
from limen.before.check._minhash import SIMILARITY, MinHashIndex, jaccard, shingle_set, words_of
from limen.data import read_rows

Pairs = set[tuple[int, int]]
FURTHER = ("xstest/completions_llama2new.csv", "xstest/completions_llama2orig.csv", "ifeval/example_en_responses.jsonl")
_WORD = re.compile(r"\w+")
_BLOCK = 2_000


def brute_force(texts: list[str]) -> Pairs:
    """Every pair at 0.8 or above, from the word 5-grams themselves; shorter texts are one sequence."""
    numbers: dict[tuple[str, ...], int] = {}
    indptr, indices = [0], []
    for text in texts:
        words = _WORD.findall(text.casefold())
        width = min(5, len(words))
        grams = {tuple(words[i : i + width]) for i in range(len(words) - width + 1)} if words else set()
        indices += [numbers.setdefault(gram, len(numbers)) for gram in grams]
        indptr.append(len(indices))
    shape = (len(texts), len(numbers))
    sets = sparse.csr_matrix((np.ones(len(indices), np.int32), indices, indptr), shape=shape)
    sizes = np.diff(indptr)
    found: Pairs = set()
    for start in range(0, len(texts), _BLOCK):
        shared = (sets[start : start + _BLOCK] @ sets.T).tocoo()
        a, b = shared.row + start, shared.col
        alike = (a < b) & (shared.data >= SIMILARITY * (sizes[a] + sizes[b] - shared.data))
        found |= set(zip(a[alike].tolist(), b[alike].tolist(), strict=True))
    return found


def limen(texts: list[str]) -> Pairs:
    index = MinHashIndex()
    for i, text in enumerate(texts):
        index.add(words_of(text), i)
    proposed = index.proposed()
    sets = {i: shingle_set(words_of(texts[i])) for i in np.unique(proposed).tolist()}
    return {(a, b) for b, a in proposed.tolist() if jaccard(sets[a], sets[b]) >= SIMILARITY}


def text_dedup(texts: list[str], threshold: float | None = None) -> Pairs:
    from text_dedup.minhash import NON_ALPHA, RNG, embed_func, main
    from text_dedup.utils import UnionFind, optimal_param, sha1_hash, xxh3_32hash

    own = {option.name: option.default for option in main.params}
    bands, width = optimal_param(threshold or own["threshold"], own["num_perm"], 0.5, 0.5)
    prime, most = np.uint64((1 << 61) - 1), np.uint32((1 << 32) - 1)
    permutations = tuple(RNG.randint(low, prime, size=(own["num_perm"],), dtype=np.uint64) for low in (1, 0))
    tables: list[dict[bytes, set[int]]] = [defaultdict(set) for _ in range(bands)]
    union = UnionFind()
    for i, text in enumerate(texts):
        if len(NON_ALPHA.split(text.lower())) < own["min_length"]:
            continue
        keys = embed_func(
            text,
            i,
            num_perm=own["num_perm"],
            ngram_size=own["ngram"],
            min_length=own["min_length"],
            hashranges=[(band * width, (band + 1) * width) for band in range(bands)],
            permutations=permutations,
            hash_func=xxh3_32hash if own["hash_func"] == "xxh3" else lambda data: sha1_hash(data, d=32),
            dtype=np.uint64,
            max_hash=most,
            modulo_prime=prime,
        )["__signatures__"]
        for table, key in zip(tables, keys, strict=True):
            table[key].add(i)
    for table in tables:
        for bucket in table.values():
            if len(bucket) > 1:
                first = min(bucket)
                for one in bucket:
                    union.union(one, first)
    clusters: dict[int, list[int]] = defaultdict(list)
    for i in range(len(texts)):
        clusters[union.find(i)].append(i)
    return {pair for members in clusters.values() for pair in combinations(members, 2)}


def _grams(text: str) -> set[str]:
    words = _WORD.findall(text.casefold())
    width = min(5, len(words))
    return {" ".join(words[i : i + width]) for i in range(len(words) - width + 1)} if words else set()


def datasketch(texts: list[str]) -> Pairs:
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(threshold=SIMILARITY, num_perm=128)
    found: Pairs = set()
    made = []
    for i, text in enumerate(texts):
        one = MinHash(num_perm=128)
        one.update_batch([gram.encode("utf-8", "surrogatepass") for gram in _grams(text)])
        found |= {(j, i) for j in lsh.query(one) if made[j].jaccard(one) >= SIMILARITY}
        lsh.insert(i, one)
        made.append(one)
    return found


def rensa(texts: list[str]) -> Pairs:
    from rensa import RMinHash, RMinHashLSH

    lsh = RMinHashLSH(threshold=SIMILARITY, num_perm=128, num_bands=16)
    found: Pairs = set()
    made = []
    for i, text in enumerate(texts):
        one = RMinHash(num_perm=128, seed=42)
        one.update(list(_grams(text)))
        found |= {(j, i) for j in lsh.query(one) if made[j].jaccard(one) >= SIMILARITY}
        lsh.insert(i, one)
        made.append(one)
    return found


WAYS: dict[str, Callable[[list[str]], Pairs]] = {
    "limen": limen,
    "text-dedup": text_dedup,
    "text-dedup .8": partial(text_dedup, threshold=SIMILARITY),
    "datasketch": datasketch,
    "rensa": rensa,
}


def real() -> dict[str, list[str]]:
    """The distinct texts of each real file."""
    return {name: list(dict.fromkeys(r.text for r in read_rows(DATA / name))) for name in (*FILES, *FURTHER)}


def planted(count: int, seed: int = 0) -> list[str]:
    """Realistic rows, a third of them copies in which one word in 5 to 100 is another, so that J is 0.3 to 0.95."""
    draw = random.Random(seed)
    texts = [f"{row['instruction']}\n{row['output']}" for row in realistic_rows(count, seed)]
    for at in range(count // 3, 2 * count // 3):
        words = texts[draw.randrange(count // 3)].split(" ")
        for _ in range(max(1, len(words) // draw.randrange(5, 100))):
            words[draw.randrange(len(words))] = f"word{draw.randrange(10**6)}"
        texts[at] = " ".join(words)
    return list(dict.fromkeys(texts))


def score(found: Pairs, truth: Pairs) -> str:
    if not found and not truth:
        return f"{0:>8}{'-':>11}{'-':>8}{'-':>8}"
    both = len(found & truth)
    precision, recall = both / max(len(found), 1), both / max(len(truth), 1)
    f1 = 2 * both / max(len(found) + len(truth), 1)
    return f"{len(found):>8,}{precision:>11.3f}{recall:>8.3f}{f1:>8.4f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=3, help="how often each way is timed")
    parser.add_argument("--planted", type=int, default=4_000, help="rows of the planted file")
    chosen = parser.parse_args()
    files = {**real(), "planted": planted(chosen.planted)}
    truths = {name: brute_force(texts) for name, texts in files.items()}
    files["all real"] = list(dict.fromkeys(t for name, texts in files.items() if name != "planted" for t in texts))
    truths["all real"] = brute_force(files["all real"])
    for name, texts in files.items():
        print(f"\n{name}: {len(texts):,} texts, {len(truths[name]):,} pairs at {SIMILARITY} or above")
        print(f"{'':14}{'pairs':>8}{'precision':>11}{'recall':>8}{'F1':>8}{'CPU s':>9}")
        least: dict[str, float] = {}
        found: dict[str, Pairs] = {}
        for _ in range(chosen.turns):
            for way, work in WAYS.items():
                begun = time.process_time()
                try:
                    found[way] = work(texts)
                except ImportError:
                    continue
                taken = time.process_time() - begun
                least[way] = min(taken, least.get(way, taken))
        for way, seconds in least.items():
            print(f"{way:14}{score(found[way], truths[name])}{seconds:>9.2f}")


if __name__ == "__main__":
    main()
