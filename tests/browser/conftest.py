"""Fixtures: Chromium with the real web process, worker and sandbox."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connections
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect
from pytest_django.plugin import DjangoDbBlocker

from tests.browser.sample_workspaces import SampleWorkspace
from tests.launched import ROOT, Launched
from tests.longer_language import write_catalogs
from tests.sandbox_process import SandboxProcess

if TYPE_CHECKING:
    from tests.teams.sign_on_service import SignOnService

BROWSERS = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
    "google-chrome-stable",
)  # fmt: skip
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "a long walk home"
ROLES = {
    "Viewer": "Viewer: sees and downloads everything",
    "Member": "Member: sees everything and generates",
}
SLUG = "doubao-seedream-5-0-lite"

# `make throttled` sets these: the factor by which the browser's CPU is slower, and the delay of
# each response in milliseconds.
THROTTLE_CPU = int(os.environ.get("THROTTLE_CPU", "1"))
THROTTLE_LATENCY_MS = int(os.environ.get("THROTTLE_LATENCY_MS", "0"))
IS_THROTTLED = THROTTLE_CPU > 1 or THROTTLE_LATENCY_MS > 0

# Two browsers, two programs and their workers share two cores. Waiting ends when a condition holds,
# so long timeouts cost nothing.
expect.set_options(timeout=60_000 if IS_THROTTLED else 20_000)


@pytest.fixture(scope="session")
def playwright(playwright: Playwright) -> Iterator[Playwright]:
    """Close the database connection that Django opened while Playwright's event loop was running.

    After the loop Django uses an earlier connection, and PostgreSQL drops no database with open
    connections.
    """
    yield playwright
    connections.close_all()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the machine's browser, or else the one that Playwright installed."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return {**browser_type_launch_args, "executable_path": found, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Ask for reduced motion: animations took a fifth of the processor time."""
    return {**browser_context_args, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[SandboxProcess]:
    """A sandbox only for the programs of browser tests.

    These programs run for the whole session: their workers would be affected by the faults of other
    tests, and add charges to their ledgers.
    """
    with SandboxProcess() as process:
        yield process


@pytest.fixture(scope="session")
def launched(
    sandbox_process: SandboxProcess,
    new_database: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Launched]:
    """The program, with an API key for a sandbox in which tests inject delays and faults."""
    with Launched(
        tmp_path_factory.mktemp("data"),
        DATABASE_URL=new_database(),
        MINDVIDEO_API_KEY=sandbox_process.api_key,
        MINDVIDEO_BASE_URL=sandbox_process.url,
    ) as program:
        yield program


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The program with accounts: nobody is logged in, and ana owns its workspace, Studio."""

    program: Launched
    sign_on: "SignOnService"
    cookies: list[Any]  # of a browser with ana's session

    def visit(self, page: Page, path: str = "") -> None:
        page.goto(f"{self.program.url}{path}")

    def log_in(self, page: Page, name: str = "ana") -> None:
        self.visit(page, "login/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("button", name=f"You: {name}")).to_be_visible()

    def invite(self, owner: Page, role: str = "Member") -> str:
        """Create an invitation link on the page of an owner; return it."""
        self.visit(owner, "team/")
        owner.get_by_label("Role", exact=True).select_option(label=ROLES[role])
        owner.get_by_role("button", name="Create invite link").click()
        return owner.get_by_label("Link of the invitation").input_value()


@pytest.fixture(scope="session")
def team(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Team]:
    """The program as it is served, with a single sign-on; its owner was made on the setup page."""
    from tests.teams.sign_on_service import run_sign_on_service  # noqa: PLC0415 - see photo

    with (
        run_sign_on_service() as sign_on,
        Launched(
            tmp_path_factory.mktemp("team"),
            mode="serve",
            DATABASE_URL=new_database(),
            OIDC_SERVER_URL=sign_on.url,
            OIDC_CLIENT_ID=sign_on.client_id,
            OIDC_CLIENT_SECRET=sign_on.secret,
            OIDC_NAME="Acme",
        ) as program,
    ):
        setup = next(line for line in program.lines if "/setup/?token=" in line).split()[-1]
        page = browser.new_page()
        page.goto(setup)
        page.get_by_label("Workspace name").fill("Studio")
        page.get_by_label("Username").fill("ana")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Begin").click()
        expect(page.get_by_role("button", name="You: ana in Studio")).to_be_visible()
        cookies = page.context.cookies()
        page.context.close()
        yield Team(program=program, sign_on=sign_on, cookies=cookies)


@pytest.fixture(scope="session")
def sample_workspaces(
    sandbox_process: SandboxProcess,
    new_database: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Launched, dict[str, SampleWorkspace]]]:
    """The program with a workspace for each kind of names, also in the generated languages."""
    catalogs = tmp_path_factory.mktemp("locale")
    write_catalogs(catalogs)
    program = Launched(
        tmp_path_factory.mktemp("sample_workspaces"),
        mode="serve",
        DATABASE_URL=new_database(),
        MINDVIDEO_API_KEY=sandbox_process.api_key,
        MINDVIDEO_BASE_URL=sandbox_process.url,
        STYLEGUIDE="on",
        LOCALE_DIR=str(catalogs),
    )
    with program:
        settings = {"DJANGO_SETTINGS_MODULE": "playground.settings"}
        command = [sys.executable, "-m", "tests.browser.sample_workspaces"]
        done = subprocess.run(
            command, cwd=ROOT, env=program.environment | settings, check=True, capture_output=True
        )
        workspaces = json.loads(done.stdout.splitlines()[-1])
        yield program, {kind: SampleWorkspace(**room) for kind, room in workspaces.items()}


@pytest.fixture
def visit(
    sample_workspaces: tuple[Launched, dict[str, SampleWorkspace]], browser: Browser
) -> Iterator[Callable[..., Page]]:
    """Opens a page as the owner of the workspace with a kind of names, or logged out."""
    program, workspaces = sample_workspaces
    opened: list[BrowserContext] = []

    def open_page(
        kind: str,
        path: str,
        *,
        is_logged_in: bool = True,
        prepare: Callable[[Page], None] | None = None,
        **options: Any,
    ) -> Page:
        context = browser.new_context(**options)
        opened.append(context)
        name, value = workspaces[kind].cookie
        if is_logged_in:
            context.add_cookies([{"name": name, "value": value, "url": program.url}])
        page = context.new_page()
        if prepare:
            prepare(page)
        page.goto(f"{program.url}{workspaces[kind].paths.get(path, path)}")
        return page

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def service(
    sandbox_process: SandboxProcess,
    request: pytest.FixtureRequest,
    django_db_blocker: DjangoDbBlocker,
) -> SandboxProcess:
    """The sandbox of the program, after a reset, with short durations of tasks."""
    if "launched" in request.fixturenames:
        delete_runs(request.getfixturevalue("launched"), django_db_blocker)
    sandbox_process.reset()
    sandbox_process.durations(queued=0.05, processing=0.1)
    sandbox_process.small_pictures(640)
    return sandbox_process


def throttle(page: Page, *, cpu: int = THROTTLE_CPU, latency_ms: int = THROTTLE_LATENCY_MS) -> None:
    """Throttle a page, as Chromium's developer tools do."""
    tools = page.context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": cpu})
    unlimited = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", {"latency": latency_ms, **unlimited})


@pytest.fixture
def page(page: Page) -> Page:
    """Throttle the page in `make throttled`."""
    if IS_THROTTLED:
        throttle(page)
    return page


def focus_by_tab(page: Page, target: Locator) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(80):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


def open_without_draft(page: Page, url: str) -> None:
    """Open a form without the draft of another test."""
    page.goto(url)
    if page.locator("#draft time").count():
        page.get_by_role("button", name="History", exact=True).click()
        with page.expect_navigation():
            page.get_by_role("button", name="Reset to defaults").click()
    expect(page.locator("#draft time")).to_have_count(0)


def delete_runs(program: Launched, blocker: DjangoDbBlocker) -> None:
    """Delete the runs of earlier tests in a program, and the pauses of its API keys.

    A run that waits for the end of a pause would be sent and charged while the next test counts
    charges, and a card with the same prompt could be mistaken for the card of the next test.
    """
    from playground.runs.models import Run  # noqa: PLC0415 - see photo
    from playground.teams.models import ApiKey  # noqa: PLC0415
    from tests.chaos.invariants import ALIAS, open_database  # noqa: PLC0415

    with blocker.unblock(), open_database(program.environment["DATABASE_URL"]):
        while Run.objects.using(ALIAS).exists():
            with contextlib.suppress(IntegrityError):  # the worker just wrote to one of them
                Run.objects.using(ALIAS).all().delete()
        ApiKey.objects.using(ALIAS).update(paused_until=None)


@pytest.fixture
def playground(
    page: Page,
    launched: Launched,
    service: SandboxProcess,
) -> Page:
    """The page of the first model's form."""
    open_without_draft(page, f"{launched.url}models/{SLUG}/")
    expect(page.get_by_role("heading", name="Seedream 5 Lite")).to_be_visible()
    return page


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    from tests.conftest import picture_bytes  # noqa: PLC0415 - only where Django is set up

    path = tmp_path / "photo.png"
    path.write_bytes(picture_bytes((640, 480)))
    return path
