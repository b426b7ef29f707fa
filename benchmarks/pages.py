"""Measures the costs of each page and each poll for the server: queries, processor time and bytes.

    .venv/bin/python -m benchmarks.pages sqlite|postgresql [runs]

Fills a new database with a thousand runs of two pictures each, requests each page in this process
with all middleware, and prints a table in Markdown. Milliseconds are the median of the processor
time. The column beside it compares it with /healthz, which says more on a busy machine. Bytes are
the size of the response, compressed by brotli if it is a text. Database connections are closed
after a request as in the program.
"""

import argparse
import logging
import os
import platform
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import brotli  # type: ignore[import-untyped]
import django
from django.core.management import call_command
from selectolax.lexbor import LexborHTMLParser, LexborNode

from benchmarks import gallery
from tests.postgres import PostgresServer

RUNS = 1_000
REPEATS = 40
MOST_SECONDS = 3.0  # for one kind of request
PICTURE_BYTES = 10_000
SCRIPT = {"HX-Request": "true"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The costs of one request; the processor time is in milliseconds."""

    status: int
    queries: int
    processor_ms: float
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """A request of a browser."""

    path: str
    headers: dict[str, str] = field(default_factory=dict)


def main() -> None:
    options = read_options()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        os.environ |= {"DJANGO_SETTINGS_MODULE": "playground.settings", "DATA_DIR": folder}
        os.environ["STATIC_ROOT"] = f"{folder}/static"
        os.environ.pop("DATABASE_URL", None)
        if options.database == "postgresql":
            os.environ["DATABASE_URL"] = stack.enter_context(PostgresServer()).url
        django.setup()
        logging.disable(logging.WARNING)
        call_command("release", verbosity=0)
        gallery.fill(options.runs * gallery.PER_RUN)
        store_pictures()
        measure_all(options.database)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages")
    parser.add_argument("database", choices=["sqlite", "postgresql"])
    parser.add_argument("runs", type=int, nargs="?", default=RUNS)
    return parser.parse_args()


def store_pictures() -> None:
    """Store one picture in all sizes, and let every output use it."""
    from django.core.files.base import ContentFile  # noqa: PLC0415 - after setup
    from django.core.files.storage import default_storage  # noqa: PLC0415 - likewise

    from playground.runs.models import MediaFile  # noqa: PLC0415 - likewise
    from playground.runs.models.media_file import MIDDLE_SIZES  # noqa: PLC0415 - likewise

    name = default_storage.save(
        "benchmark/picture.webp", ContentFile(random.randbytes(PICTURE_BYTES))
    )
    MediaFile.objects.update(original=name, thumbnail=name, **dict.fromkeys(MIDDLE_SIZES, name))


def measure_all(database: str) -> None:
    from django.contrib.auth.models import User  # noqa: PLC0415 - after setup
    from django.test import Client  # noqa: PLC0415 - likewise

    from playground import static_files  # noqa: PLC0415 - likewise

    static_files.provide()
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="ana"))
    client.cookies["timezone"] = "Europe/Berlin"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    load = os.getloadavg()[0]
    print(f"{datetime.now(UTC):%Y-%m-%d}: {database}, {machine}, load {load:.1f}")
    print("\n| page or poll | status | queries | times /healthz | processor ms | bytes |")
    print("| --- | --- | --- | --- | --- | --- |")
    least = 0.0
    for name, request in list_requests(client):
        cost = measure(client, request)
        least = least or cost.processor_ms
        print(
            f"| {name} | {cost.status} | {cost.queries} | {cost.processor_ms / least:.1f} "
            f"| {cost.processor_ms:.1f} | {cost.size_bytes:,} |",
            flush=True,
        )


def list_requests(client: Any) -> Iterator[tuple[str, PageRequest]]:
    """Yield the measured requests and their names. Polls have the parameters of their page."""
    from django.templatetags.static import static  # noqa: PLC0415 - after setup
    from django.urls import reverse  # noqa: PLC0415 - likewise

    from playground.catalog.models import ModelSpec  # noqa: PLC0415 - likewise
    from playground.runs.models import Output, Worker  # noqa: PLC0415 - likewise

    form = ModelSpec.objects.get().get_absolute_url()
    output = Output.objects.filter(run__author__username="ana").latest("stored_at")
    picture = f"/outputs/{output.pk}/"
    yield "/healthz", PageRequest(path="/healthz")
    yield "static file", PageRequest(path=static("css/main.css"))
    yield "thumbnail", PageRequest(path=f"{picture}thumbnail/")
    yield "middle size", PageRequest(path=f"{picture}sizes/medium/")
    yield "form page with the board", PageRequest(path=form)
    yield "form page, board of the team", PageRequest(path=f"{form}?whose=team")
    yield "gallery, 60 tiles", PageRequest(path="/gallery/")
    yield "picture page", PageRequest(path=reverse("picture", args=[output.pk]))
    yield "run page", PageRequest(path=output.run.get_absolute_url())
    yield "poll of the bar, nothing runs", PageRequest(path="/runs/running/", headers=SCRIPT)

    Worker.objects.create(name="benchmark", seen_at=datetime.max.replace(year=9000, tzinfo=UTC))
    yield from list_polls(client, form, [start_run()], "one run in progress")
    yield from list_polls(client, form, [start_run() for _ in range(3)], "four in progress")


def list_polls(
    client: Any, form: str, started: list[Any], what: str
) -> Iterator[tuple[str, PageRequest]]:
    page = client.get(form).text
    team = client.get(f"{form}?whose=team").text
    polled, changed = read_poll(page), read_poll(page).replace(".0", ".1", 1)
    yield f"poll of the board, {what}, nothing new", PageRequest(path=polled, headers=SCRIPT)
    yield f"poll of the board, {what}, one changed", PageRequest(path=changed, headers=SCRIPT)
    yield (
        f"poll of the team's board, {what}, nothing new",
        PageRequest(path=read_poll(team), headers=SCRIPT),
    )
    bar = read_address(client.get("/runs/running/").text, "running")
    yield f"poll of the bar, {what}, nothing new", PageRequest(path=bar, headers=SCRIPT)
    run = started[0].get_absolute_url()
    same = read_address(client.get(run).text, "run")
    yield f"poll of a run's page, {what}, nothing new", PageRequest(path=same, headers=SCRIPT)


def start_run() -> Any:
    """Create a run of ana that is in progress at the provider."""
    from playground.runs.models import Run  # noqa: PLC0415 - after setup

    last = Run.objects.filter(author__username="ana").latest("created_at")
    now = datetime.now(UTC)
    return Run.objects.create(
        workspace=last.workspace, author=last.author, spec=last.spec, api_key=last.api_key,
        inputs=last.inputs, status="processing", task_id=str(uuid.uuid4()), sent_at=now,
        accepted_at=now, next_check_at=now,
    )  # fmt: skip


def read_address(page: str, name: str) -> str:
    """Return the URL that the element with an id polls."""
    (found,) = select(page, f"#{name}")
    return str(found.attributes["hx-get"])


def read_poll(page: str) -> str:
    """Return the URL that the board of a page polls, with the fields of its hx-include."""
    fields = select(page, "#runs input[name=run], #worker input, #scope input")
    pairs = [(str(each.attributes["name"]), each.attributes["value"]) for each in fields]
    address = read_address(page, "live")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(pairs)}"


def select(page: str, selector: str) -> list[LexborNode]:
    return LexborHTMLParser(page).css(selector)


def measure(client: Any, request: PageRequest) -> Cost:
    from django.db import close_old_connections  # noqa: PLC0415 - after setup

    get(client, request)
    cost = count(client, request)
    taken: list[float] = []
    while len(taken) < REPEATS and sum(taken) < MOST_SECONDS:
        began = time.process_time()
        get(client, request)
        close_old_connections()  # as the program does after a request
        taken.append(time.process_time() - began)
    return replace(cost, processor_ms=statistics.median(taken) * 1000)


def count(client: Any, request: PageRequest) -> Cost:
    """Return the costs of a request without the time, which varies."""
    from django.db import connection  # noqa: PLC0415 - after setup

    queries: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        response, content = get(client, request)
    is_text = response.get("Content-Encoding") != "identity" and content[:2] != b"\x1f\x8b"
    return Cost(
        status=response.status_code,
        queries=len(queries),
        processor_ms=0.0,
        size_bytes=len(brotli.compress(content, quality=5)) if is_text else len(content),
    )


def get(client: Any, request: PageRequest) -> tuple[Any, bytes]:
    response = client.get(request.path, headers=request.headers)
    pieces = response.streaming_content if response.streaming else [response.content]
    return response, b"".join(pieces)


if __name__ == "__main__":
    main()
