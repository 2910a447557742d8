"""A server on this machine that answers as vLLM's OpenAI-compatible one does, and a few ways in which one may fail."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from limen.models import LanguageModel


class VllmLike(ThreadingHTTPServer):
    """Serves a loaded model. What it was asked is kept in `asked`; the switches make it another server."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, model: LanguageModel) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.model = model
        self.lock = threading.Lock()
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.names = ["the-base"]
        self.longest: int | None = 256
        self.status = 200
        self.busy_first = 0
        self.prompt_logprobs = True
        self.names_ids = True
        self.knows_min_tokens = True
        self.value: float | str | None = "its own"
        self.shifts_ids = False
        self.cuts_otherwise = False
        self.fails_after: int | None = None
        self._known: dict[tuple[int, tuple[int, ...]], np.ndarray] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def models(self) -> dict[str, Any]:
        more = {} if self.longest is None else {"max_model_len": self.longest}
        return {"object": "list", "data": [{"id": n, "object": "model", **more} for n in self.names]}

    def complete(self, request: dict[str, Any]) -> dict[str, Any]:
        prompt = request["prompt"]
        if isinstance(prompt, str):
            prompt = self.model.tokenizer(prompt, add_special_tokens=request["add_special_tokens"])["input_ids"]
            prompt = prompt[1:] if self.cuts_otherwise else prompt
        wanted = request["max_tokens"]
        if self.longest is not None and len(prompt) + wanted > self.longest:
            raise ValueError(f"This model's maximum context length is {self.longest} tokens.")
        logprobs = self._logprobs(prompt)
        written = self._write(prompt, request, logprobs[-1])
        choice: dict[str, Any] = {"index": 0, "text": "".join(map(str, written)), "logprobs": None}
        if request.get("logprobs") is not None:
            ids = [*prompt, *written] if request.get("echo") else written
            named = self.names_ids and request.get("return_tokens_as_token_ids")
            tokens = [f"token_id:{i}" if named else self.model.tokenizer.decode([i]) for i in ids]
            choice["logprobs"] = {"tokens": tokens, "token_logprobs": [-1.0] * len(ids)}
        if self.prompt_logprobs and request.get("prompt_logprobs") is not None:
            choice["prompt_logprobs"] = [None] + [
                self._entry(logprobs[k], prompt[k + 1]) for k in range(len(prompt) - 1)
            ]
        usage = {"prompt_tokens": len(prompt), "completion_tokens": len(written)}
        return {"object": "text_completion", "choices": [choice], "usage": usage}

    def _entry(self, row: np.ndarray, token: int) -> dict[str, Any]:
        best = int(row.argmax())
        entry = {}
        for i in dict.fromkeys((token, best)):
            value = float(row[i]) if self.value == "its own" else self.value
            entry[str(i + self.shifts_ids)] = {"logprob": value, "rank": 1, "decoded_token": "x"}
        return entry

    def _logprobs(self, ids: list[int]) -> np.ndarray:
        import torch

        key = id(self.model), tuple(ids)
        with self.lock, torch.no_grad():
            if key not in self._known:
                logits = self.model.model(input_ids=torch.tensor([ids])).logits[0].double()
                self._known[key] = np.asarray(logits.log_softmax(-1))
            return self._known[key]

    def _write(self, prompt: list[int], request: dict[str, Any], last: np.ndarray) -> list[int]:
        rng = np.random.default_rng(request.get("seed"))
        ends = {self.model.tokenizer.eos_token_id, *request.get("stop_token_ids", ())}
        least = request.get("min_tokens", 0) if self.knows_min_tokens else 0
        written: list[int] = []
        while len(written) < request["max_tokens"]:
            row = last.copy() if not written else self._logprobs([*prompt, *written])[-1].copy()
            if "allowed_token_ids" in request:
                row[[i for i in range(len(row)) if i not in set(request["allowed_token_ids"])]] = -np.inf
            if len(written) < least:
                row[list(ends)] = -np.inf
            chances = np.exp(row - row.max())
            written.append(int(rng.choice(len(row), p=chances / chances.sum())))
            if written[-1] in ends:
                break
        return written


class _Handler(BaseHTTPRequestHandler):
    server: VllmLike
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._say(self.server.status, self.server.models() if self.path == "/v1/models" else {})

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, said = self.server.status, {}
        with self.server.lock:
            self.server.asked.append(request)
            self.server.keys.append(self.headers.get("Authorization"))
            if self.server.fails_after is not None and len(self.server.asked) > self.server.fails_after:
                status = 400
            if self.server.busy_first:
                self.server.busy_first -= 1
                status = 503
        if status == 200:
            try:
                said = self.server.complete(request)
            except ValueError as error:
                status, said = 400, {"error": {"message": str(error)}}
        self._say(status, said)

    def _say(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        pass


@contextmanager
def serving(model: LanguageModel) -> Iterator[VllmLike]:
    """A server that runs while inside."""
    server = VllmLike(model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
