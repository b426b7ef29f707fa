"""Measures how long the server takes for pages of a gallery of a hundred thousand pictures.

    .venv/bin/python -m benchmarks.gallery sqlite|postgresql [pictures] [--minutes N]

Fills a new database, then requests pages in this process: views, templates and queries, without a
network. Also measures a form with budgets and the usage page. Prints a table of milliseconds. Each
request is repeated for `MOST_SECONDS` at most.

Filling takes a minute or two for a hundred thousand pictures. For a million, pass 1000000. It stops
after `--minutes` (30); the table is then for the pictures created until then.
"""

import argparse
import io
import logging
import os
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import batched
from typing import Any

import django
from django.core.management import call_command
from PIL import Image

from tests.postgres import PostgresServer

PER_RUN = 2
PAGE = 60
REPEATS = 40
MOST_SECONDS = 10.0  # for the repetitions of a request
FILLING_MINUTES = 30.0
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
SIZES = {"16:9": (2560, 1440), "1:1": (2048, 2048), "2:3": (1664, 2496), "21:9": (3024, 1296)}
THINGS = [
    "lighthouse",
    "harbour",
    "orchard",
    "city",
    "forest",
    "dog",
    "mountain",
    "金毛犬",
    "花园",
    "灯塔",
]
MANNERS = [
    "sunset",
    "in fog",
    "at night",
    "in spring",
    "painted in gouache",
    "阳光明媚",
    "as a photograph",
]


def main() -> None:
    options = read_options()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        os.environ |= {"DJANGO_SETTINGS_MODULE": "playground.settings", "DATA_DIR": folder}
        os.environ.pop("DATABASE_URL", None)
        if options.database == "postgresql":
            os.environ["DATABASE_URL"] = stack.enter_context(PostgresServer()).url
        django.setup()
        logging.disable(logging.WARNING)  # each rejected upload would log one
        call_command("release", verbosity=0)
        began = time.monotonic()
        filled = fill(options.pictures, options.minutes)
        print(f"filled with {filled:,} pictures in {time.monotonic() - began:.0f} s")
        measure(filled)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gallery")
    parser.add_argument("database", choices=["sqlite", "postgresql"])
    parser.add_argument("pictures", type=int, nargs="?", default=100_000)
    parser.add_argument("--minutes", type=float, default=FILLING_MINUTES)
    return parser.parse_args()


