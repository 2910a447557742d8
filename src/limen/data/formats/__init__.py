"""Row formats: one way to write rows a file."""

from limen.data.formats import completion, instruction, messages, preference, rated, sharegpt, text
from limen.data.formats._names import names_a_role
from limen.data.formats.base import BadRow, Parts, RowFormat, all_formats, get_format, row_format

__all__ = [
    "BadRow",
    "Parts",
    "RowFormat",
    "all_formats",
    "completion",
    "get_format",
    "instruction",
    "messages",
    "names_a_role",
    "preference",
    "rated",
    "row_format",
    "sharegpt",
    "text",
]
