"""The WSGI app: maps a request to a response or to a reset connection."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse

from playground.sandbox.answers import Answer, answer_error
from playground.sandbox.calls import Call, read_call
from playground.sandbox.refusal import Refusal


@dataclass(frozen=True, slots=True)
class App:
    """The WSGI app around the API, or the rig that injects faults."""

    answer: Callable[[Call], Answer]

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        answer = self.answer_to(environ)
        if answer.hang_up:
            environ["sandbox.hang_up"]()
            raise ConnectionAbortedError
        headers = list(answer.headers)
        if isinstance(answer.body, bytes) and not has_length(answer):
            headers.append(("Content-Length", str(len(answer.body))))
        start_response(answer.status_line, headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            return []
        return [answer.body] if isinstance(answer.body, bytes) else answer.body

    def answer_to(self, environ: dict[str, Any]) -> Answer:
        try:
            return self.answer(read_call(environ))
        except Refusal as refusal:  # the body is too large
            return answer_error(refusal.status, refusal.code, refusal.message)


def has_length(answer: Answer) -> bool:
    return any(name == "Content-Length" for name, _ in answer.headers)
