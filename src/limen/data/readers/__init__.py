"""Readers: one file format a file, each giving rows one by one in bounded memory."""

from limen.data.readers import arrow, csv_table, json_rows, parquet, text_lines
from limen.data.readers._open import hash_file
from limen.data.readers.registry import Reader, all_readers, known_suffixes, reader, reader_for

__all__ = [
    "Reader",
    "all_readers",
    "arrow",
    "csv_table",
    "hash_file",
    "json_rows",
    "known_suffixes",
    "parquet",
    "reader",
    "reader_for",
    "text_lines",
]