def fill(pictures: int, minutes: float = FILLING_MINUTES) -> int:
    """Create runs with two pictures each, by three people, spread over the months until now.

    Returns the number of created pictures, which is smaller after a timeout.
    """
    from django.contrib.auth.models import User  # noqa: PLC0415 - after setup
    from django.db import connection  # noqa: PLC0415 - likewise

    from playground.catalog.models import ModelSpec  # noqa: PLC0415 - likewise
    from playground.gallery import search_index  # noqa: PLC0415 - likewise
    from playground.runs.models import MediaFile, Output, Run  # noqa: PLC0415 - likewise
    from playground.teams import providers_in_use  # noqa: PLC0415 - likewise
    from playground.teams.models import (  # noqa: PLC0415 - likewise
        ApiKey,
        Membership,
        Workspace,
    )

    chance = random.Random(1)
    workspace = Workspace.objects.first_one()
    people = [User.objects.create_user(name) for name in ("ana", "bo", "cy")]
    for person in people:
        Membership.objects.create(workspace=workspace, user=person, role="owner")
    key = ApiKey.objects.store(workspace, providers_in_use.slugs()[0], "mv_live_benchmark")
    spec = ModelSpec.objects.current(workspace)[0]
    span = datetime.now(UTC) - BEGAN
    ends, filled = time.monotonic() + minutes * 60, 0
    for numbers in batched(range(pictures // PER_RUN), 1_000):
        runs, files, outputs = [], [], []
        for number in numbers:
            at = BEGAN + span * number / (pictures // PER_RUN)
            run = make_run(chance, at, workspace=workspace, spec=spec, api_key=key)
            run.author = people[number % 3]
            runs.append(run)
            width, height = SIZES[run.inputs["size"]]
            for position in range(PER_RUN):
                file = MediaFile(
                    workspace=workspace, sha256=uuid.uuid4().hex * 2, kind="image",
                    content_type="image/jpeg", size_bytes=900_000, width=width, height=height,
                    original=f"{number}.jpg", thumbnail=f"{number}.webp",
                    placeholder="data:image/webp;base64," + "A" * 120,
                    perceptual_hash=chance.randbytes(50),
                )  # fmt: skip
                files.append(file)
                outputs.append(
                    Output(run=run, position=position, file=file, stored_at=at,
                           stars=chance.choice((0, 0, 0, 3, 5)))
                )  # fmt: skip
        at_of = {run.pk: run.created_at for run in runs}
        Run.objects.bulk_create(runs)
        for run in runs:
            run.created_at = at_of[run.pk]  # bulk_create set it to the current time (auto_now_add)
        Run.objects.bulk_update(runs, ["created_at"], batch_size=250)
        MediaFile.objects.bulk_create(files)
        Output.objects.bulk_create(outputs)
        search_index.index_runs(runs)
        filled += len(outputs)
        if time.monotonic() > ends:
            break
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return filled


def make_run(chance: random.Random, at: datetime, **facts: Any) -> Any:
    from playground.runs.models import Run  # noqa: PLC0415 - after setup

    inputs: dict[str, Any] = {
        "prompt": f"a {chance.choice(THINGS)} {chance.choice(MANNERS)}, {chance.choice(THINGS)}",
        "size": chance.choice(tuple(SIZES)), "resolution": chance.choice(("2k", "2k", "2k", "4k")),
        "n": PER_RUN, "output_format": "jpeg",
    }  # fmt: skip
    if chance.random() < 0.001:
        inputs["prompt"] += " with a zeppelin"
    cost = Decimal("0.126") if inputs["resolution"] == "4k" else Decimal("0.063")
    return Run(
        inputs=inputs, status="succeeded", task_id=str(uuid.uuid4()), created_at=at, sent_at=at,
        accepted_at=at, finished_at=at + timedelta(seconds=9), stored_at=at, history_at=at,
        next_check_at=None, cost_expected=cost, cost_estimate=cost, cost_actual=cost, **facts,
    )  # fmt: skip


def measure(pictures: int) -> None:
    from django.contrib.auth.models import User  # noqa: PLC0415 - after setup
    from django.test import Client  # noqa: PLC0415 - likewise

    from playground.teams.models import Workspace  # noqa: PLC0415 - likewise

    Workspace.objects.update(monthly_budget=1_000_000, daily_budget=1_000_000)
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="ana"))
    pages = pictures // PAGE - 1
    deep, middle = cursor_at(min(500, pages)), cursor_at(min(300, pages))
    for name, path in {
        "first page": "/gallery/",
        "page 500": f"/gallery/?after={deep}",
        "search, many": "/gallery/?q=lighthouse",
        "search, few": "/gallery/?q=zeppelin",
        "search, Chinese": "/gallery/?q=金毛",
        "search, far below": f"/gallery/?q=lighthouse&after={middle}",
        "filters": "/gallery/?person=bo&shape=wide&stars=3&in.resolution=4k",
        "search and filters": "/gallery/?q=dog&in.resolution=4k&in.size=16:9&least=0.1",
        "nothing found": "/gallery/?q=zeppelin&in.resolution=8k",
        "counts and choices": "/gallery/filters/",
        "counts, one chosen": "/gallery/filters/?person=bo",
        "counts, four chosen": "/gallery/filters/?person=bo&shape=wide&stars=3&in.resolution=4k",
        "counts, words": "/gallery/filters/?q=lighthouse&shape=wide",
        "counts, nothing found": "/gallery/filters/?q=zeppelin&in.resolution=8k",
        "looks like": f"/gallery/find-by-picture/?look={first_hash()}",
        "form of a model": "/models/doubao-seedream-5-0-lite/",
        "usage of a month": "/team/usage/",
    }.items():
        print_row(name, partial(client.get, path))
    print_row("dropped picture", partial(drop, client, draw_picture()), status=422)


def first_hash() -> str:
    from playground.runs.models import MediaFile  # noqa: PLC0415 - after setup

    perceptual_hash = MediaFile.objects.values_list("perceptual_hash", flat=True)[0]
    return bytes(perceptual_hash or b"").hex()


def draw_picture() -> bytes:
    """Return a picture that is not in the gallery, as large as the others."""
    buffer = io.BytesIO()
    Image.effect_mandelbrot((2560, 1440), (-2, -1.2, 1, 1.2), 40).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def drop(client: Any, content: bytes) -> Any:
    return client.post("/gallery/find-by-picture/", {"file": io.BytesIO(content)})


def cursor_at(page: int) -> str:
    from urllib.parse import quote  # noqa: PLC0415 - only used here

    from playground.gallery import pages  # noqa: PLC0415 - after setup
    from playground.runs.models import Output  # noqa: PLC0415 - likewise

    outputs = Output.objects.order_by(*pages.NEWEST_FIRST).select_related("run")
    return quote(str(pages.cursor_of(outputs[page * PAGE - 1])))


def print_row(name: str, send: Callable[[], Any], status: int = 200) -> None:
    from django.db import connection  # noqa: PLC0415 - after setup

    queries: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    send()
    with connection.execute_wrapper(note):
        response = send()
    assert response.status_code == status, (name, response.status_code)
    taken = sorted(measure_seconds(send))
    p95 = taken[int(len(taken) * 0.95)]
    print(
        f"{name:<22}{statistics.median(taken) * 1000:7.1f}{p95 * 1000:7.1f} ms  "
        f"{len(queries):2} queries  {len(response.content) / 1000:6.0f} kB"
    )


def measure_seconds(send: Callable[[], Any]) -> Iterator[float]:
    ends = time.perf_counter() + MOST_SECONDS
    for _ in range(REPEATS):
        if time.perf_counter() > ends:
            return
        began = time.perf_counter()
        send()
        yield time.perf_counter() - began


if __name__ == "__main__":
    main()
