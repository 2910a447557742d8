"""What must not be written down: secrets anywhere, and people's folders in what is handed on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from limen.ledger.record import AuditRecord

REDACTED = "[redacted]"

_SECRET_KEY = re.compile(
    r"(?:^|_)(?:apikey|api_key|token|secret|secrets|password|passwd|passphrase|credentials?|authorization|private_key)$"
)
_NOT_SECRET = re.compile(r"(?:^|_)(?:bos|eos|pad|unk|sep|cls|mask|stop|image|per)_token$")
_SECRET_TEXT = (
    re.compile(r"\bhf_[A-Za-z0-9]{16,}"),
    re.compile(r"\bsk-[A-Za-z0-9_-]{16,}"),
    re.compile(r"\bgh[pousr]_[A-Za-z0-9]{16,}"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"(?<=Bearer )[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
    re.compile(r"(?<=[?&](?:key)=)[^&\s]+|(?<=[?&]token=)[^&\s]+|(?<=[?&]api_key=)[^&\s]+"),
    re.compile(r"(?:(?<=--api-key[ =])|(?<=--token[ =])|(?<=--password[ =])|(?<=--secret[ =]))\S+"),
)
_ABSOLUTE = re.compile(r"^(?:~[^/\\]*[/\\]|[/\\]|[A-Za-z]:[/\\])")


def is_secret_key(key: str) -> bool:
    """Whether a setting of this name holds a secret: `api_key`, `hfToken`, `password`; not `max_tokens`, `eos_token`.

    Args:
        key: The name of the setting.
    """
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).replace("-", "_").replace(".", "_").replace(" ", "_").lower()
    return bool(_SECRET_KEY.search(snake)) and not _NOT_SECRET.search(snake)


def redact(value: Any, *, by_key: bool = True) -> Any:
    """The same value without secrets: by the name of the setting, or by the look of the text.

    Args:
        value: JSON values.
        by_key: Whether names are those of settings; in a finding's evidence `token` is a token.

    Returns:
        A copy, with `[redacted]` in place of each secret.
    """
    if isinstance(value, Mapping):
        return {
            k: REDACTED
            if by_key and v is not None and is_secret_key(str(k))
            else redact(_whole_secrets(v) if k == "tokens" and not by_key else v, by_key=by_key)
            for k, v in value.items()
        }
    if isinstance(value, list | tuple):
        return [redact(v, by_key=by_key) for v in value]
    if isinstance(value, str):
        for pattern in _SECRET_TEXT:
            value = pattern.sub(REDACTED, value)
    return value


def _whole_secrets(tokens: Any) -> Any:
    """Tokens of a row, each `[redacted]` that is part of a secret: none of its pieces need look like one."""
    if not isinstance(tokens, list | tuple) or not all(isinstance(t, str) for t in tokens):
        return tokens
    text = "".join(tokens)
    secrets = [found.span() for pattern in _SECRET_TEXT for found in pattern.finditer(text)]
    out, start = [], 0
    for token in tokens:
        end = start + len(token)
        out.append(REDACTED if any(a < end and start < b for a, b in secrets) else token)
        start = end
    return out


def without_folders(value: Any) -> Any:
    """The same value with every absolute path cut down to its last name (`base+adapter` in both parts).

    Args:
        value: JSON values.

    Returns:
        A copy.
    """
    if isinstance(value, Mapping):
        return {k: without_folders(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [without_folders(v) for v in value]
    if isinstance(value, str):
        return "+".join(_last_name(part) for part in value.split("+"))
    return value


def public_record(record: AuditRecord) -> AuditRecord:
    """The record as reports show it: its config names inputs without their folders.

    Args:
        record: As the ledger holds it.
    """
    return record.model_copy(update={"config": without_folders(record.config)})


def _last_name(text: str) -> str:
    if not _ABSOLUTE.match(text):
        return text
    return re.split(r"[/\\]", text.rstrip("/\\"))[-1]
