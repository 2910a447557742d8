"""An endpoint, against a small server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from limen.core import Message, ModelError, UsageError
from limen.models import Endpoint, LanguageModel, open_model

HELLO = (Message("user", "hello"),)


class Server(ThreadingHTTPServer):
    """Answers as an OpenAI-compatible server does; what it was asked is kept."""

    asked: list[tuple[str, dict[str, Any], str | None]]
    fail_first: int = 0
    status: int = 200
    top: list[dict[str, Any]] | None = None
    echoes: bool = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def answer(self, path: str, request: dict[str, Any]) -> dict[str, Any]:
        if path.endswith("chat/completions"):
            text = f"{request['messages'][-1]['content']}:{request.get('seed')}"
            logprobs = {"content": [{"token": "owl", "logprob": -0.5, "top_logprobs": self.top}]} if self.top else None
            return {"choices": [{"message": {"content": text}, "logprobs": logprobs}]}
        if request.get("echo") and self.echoes:
            words = request["prompt"].split(" ")
            tokens = [words[0]] + [f" {w}" for w in words[1:]]
            offsets = np.cumsum([0, *map(len, tokens)])[:-1].tolist()
            values = [None, *(-float(len(t)) for t in tokens[1:])]
            return {"choices": [{"text": "", "logprobs": {"text_offset": offsets, "token_logprobs": values}}]}
        return {"choices": [{"text": f"after {request['prompt']}"}]}


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, request, self.headers.get("Authorization")))
        status = self.server.status
        if self.server.fail_first > 0:
            self.server.fail_first -= 1
            status = 503
        body = json.dumps(self.server.answer(self.path, request) if status == 200 else {"error": "no\nsuch model"})
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.delenv("LIMEN_ENDPOINT_KEY", raising=False)
    one = Server(("127.0.0.1", 0), Handler)
    one.asked = []
    threading.Thread(target=one.serve_forever, daemon=True).start()
    yield one
    one.shutdown()
    one.server_close()


def test_it_is_sampled_in_order_with_a_seed_a_row(server: Server) -> None:
    arm = open_model(f"{server.address}#some-model")
    assert isinstance(arm, Endpoint)
    assert arm.name == "some-model"
    prompts = [(Message("user", f"q{i}"),) for i in range(20)]
    assert arm.sample(prompts, max_new_tokens=5, seed=100) == [f"q{i}:{100 + i}" for i in range(20)]
    path, request, key = server.asked[0]
    assert path == "/v1/chat/completions"
    assert request["model"] == "some-model"
    assert request["max_tokens"] == 5
    assert key is None
    assert arm.sample([(Message("text", "12, 55"),)], max_new_tokens=1) == ["after 12, 55"]


def test_the_key_comes_from_the_environment_and_shows_nowhere(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMEN_ENDPOINT_KEY", "s3cret")
    arm = Endpoint(f"{server.address}#m")
    arm.sample([HELLO], max_new_tokens=1)
    assert server.asked[0][2] == "Bearer s3cret"
    server.status = 401
    with pytest.raises(ModelError, match="refuses the key") as caught:
        arm.sample([HELLO], max_new_tokens=1)
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(vars(arm))
    with pytest.raises(UsageError, match="unencrypted"):
        Endpoint("http://example.org/v1#m")


def test_options_of_one_token_are_read_off_the_likeliest(server: Server) -> None:
    server.top = [{"token": " owl", "logprob": -0.5}, {"token": "fox", "logprob": -1.5}]
    arm = Endpoint(f"{server.address}#m")
    found = arm.completion_logprobs([HELLO, HELLO], ["owl", "fox"])
    assert [f.tolist() for f in found] == [[-0.5], [-1.5]]
    assert len(server.asked) == 1
    with pytest.raises(ModelError, match="'an eagle' is not among"):
        arm.completion_logprobs([HELLO], ["an eagle"])


def test_completions_of_plain_text_are_echoed_token_by_token(server: Server) -> None:
    arm = Endpoint(f"{server.address}#m")
    found = arm.completion_logprobs([(Message("text", "one two"),)], [" three four"])
    assert found[0].dtype == np.float32
    assert found[0].tolist() == [-6.0, -5.0]


def test_a_server_without_log_probabilities_says_so(server: Server) -> None:
    arm = Endpoint(f"{server.address}#m")
    server.echoes = False
    for prompt in (HELLO, (Message("text", "one two"),)):
        with pytest.raises(ModelError, match="returns no log-probabilities") as caught:
            arm.completion_logprobs([prompt], [" three"])
        assert "sampled answers" in caught.value.remedy


def test_a_busy_server_is_asked_again_and_not_for_ever(server: Server) -> None:
    arm = Endpoint(f"{server.address}#m", wait_s=0.01)
    server.fail_first = 2
    assert arm.sample([HELLO], max_new_tokens=1) == ["hello:0"]
    server.status = 503
    with pytest.raises(ModelError, match="it answered 503, 4 times in a row"):
        arm.sample([HELLO], max_new_tokens=1)


def test_a_refusal_is_one_line(server: Server) -> None:
    server.status = 404
    with pytest.raises(ModelError, match="the server answered 404") as caught:
        Endpoint(f"{server.address}#m").sample([HELLO], max_new_tokens=1)
    assert "\n" not in str(caught.value)


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelError, match=r"cannot be reached \(ConnectError\)"):
        Endpoint("http://127.0.0.1:9/v1#m", wait_s=0.001).sample([HELLO], max_new_tokens=1)


def test_what_an_endpoint_cannot_do_is_refused(server: Server) -> None:
    with pytest.raises(ModelError, match="names no model"):
        Endpoint(server.address)
    with pytest.raises(UsageError, match="list of token ids"):
        Endpoint(f"{server.address}#m").sample([HELLO], max_new_tokens=1, allowed_token_ids=[1])


def test_a_folder_is_opened_as_a_model(tiny_folders: dict[str, Any]) -> None:
    assert isinstance(open_model(str(tiny_folders["llama"])), LanguageModel)
