"""Real Chromium against the real web process, worker and sandbox."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Page, Playwright, expect

from tests.launched import Launched
from tests.sandbox_process import SandboxProcess

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SLUG = "doubao-seedream-5-0-lite"

# Two browsers, two programs and their workers share two cores; a condition that holds ends the
# waiting, so patience costs nothing.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def playwright(playwright: Playwright) -> Iterator[Playwright]:
    """Close the connection that Django opened beside Playwright's event loop.

    Without the loop Django finds an earlier one again, and PostgreSQL drops no database that
    somebody is still connected to.
    """
    yield playwright
    connections.close_all()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Take the browser of the machine, else the one that Playwright installed."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return {**browser_type_launch_args, "executable_path": found, "args": FLAGS}


@pytest.fixture(scope="session")
def launched(
    sandbox_process: SandboxProcess,
    new_database: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Launched]:
    """The program, with a key for a service that the tests can slow down and break."""
    with Launched(
        tmp_path_factory.mktemp("data"),
        DATABASE_URL=new_database(),
        MINDVIDEO_API_KEY=sandbox_process.api_key,
        MINDVIDEO_BASE_URL=sandbox_process.url,
    ) as program:
        yield program


@pytest.fixture
def service(sandbox_process: SandboxProcess) -> SandboxProcess:
    """The service behind the program: nothing in it, a moment's work for each task."""
    sandbox_process.reset()
    sandbox_process.durations(queued=0.2, processing=0.6)
    sandbox_process.small_pictures(640)
    return sandbox_process


@pytest.fixture
def playground(page: Page, launched: Launched, service: SandboxProcess) -> Page:
    """The form of the first model, open."""
    page.goto(f"{launched.url}models/{SLUG}/")
    expect(page.get_by_role("heading", name="Seedream 5 Lite")).to_be_visible()
    return page


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    from tests.conftest import picture_bytes  # noqa: PLC0415 - only where Django is set up

    path = tmp_path / "photo.png"
    path.write_bytes(picture_bytes((640, 480)))
    return path
