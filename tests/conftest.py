"""Fixtures of all tests: a workspace, its people, the first model, and a sandbox."""

import gc
import importlib
import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import clear_url_caches
from django.utils import timezone
from PIL import Image
from pytest_django.fixtures import Settings

from playground import urls
from playground.catalog import shipped
from playground.catalog.models import ModelSpec
from playground.providers import registry
from playground.runs.costs import history
from playground.runs.models import Run, Worker
from playground.runs.pages import kept_cards
from playground.runs.worker import poll_intervals, steps
from playground.schema import opened
from playground.teams.models import ApiKey, Membership, Role, Workspace
from tests.databases import (  # noqa: F401 - pytest looks for them here
    django_db_modify_db_settings,
    new_database,
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_ignore_collect,
)
from tests.distribution import pytest_xdist_make_scheduler  # noqa: F401 - pytest looks for it here
from tests.pseudo_language import (  # noqa: F401 - pytest looks for them here
    pseudo_chinese,
    pseudo_locale,
)
from tests.sandbox_process import SandboxProcess

WORK_SECONDS = 30

# A shell has what it starts in the background ignore Ctrl-C, and so would all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Playwright leaves its event loop in the thread; Django then refuses the database to code that
# comes after a browser test, though nothing of theirs is asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

gc.disable()  # while tests are collected: nothing of that is garbage


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Leave what was collected out of garbage collections, and run these less often.

    Thousands of test items live to the end, and each full collection examined them all again: a
    tenth of the CPU time of the tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


@pytest.fixture(autouse=True)
def _own_folders(settings: Settings, tmp_path: Path) -> None:
    """Give each test its own folders; its background jobs are recorded, not run."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        "default": {
            "BACKEND": "playground.media.storage.DiskStorage",
            "OPTIONS": {"location": settings.MEDIA_ROOT, "allow_overwrite": True},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend", "QUEUES": []}
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_retry_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up after the first retry, without waiting for the usual periods."""
    monkeypatch.setattr("playground.runs.worker.steps.storing.GIVE_UP_BROKEN_FILES", timedelta(0))
    monkeypatch.setattr("playground.runs.worker.steps.storing.NO_OUTPUT_PATIENCE", timedelta(0))
    monkeypatch.setattr("playground.runs.worker.steps.following.LOST_PATIENCE", timedelta(0))


@pytest.fixture(autouse=True)
def _clear_memory_caches() -> None:
    """Clear the in-memory caches of durations, costs and rendered HTML."""
    poll_intervals.learnt.clear()
    kept_cards.kept.clear()
    opened.kept.clear()
    history.clear_cache()


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empty the cache after a test that commits: flushing a database leaves the cache's table.

    Otherwise the rate limits that one test reached would apply to the next.
    """
    marker = request.node.get_closest_marker("django_db")
    is_marked = bool(marker and marker.kwargs.get("transaction"))
    commits = is_marked or "transactional_db" in request.fixturenames
    if commits:
        request.getfixturevalue("transactional_db")
    yield
    if commits:
        cache.clear()


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[SandboxProcess]:
    with SandboxProcess() as process:
        yield process


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess, settings: Settings) -> SandboxProcess:
    """The sandbox, with nothing in it, no waiting and small pictures, which are soon drawn."""
    sandbox_process.reset()
    sandbox_process.small_pictures()
    sandbox_process.durations(queued=0, processing=0)
    settings.SANDBOX_URL = sandbox_process.url
    return sandbox_process


@pytest.fixture
def workspace(db: None) -> Workspace:
    return Workspace.objects.first_one()


@pytest.fixture
def ana(workspace: Workspace) -> User:
    user = User.objects.create_user("ana", password="correct horse")
    Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER)
    return user


@pytest.fixture
def client(ana: User) -> Client:
    client = Client()
    client.force_login(ana)
    return client


@pytest.fixture
def bo(workspace: Workspace) -> Client:
    """Another member of the workspace, logged in."""
    user = User.objects.create_user("bo")
    Membership.objects.create(workspace=workspace, user=user, role=Role.MEMBER)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def api_key(workspace: Workspace, sandbox: SandboxProcess) -> ApiKey:
    return ApiKey.objects.keep(workspace, registry.SANDBOX.slug, sandbox.api_key)


@pytest.fixture
def seedream(db: None) -> ModelSpec:
    return next(spec for spec in shipped.publish_all() if spec.slug == "doubao-seedream-5-0-lite")


@pytest.fixture
def run(workspace: Workspace, ana: User, seedream: ModelSpec, api_key: ApiKey) -> Run:
    """A run that was accepted and not sent yet."""
    return Run.objects.create(
        workspace=workspace,
        author=ana,
        spec=seedream,
        api_key=api_key,
        inputs={"prompt": "a lighthouse", "n": 1, "size": "16:9"},
    )


@pytest.fixture
def worker(db: None) -> Worker:
    """A worker that was heard of just now; the pages miss one where something waits."""
    return Worker.objects.create(name="here.1", seen_at=timezone.now())


@pytest.fixture
def finished(run: Run, work_off: Callable[[], None]) -> Run:
    """A run whose picture is stored."""
    work_off()
    run.refresh_from_db()
    return run


@pytest.fixture
def work_off(db: None) -> Callable[[], None]:
    """Do what the worker does, until no run is left that something will change.

    Time flies meanwhile: what would be tried again later is due at once.
    """

    def work() -> None:
        give_up_at = time.monotonic() + WORK_SECONDS
        tick = threading.Event()
        while (moving := Run.objects.exclude(next_check_at=None)).exists():
            assert time.monotonic() < give_up_at, list(moving.values("status", "problem_message"))
            moving.update(next_check_at=timezone.now())
            ApiKey.objects.update(paused_until=None)
            for pk in Run.objects.due().values_list("pk", flat=True):
                while steps.run_due_step(pk):
                    pass
            tick.wait(0.02)

    return work


@pytest.fixture
def site(settings: Settings) -> Iterator[str]:
    """Django's admin, where ADMIN_PATH puts it."""
    settings.ADMIN_PATH = "back-office"
    reread_urls()
    yield "/back-office/"
    settings.ADMIN_PATH = ""
    reread_urls()


def reread_urls() -> None:
    importlib.reload(urls)
    clear_url_caches()


def picture_bytes(
    size: tuple[int, int] = (64, 48), kind: str = "PNG", colour: str = "teal"
) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind)
    return buffer.getvalue()


def read_body(response: HttpResponseBase) -> bytes:
    """Read a streamed answer to its end, as a browser does: with that its file is closed.

    To close it by hand would end the request, and with it the connection that the test is on.
    """
    assert isinstance(response, StreamingHttpResponse)
    return response.getvalue()
