"""Checks that no page, log, export or file contains a stored API key.

A key with recognisable words is stored and used in all requests, commands and provider faults.
Every response, log line, table and file is then searched for these words.
"""

import base64
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import urllib3
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import UUIDConverter
from django.utils import timezone
from django.views import debug
from pytest_django.fixtures import Settings

from playground.catalog.models import ModelSpec
from playground.providers import registry
from playground.runs.models import Output, Run, Upload
from playground.runs.worker import steps
from playground.sandbox.faults import KINDS
from playground.teams.models import ApiKey, Membership, Role, Workspace
from tests.canary import CANARY, CanarySandbox, Collector
from tests.conftest import picture_bytes
from tests.sandbox_process import ROOT, SandboxProcess
from tests.tables import IS_WHOLE, sample

pytestmark = pytest.mark.once

PAGE = "/team/keys/"

# All faults of a provider, except those that take time.
TAKES_TIME = {"slow", "slow_before", "drip", "huge", "packed", "events_endless", "bomb"}
FAULTS = [
    (seam, kind)
    for kind, facts in KINDS.items()
    if kind not in TAKES_TIME
    for seam in sorted(facts.seams)
]
STATUS_FAULTS = [kind for seam, kind in FAULTS if seam == "status" and not KINDS[kind].waits]


@pytest.fixture
def collector(
    db: None, caplog: pytest.LogCaptureFixture, tmp_path: Path, settings: Settings
) -> Iterator[Collector]:
    """Collects responses, logs, tables and files, and searches them for the key after the test."""
    caplog.set_level(logging.DEBUG)
    connection.force_debug_cursor = True  # logs each query with its values
    collector = Collector()
    yield collector
    connection.force_debug_cursor = False
    collector.add_logs(caplog)
    collector.add_database()
    collector.add_files(tmp_path)
    assert collector.places_of_key() == set()
    assert any(source.startswith("table teams_apikey") for source, _ in collector.collected)


@pytest.fixture(scope="module")
def canary_process() -> Iterator[CanarySandbox]:
    with CanarySandbox() as process:
        process.small_pictures(64)
        yield process


@pytest.fixture
def sandbox(canary_process: CanarySandbox, settings: Settings) -> SandboxProcess:
    """A sandbox whose API key is the canary; the run of the fixtures uses this key too."""
    canary_process.reset()
    canary_process.durations(queued=0, processing=0)
    canary_process.small_pictures(64)
    settings.SANDBOX_URL = canary_process.url
    return canary_process


@pytest.fixture
def people(client: Client, workspace: Workspace) -> dict[str, Client]:
    bo = User.objects.create_user("bo")
    Membership.objects.create(workspace=workspace, user=bo, role=Role.MEMBER)
    root = User.objects.create_superuser("root")
    everybody = {"root": Client(), "owner": client, "member": Client(), "stranger": Client()}
    everybody["root"].force_login(root)
    everybody["member"].force_login(bo)
    for somebody in everybody.values():
        somebody.raise_request_exception = False
    return everybody


def typed(secret: str = CANARY) -> dict[str, str]:
    return {"secret": secret, "name": "Bird", "provider": "sandbox", "is_wanted": "on"}


# The search itself


@pytest.mark.parametrize(
    "encoded",
    [
        CANARY,
        json.dumps(CANARY),
        CANARY.encode().hex(),
        *(base64.b64encode(f"{'x' * count}{CANARY}".encode()).decode() for count in range(3)),
    ],
)
def test_the_canary_search_finds_the_key_in_any_encoding(encoded: str) -> None:
    collector = Collector()
    collector.add("here", f"Bearer {encoded}!")
    collector.add("there", "Bearer")
    assert collector.places_of_key() == {"here"}


def test_the_canary_key_is_really_used(finished: Run, sandbox: SandboxProcess) -> None:
    assert finished.outputs.count() == 1
    assert ApiKey.objects.get().secret == CANARY


# Pages


