"""Parses requests, and assigns each to a seam."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from playground.sandbox.refusal import Refusal

MOST_BYTES = 64 * 1024 * 1024


class Seam(StrEnum):
    """The kinds of calls at which tests inject faults."""

    SUBMIT = "submit"
    STATUS = "status"
    EVENTS = "events"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A path and its methods."""

    pattern: re.Pattern[str]
    seam: Seam
    methods: tuple[str, ...]


ROUTES = (
    Route(pattern=re.compile(r"/api/v1/tasks"), seam=Seam.SUBMIT, methods=("POST",)),
    Route(pattern=re.compile(r"/api/v1/tasks/([^/]+)"), seam=Seam.STATUS, methods=("GET",)),
    Route(pattern=re.compile(r"/api/v1/tasks/([^/]+)/events"), seam=Seam.EVENTS, methods=("GET",)),
    Route(pattern=re.compile(r"/files/([^/]+)/[^/]+"), seam=Seam.FILE, methods=("GET", "HEAD")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request.

    base           scheme and host of the client's URL
    authorization  the header Authorization
    key            the header Idempotency-Key, or None
    route, task None for unknown URLs
    """

    method: str
    path: str
    query: str
    base: str
    authorization: str
    key: str | None
    body: bytes
    route: Route | None
    task: str | None


def read_call(environ: dict[str, Any]) -> Call:
    """Read a whole request, because responding with unread bytes resets the connection.

    Raises  Refusal (413)
    """
    path = environ.get("PATH_INFO", "/")
    route, task = find_route(path)
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return Call(
        method=environ["REQUEST_METHOD"],
        path=path,
        query=environ.get("QUERY_STRING", ""),
        base=f"http://{host}",
        authorization=environ.get("HTTP_AUTHORIZATION", ""),
        key=environ.get("HTTP_IDEMPOTENCY_KEY") or None,
        body=read_body(environ),
        route=route,
        task=task,
    )


def find_route(path: str) -> tuple[Route, str | None] | tuple[None, None]:
    for route in ROUTES:
        if match := route.pattern.fullmatch(path):
            return route, match[1] if match.re.groups else None
    return None, None


def read_body(environ: dict[str, Any]) -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise Refusal(413, "too_large", f"A request may have {MOST_BYTES} bytes.")
    return bytes(environ["wsgi.input"].read(int(length)))
