"""Fine-tuning data: read from any source, recognised, tokenized as the trainer does it, split."""

from limen.data.encode import EncodedRow, Loss, encode_rows
from limen.data.read_report import Problem, ReadReport
from limen.data.segments import Layout, Segment, compressed, data_suffix, layout_of, segments
from limen.data.sources import is_hub_id
from limen.data.splits import split_of, split_rows
from limen.data.stream import RowStream, read_rows
from limen.data.tokens import token_texts, trained_texts, visible
from limen.data.unknown import unknown_share

__all__ = [
    "EncodedRow",
    "Layout",
    "Loss",
    "Problem",
    "ReadReport",
    "RowStream",
    "Segment",
    "compressed",
    "data_suffix",
    "encode_rows",
    "is_hub_id",
    "layout_of",
    "read_rows",
    "segments",
    "split_of",
    "split_rows",
    "token_texts",
    "trained_texts",
    "unknown_share",
    "visible",
]