def routes(
    patterns: list[URLPattern | URLResolver], space: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the converters of every URL pattern."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from routes(pattern.url_patterns, space + inner)
        else:
            assert pattern.name, f"{pattern} has no name, so its URL cannot be made"
            known = pattern.pattern.converters
            names = pattern.pattern.regex.groupindex  # includes groups of regular expressions
            yield space + pattern.name, {name: known.get(name) for name in names}


def addresses(words: dict[str, list[str]]) -> Iterator[str]:
    """Yield the URLs of all pages, with every combination of ids and words as arguments."""
    for name, converters in routes(get_resolver().url_patterns):
        choices: list[dict[str, str]] = [{}]
        for argument, converter in converters.items():
            kind = "uuid" if isinstance(converter, UUIDConverter) else argument
            values = words.get(kind, words["other"])
            choices = [{**chosen, argument: value} for chosen in choices for value in values]
        yield from (reverse(name, kwargs=chosen) for chosen in choices)


@pytest.fixture
def words(finished: Run, client: Client, seedream: ModelSpec, site: str) -> dict[str, list[str]]:
    picture = SimpleUploadedFile("a.png", picture_bytes(), "image/png")
    client.post("/uploads/", {"name": "/image_urls", "kind": "image", "file": picture})
    shown = [finished, finished.outputs.get(), Upload.objects.get(), finished.api_key]
    ids = [str(row.pk) for row in shown]
    return {
        "uuid": ids,
        "object_id": [*ids, str(seedream.pk), "1"],
        "app_label": ["teams", "runs", "catalog", "auth"],
        "slug": [seedream.slug],
        "action": ["check", "current", "rename", "again"],
        "other": ["1"],
    }


def test_no_page_contains_the_api_key(
    collector: Collector, people: dict[str, Client], words: dict[str, list[str]]
) -> None:
    assert Output.objects.exists()
    for person in people if IS_WHOLE else ("root", "stranger"):  # who sees most and who sees least
        client = people[person]
        for address in addresses(words):
            collector.add_response(f"{address} for {person}", client.get(address))
    assert any(PAGE in source for source, _ in collector.collected)
    shown = [
        content
        for source, content in collector.collected
        if source.startswith("/back-office/teams/apikey/")
    ]
    assert any(b"wxyz" in content for content in shown)


def test_no_response_to_a_post_contains_the_api_key(
    collector: Collector, people: dict[str, Client], words: dict[str, list[str]]
) -> None:
    ends = (
        "delete",
        "logout",
        "leave",
        "remove",
        "auth/user",
    )  # requests after these would see less
    everywhere = sorted(addresses(words), key=lambda address: any(end in address for end in ends))
    for person in people if IS_WHOLE else ("root",):  # who sees most
        client = people[person]
        for address in sample(everywhere, 60):
            sent = typed() | {"username": "ana", "password": CANARY}
            collector.add_response(f"{address} for {person}", client.post(address, sent))
            collector.add_response(f"{PAGE} for {person}", client.get(PAGE))


# Failures


@pytest.mark.parametrize("fault", sample(FAULTS, 6), ids="-".join)
def test_no_provider_error_contains_the_api_key(
    collector: Collector, client: Client, run: Run, sandbox: SandboxProcess, fault: tuple[str, str]
) -> None:
    seam, kind = fault
    sandbox.fault(seam, kind, count=2)
    for _ in range(8):
        Run.objects.exclude(next_check_at=None).update(next_check_at=timezone.now())
        ApiKey.objects.update(paused_until=None)
        steps.run_due_step(run.pk)
        collector.add_response(f"run after {kind}", client.get(run.get_absolute_url()))
    collector.add_response(f"card after {kind}", client.get(run.spec.get_absolute_url()))


@pytest.mark.parametrize("kind", sample(STATUS_FAULTS, 4))
def test_no_failed_check_reveals_the_key(
    collector: Collector, client: Client, sandbox: SandboxProcess, kind: str
) -> None:
    sandbox.fault("status", kind, count=3)
    collector.add_response("adding", client.post(PAGE, typed(), follow=True))
    for key in ApiKey.objects.all():
        collector.add_response("checking", client.post(f"{PAGE}{key.pk}/check/", follow=True))
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", "--json", stdout=out)
    collector.add("doctor", out.getvalue())


@pytest.mark.parametrize("secret", [f"{CANARY} {CANARY}", CANARY * 30, f"é{CANARY}", f"{CANARY}\0"])
def test_no_field_error_reveals_the_key(
    collector: Collector, client: Client, sandbox: SandboxProcess, secret: str
) -> None:
    response = collector.add_response("refused", client.post(PAGE, typed(secret)))
    assert response.status_code == 422


@pytest.mark.parametrize("how", ["away", "unopened", "erased"])
def test_no_malformed_key_is_shown(
    collector: Collector, client: Client, run: Run, settings: Settings, how: str
) -> None:
    if how == "away":
        settings.SANDBOX_URL = "http://127.0.0.1:9"
    elif how == "unopened":
        settings.ENCRYPTION_KEYS = ["A" * 43 + "="]
    else:
        run.api_key.erase()
    steps.run_due_step(run.pk)
    for address in (run.get_absolute_url(), PAGE, "/readyz", run.spec.get_absolute_url()):
        collector.add_response(address, client.get(address))


# Exceptions


class BrokenError(Exception):
    """An unexpected exception."""


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise an exception inside urllib3, where the frames' variables contain headers and key."""

    def fail(*_: Any, **__: Any) -> None:
        raise BrokenError

    monkeypatch.setattr(urllib3.connectionpool.HTTPConnectionPool, "_make_request", fail)


@pytest.fixture
def report_filter(settings: Settings) -> Iterator[Callable[[str], None]]:
    def use(name: str) -> None:
        settings.DEFAULT_EXCEPTION_REPORTER_FILTER = name
        reset_filter()

    yield use
    reset_filter()


def reset_filter() -> None:
    """Make Django read the setting again."""
    debug.get_default_exception_reporter_filter.cache_clear()  # type: ignore[attr-defined]  # a cache


def fail_to_add(client: Client, kind: str) -> HttpResponseBase:
    client.raise_request_exception = False
    return client.post(PAGE, typed(), headers={"Accept": kind})


@pytest.mark.usefixtures("sandbox", "broken")
@pytest.mark.parametrize("is_debugging", [True, False])
def test_no_exception_report_contains_the_api_key(
    collector: Collector, client: Client, settings: Settings, *, is_debugging: bool
) -> None:
    settings.DEBUG = is_debugging
    for kind in ("text/html", "text/plain"):
        response = collector.add_response("report", fail_to_add(client, kind))
        assert response.status_code == 500
        assert (b"BrokenError" in collector.collected[-2][1]) == is_debugging


def test_djangos_own_filter_would_reveal_the_key_in_a_report(
    client: Client,
    sandbox: SandboxProcess,
    settings: Settings,
    broken: None,
    report_filter: Callable[[str], None],
) -> None:
    settings.DEBUG = True
    report_filter("django.views.debug.SafeExceptionReporterFilter")
    collector = Collector()
    collector.add_response("report", fail_to_add(client, "text/html"))
    assert collector.places_of_key() == {"report"}


def test_no_interrupted_step_reveals_the_key(
    collector: Collector, client: Client, run: Run, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    steps.run_due_step(run.pk)
    assert "BrokenError" in caplog.text
    collector.add_response("run", client.get(run.get_absolute_url()))


# Commands


def test_no_export_contains_the_api_key(collector: Collector, api_key: ApiKey) -> None:
    for words in (["dumpdata"], ["dumpdata", "--format", "xml"], ["rotate_keys"]):
        out = StringIO()
        call_command(*words, stdout=out)
        collector.add(" ".join(words), out.getvalue())
        assert out.getvalue()


@pytest.mark.slow
def test_no_file_in_the_data_folder_contains_an_api_key_of_the_environment(tmp_path: Path) -> None:
    collector = Collector()
    where = {"DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/p.sqlite3"}
    given = {"MINDVIDEO_API_KEY": CANARY, "MINDVIDEO_BASE_URL": "http://127.0.0.1:9"}
    for command in (["release"], ["rotate_keys"], ["doctor", "--json"], ["dumpdata"]):
        ended = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=os.environ | {"DEBUG": "on"} | where | given,
            capture_output=True,
            timeout=60,
            check=False,
        )
        collector.add(command[0], ended.stdout + ended.stderr)
    collector.add_files(tmp_path)
    assert collector.places_of_key() == set()
    assert any(
        b"wxyz" in content for source, content in collector.collected if source.startswith("file ")
    )


def test_no_debug_page_shows_a_key_of_the_environment(
    collector: Collector, client: Client, workspace: Workspace, settings: Settings, broken: None
) -> None:
    settings.MINDVIDEO_API_KEY = CANARY
    settings.DEBUG = True
    settings.SANDBOX_URL = ""
    settings.MINDVIDEO_BASE_URL = "http://127.0.0.1:9"
    ApiKey.objects.keep(workspace, registry.MINDVIDEO.slug, CANARY)
    for address in (PAGE, "/nowhere/"):
        client.raise_request_exception = False
        collector.add_response(address, client.post(address, typed()))
