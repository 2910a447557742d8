"""EndpointClient: requests to one OpenAI-compatible server, tried again where that helps, a few at a time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from limen.core import MissingExtraError, ModelError, Progress, UsageError

KEY_VARIABLE = "LIMEN_ENDPOINT_KEY"
"""The environment variable with the key; nothing else is looked at for one."""
_TRIES = 4
_AT_ONCE = 8
_TIMEOUT_S = 120.0
_LOCAL = {"localhost", "127.0.0.1", "::1"}


class EndpointClient:
    """Whoever talks to a server.

    Nothing is sent but to its address (by the proxy that the environment names, if there is one), and redirects are not
    followed.
    The key is read from the environment variable LIMEN_ENDPOINT_KEY alone, is sent in the header alone, and never over
    unencrypted HTTP to another machine.

    Args:
        url: Where the API begins, such as `https://host/v1`.
        wait_s: Seconds before the second try of a request that failed; doubled each time.
        timeout_s: Seconds that the server may take for an answer.
        at_once: Requests under way at one time.

    Raises:
        ModelError: The address names no server.
        UsageError: A key would go over unencrypted HTTP to another machine, or stands in the address.
    """

    def __init__(
        self, url: str, *, wait_s: float = 1.0, timeout_s: float = _TIMEOUT_S, at_once: int = _AT_ONCE
    ) -> None:
        parts = urlsplit(url)
        if not parts.hostname:
            raise ModelError(
                "this address names no server; expected https://host/v1.", remedy="Check the address.", where=url
            )
        if parts.password or parts.username:
            # The address goes into the ledger and into messages; a key must not.
            raise UsageError(
                "the address of an endpoint carries a name or a key.",
                remedy=f"Leave them out, and set the environment variable {KEY_VARIABLE}.",
                where=parts.hostname,
            )
        self.url = url.rstrip("/")
        self._wait_s, self._timeout_s, self._at_once = wait_s, timeout_s, at_once
        if os.environ.get(KEY_VARIABLE) and parts.scheme == "http" and parts.hostname not in _LOCAL:
            raise UsageError(
                f"{KEY_VARIABLE} is set, and this address would carry it unencrypted.",
                remedy="Use https://, or unset the variable.",
                where=self.url,
            )

    def get(self, path: str) -> dict[str, Any]:
        """What the server tells without being given anything; errors as of `post`."""
        return self._ask(path, None)

    def post(self, path: str, request: dict[str, Any]) -> dict[str, Any]:
        """One request, tried again where the server is busy or out of reach.

        Args:
            path: Below the address.
            request: What is sent, as JSON.

        Returns:
            What the server said.

        Raises:
            ModelError: It stayed busy or out of reach, it refused, or what it said is no JSON object.
        """
        return self._ask(path, request)

    def choice(self, path: str, request: dict[str, Any]) -> dict[str, Any]:
        """The first of the answers to a request; errors as of `post`, and where there is none."""
        choices = self.post(path, request).get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            raise ModelError(
                "the server's answer holds no choices.",
                remedy="Check that its API is OpenAI-compatible.",
                where=self.url,
            )
        return choices[0]

    def each(
        self, count: int, work: Callable[[int], Any], task: str = "", progress: Progress | None = None
    ) -> list[Any]:
        """Do pieces of work a few at a time, and give their results in order.

        Args:
            count: How many.
            work: One of them, by its number.
            task: What the progress calls them.
            progress: Told of pieces done.

        Returns:
            What each gave.
        """
        if progress:
            progress.start(task, count)
        results = []
        with ThreadPoolExecutor(self._at_once) as pool:
            pending = [pool.submit(work, row) for row in range(count)]
            try:
                for one in pending:
                    results.append(one.result())
                    if progress:
                        progress.advance(task)
            finally:
                for one in pending:
                    one.cancel()
        if progress:
            progress.done(task)
        return results

    @cached_property
    def _client(self) -> Any:
        http = _http()
        key = os.environ.get(KEY_VARIABLE)
        return http.Client(headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=self._timeout_s)

    def _ask(self, path: str, request: dict[str, Any] | None) -> dict[str, Any]:
        http = _http()
        where = f"{self.url}/{path}"
        trouble = ""
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(self._wait_s * 2 ** (attempt - 1))
            try:
                reply = self._client.get(where) if request is None else self._client.post(where, json=request)
            except http.HTTPError as error:
                trouble = f"it cannot be reached ({type(error).__name__})"
                continue
            if reply.status_code == 429 or reply.status_code >= 500:
                trouble = f"it answered {reply.status_code}"
                continue
            if reply.status_code in (401, 403):
                raise ModelError(
                    f"the server refuses the key ({reply.status_code}).",
                    remedy=f"Set the environment variable {KEY_VARIABLE} to a key that it takes.",
                    where=where,
                )
            if reply.status_code != 200:
                said = _said(reply)
                remedy = "Check the address and the model's name."
                if "context length" in said.lower():
                    remedy = "Cut rows with --max-length, or have the server read longer ones (vLLM: --max-model-len)."
                raise ModelError(f"the server answered {reply.status_code}: {said}", remedy=remedy, where=where)
            try:
                told = reply.json()
            except ValueError:
                told = None
            if isinstance(told, dict):
                return told
            raise ModelError(
                "the server's answer is no JSON object.",
                remedy="Check that the address ends where the OpenAI-compatible API begins, as in https://host/v1#model.",
                where=where,
            )
        raise ModelError(
            f"{trouble}, {_TRIES} times in a row.", remedy="Check the address, or try again later.", where=where
        )


def _http() -> Any:
    """The HTTP client that huggingface_hub brings along."""
    for name in ("httpx2", "httpx"):
        try:
            return __import__(name)
        except ImportError:
            continue
    raise MissingExtraError("httpx", "endpoint")


def _said(reply: Any) -> str:
    text = " ".join(str(reply.text).split())
    return text[:200]
