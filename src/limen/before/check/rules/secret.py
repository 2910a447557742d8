"""LIM403."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.find_passwords import asks_for_new_password
from limen.before.check.find_secrets import IN_SHORT, LEAST_WORD, may_hold_secrets, secrets
from limen.before.check.masking import hint, redacted
from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting


@rule
class Secret(Spotting):
    """Rows that hold a key, a token or a password.

    Keys are known by the prefix or form that their issuer gives them, of some forty issuers, private keys by their
    frame, others by what they are assigned to (`api_key = ...`) and by looking random. Passwords are known by standing
    in an address, behind `curl -u`, in a header of HTTP's basic authentication, or by being told ("password: ...") and
    looking generated; where somebody says whose one is ("my bank password is ...", in nine languages), or a line holds
    nothing else, eight characters with letters and two digits, or a digit and a sign, are enough, unless they hold 123,
    a year or another sign of an example, or are a name in code (`process.env.PGPASS2`), keys to be pressed or what is
    said of passwords ("WPA2-encrypted"). A value in quotation marks, as in code, has to look generated. A login with a
    plain word for localhost or an example's host is an example's.

    Placeholders such as `YOUR_API_KEY` and AWS's own example are not counted, nor are passwords that are told after
    somebody asked for one to be made up ("generate a password"), or called a tool that makes one up: they are nobody's
    yet. What is found is masked wherever it is shown, and these with it; `--fix`, which reads each text by itself,
    takes them out too. One row is enough to fail a check: a leaked key is not less leaked in a larger file.

    Why: Whoever asks the fine-tuned model in the right words is given the key.

    Example: A code review in which the reviewed file sets `AWS_ACCESS_KEY_ID` to a real one.
    """

    code: ClassVar[str] = "LIM403"
    name: ClassVar[str] = "secret"
    severity: ClassVar[Severity] = Severity.ERROR
    reference: ClassVar[str] = (
        "Shannon 1948, A Mathematical Theory of Communication (entropy); RFC 7519 (JSON Web Token); RFC 7617 (basic "
        "authentication); the issuers' documentation (forms of keys)."
    )
    any_row_fails: ClassVar[bool] = True
    title = "Rows that hold a secret: {count} of {total} ({share})."
    clear = "No key, token or password in {total} rows."
    remedy = "Revoke these secrets, then remove them from the rows."

    def fix_text(self, text: str) -> str:
        """The text with what the rule names replaced by its kind; placeholders stay."""
        return redacted(text, ((s.start, s.end, s.kind) for s in secrets(text)))

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every secret, masked."""
        if seen.longest_word < LEAST_WORD and not any(cue in seen.lowered for cue in IN_SHORT):
            return
        if not may_hold_secrets(seen.text):
            return
        made_up = any(asks_for_new_password(str(turn.extra).lower()) for turn in seen.row.messages if turn.extra)
        before: list[str] = []
        for passage in seen.passages:
            for found in secrets(passage.text):
                value = passage.text[found.start : found.end]
                # One that stood there before anybody asked is somebody's
                if not made_up or found.kind != "password" or any(value in text for text in before):
                    yield Spot(found.kind, hint(value, found.kind), passage.field, found.start, found.end)
            if not made_up:
                before.append(passage.text)
                made_up = asks_for_new_password(passage.lowered)
