"""The hash of the code that made a figure, where the benchmarks look for it."""

from limen.lab.code_hash import hash_file, hash_sources

__all__ = ["hash_file", "hash_sources"]
