"""Measures an experiment of 20 by 20 runs: accepting it, its page, and a poll while it runs.

    .venv/bin/python -m benchmarks.experiments sqlite|postgresql

Fills a new database and sends the requests of a browser in this process: views, templates and
queries, without a network and a worker. Prints elapsed milliseconds, and those of this process's
processor time, which depends less on other processes.
"""

import argparse
import hashlib
import logging
import os
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import django
from django.core.management import call_command

from tests.postgres import PostgresServer

SIDE = 20
REPEATS = 15
PRESSES = 3


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.experiments")
    parser.add_argument("database", choices=["sqlite", "postgresql"])
    database = parser.parse_args().database
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "playground.settings",
            "DATA_DIR": folder,
            "SANDBOX_URL": "http://127.0.0.1:9",  # never used, because there is no worker
        }
        os.environ.pop("DATABASE_URL", None)
        if database == "postgresql":
            os.environ["DATABASE_URL"] = stack.enter_context(PostgresServer()).url
        django.setup()
        logging.disable(logging.WARNING)
        call_command("release", verbosity=0)
        measure()


def measure() -> None:
    from django.conf import settings  # noqa: PLC0415 - after setup
    from django.contrib.auth.models import User  # noqa: PLC0415 - likewise
    from django.db import connection  # noqa: PLC0415 - likewise
    from django.test import Client  # noqa: PLC0415 - likewise
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - likewise

    from playground.catalog.models import ModelSpec  # noqa: PLC0415 - likewise
    from playground.experiments.models import Experiment  # noqa: PLC0415 - likewise
    from playground.providers import registry  # noqa: PLC0415 - likewise
    from playground.teams.models import ApiKey, Membership, Role, Workspace  # noqa: PLC0415 - likewise

    settings.ALLOWED_HOSTS = ["*"]
    workspace, user = Workspace.objects.first_one(), User.objects.create_user("bench")
    Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER)
    ApiKey.objects.keep(workspace, registry.SANDBOX.slug, "mv_sandbox_benchmark")
    spec = next(each for each in ModelSpec.objects.current(workspace) if "seedream" in each.slug)
    client = Client()
    client.force_login(user)
    client.get("/gallery/")  # the first request of a process also imports modules: not measured

    accepted = take_times(lambda: press(client, spec.slug), PRESSES)
    print(f"press, {SIDE * SIDE} runs checked and accepted: {spread(accepted)}")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        press(client, spec.slug)
    print(f"queries of a press: {len(queries)}, {sum(float(q['time']) for q in queries):.2f} s")
    time_acceptance()

    experiment = Experiment.objects.order_by("-created_at")[0]
    finish(experiment)
    address = experiment.get_absolute_url()
    page = client.get(address)
    print(f"page: {spread(take_times(lambda: client.get(address)))}, {len(page.content):,} bytes")
    seen = page.text.split("&amp;seen=")[1].split('"')[0]
    waits = f"{address}?rows=0&columns=1&seen={seen}"
    changed = f"{address}?rows=0&columns=1&seen={'p' * 20}{seen[20:]}"
    headers = {"HX-Request": "true"}
    for name, asked in (("nothing new", waits), ("20 cells new", changed)):
        with CaptureQueriesContext(connection) as queries:
            client.get(asked, headers=headers)
        count = len(queries)  # before the next request resets the list
        times = take_times(lambda asked=asked: client.get(asked, headers=headers))  # type: ignore[misc]
        print(f"poll, {name}: {spread(times)}, {count} queries")


def press(client: Any, slug: str) -> None:
    prompts = "\n".join(f"a lighthouse on a cliff above the sea, view {n}" for n in range(SIDE))
    styles = "|".join(f"style {number}" for number in range(SIDE))
    sent = {
        "do": "start",
        "submission": str(uuid.uuid4()),
        "vary:/prompt": "\n".join(
            f"{line}, {{{{style:{styles}}}}}" for line in prompts.splitlines()
        ),
        "vary-variable:style": "*",
    }
    response = client.post(f"/experiments/new/?model={slug}", sent)
    assert response.status_code == 302, response.text[-3_000:]


def time_acceptance() -> None:
    """Print how long the transaction takes that inserts runs, cells and the search index."""
    from playground.experiments import acceptance  # noqa: PLC0415 - after setup
    from playground.experiments.acceptance import PlannedCell  # noqa: PLC0415 - likewise
    from playground.experiments.models import Experiment  # noqa: PLC0415 - likewise
    from playground.runs.costs import prices  # noqa: PLC0415 - likewise

    made = Experiment.objects.order_by("-created_at")[0]
    membership = made.workspace.memberships.get(user=made.author)
    cells = [
        PlannedCell(
            spec=cell.run.spec, coordinates=cell.coordinates,
            inputs=cell.run.inputs, template=cell.run.template,
            estimate=prices.estimate(made.workspace, made.spec, cell.run.inputs),
        )
        for cell in made.cells.select_related("run__spec")
    ]  # fmt: skip
    times = take_times(
        lambda: acceptance.accept(
            membership, spec=made.spec, title="", inputs=made.inputs, axes=made.read_axes(),
            cells=cells, token=uuid.uuid4(), is_shared=True,
        ),
        PRESSES,
    )  # fmt: skip
    print(f"transaction alone, {len(cells)} runs: {spread(times)}")


def finish(experiment: Any) -> None:
    """Finish all runs but one, with one picture each."""
    from django.utils import timezone  # noqa: PLC0415 - after setup

    from playground.runs.models import MediaFile, Output, Run  # noqa: PLC0415 - likewise

    now = timezone.now()
    runs = list(Run.objects.filter(cell__experiment=experiment))[1:]
    Run.objects.filter(pk__in=[run.pk for run in runs]).update(
        status="succeeded", task_id="t", finished_at=now, stored_at=now, next_check_at=None
    )
    files = []
    for run in runs:
        sha256 = hashlib.sha256(run.pk.bytes).hexdigest()
        files.append(
            MediaFile(
                workspace=experiment.workspace, sha256=sha256, kind="image", size_bytes=9,
                content_type="image/png", width=2048, height=2048, original=f"{sha256}.png",
                thumbnail=f"{sha256}.webp",
            )
        )  # fmt: skip
    MediaFile.objects.bulk_create(files)
    Output.objects.bulk_create(
        Output(run=run, position=0, stored_at=now, file=file)
        for run, file in zip(runs, files, strict=True)
    )


def take_times(do: Callable[[], object], repeats: int = REPEATS) -> list[tuple[float, float]]:
    """Return pairs of elapsed seconds and this process's processor seconds."""
    times = []
    for _ in range(repeats):
        clock, own = time.perf_counter(), time.process_time()
        do()
        times.append((time.perf_counter() - clock, time.process_time() - own))
    return times


def spread(times: list[tuple[float, float]]) -> str:
    clock, own = (statistics.median(each) * 1000 for each in zip(*times, strict=True))
    least = min(each for each, _ in times) * 1000
    return f"median {clock:.0f} ms, least {least:.0f} ms, processor {own:.0f} ms"


if __name__ == "__main__":
    main()
