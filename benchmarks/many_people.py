"""Measures many people who generate at the same time, each with an open page that polls.

    .venv/bin/python -m benchmarks.many_people [people] [--presses 6]

Starts the program with its own sandbox and creates an account for each person. All press Generate
at the same moment, poll like their pages, load the picture, and press again. Prints a table in
Markdown: the wait for each press without the time of its task, the number of responses, and the
processor time and memory of the program's processes, without the sandbox and the simulated people.
The memory is the PSS, in which shared pages are divided among the processes that share them.
"""

import argparse
import json
import os
import platform
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
import psutil
import requests

from benchmarks.main_job import as_seconds, find_database
from tests import html
from tests.launched import ROOT, Launched
from tests.sandbox_process import SandboxProcess
from tests.schema import browser

PEOPLE, PRESSES = 50, 6
QUEUED, PROCESSING = (0.05, 0.15), (2.5, 3.3)
FORM = "/models/doubao-seedream-5-0-lite/"
GIVE_UP_SECONDS = 180
HTMX = {"HX-Request": "true"}
CARD = re.compile(r'name="run" value="([^"]+)"')
POLL = re.compile(r'hx-get="(/runs/live/[^"]*)"')
PACE = re.compile(r'hx-trigger="every (\d+)ms"')
PICTURE = re.compile(r'<img[^>]*? src="(/[^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """The times of a press and of its picture, in seconds since 1970, and the number of polls."""

    run: uuid.UUID
    pressed: float
    seen: float
    polls: int


@dataclass(slots=True)
class Person:
    """A simulated person who is logged in and has the form open."""

    url: str
    cookie: tuple[str, str]
    presses: list[Press] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    http: requests.Session = field(default_factory=requests.Session)

    def work(self, presses: int, together: threading.Barrier) -> None:
        self.http.trust_env = False
        self.http.cookies.set(*self.cookie, domain="127.0.0.1")
        page = self.http.get(f"{self.url}{FORM}", timeout=GIVE_UP_SECONDS).text
        together.wait()
        for _ in range(presses):
            try:
                self.presses.append(self.press(page, f"A harbour, {uuid.uuid4()}"))
            except (requests.RequestException, LookupError) as error:
                self.lost.append(repr(error))

    def press(self, page: str, prompt: str) -> Press:
        """Press Generate, and poll until the picture can be loaded.

        Raises requests.RequestException, or LookupError for a response without a card or picture
        """
        form = next(each for each in html.parse(page).iter("form") if each.get("id") == "form")
        browser.fill(form, "/prompt", prompt)
        fields = [(name, value) for name, values in browser.send(form).lists() for value in values]
        fields = [
            (name, str(uuid.uuid4()) if name == "submission" else value) for name, value in fields
        ]
        pressed = time.time()
        response = self.send("POST", FORM, data=fields)
        text, poll_after = response.text, 0
        card, address, pace = find(CARD, text), find(POLL, text), int(find(PACE, text))
        polls = 0
        while not (pictures := PICTURE.findall(text)):
            if time.time() > pressed + GIVE_UP_SECONDS:
                raise LookupError("no picture")
            time.sleep(max(pace, poll_after) / 1000)
            response = self.send("GET", address, params={"run": card})
            text, poll_after = response.text, int(response.headers.get("Poll-After", 0))
            polls += 1
            card = next(iter(CARD.findall(text)), card)
            address = next(iter(POLL.findall(text)), address)
            pace = int(next(iter(PACE.findall(text)), pace))
        self.send("GET", pictures[0])
        run = uuid.UUID(card.split(".")[0])
        return Press(run=run, pressed=pressed, seen=time.time(), polls=polls)

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        response = self.http.request(
            method, f"{self.url}{path}", headers=HTMX, timeout=GIVE_UP_SECONDS, **options
        )
        response.raise_for_status()
        return response


def find(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if not found:
        raise LookupError(f"no {pattern.pattern} in a response of {len(text)} characters")
    return found[1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many_people")
    parser.add_argument("people", type=int, nargs="?", default=PEOPLE)
    parser.add_argument("--presses", type=int, default=PRESSES)
    parser.add_argument("--make-accounts", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make_accounts:
        django.setup()
        print(json.dumps(make_accounts(options.people)))
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        SandboxProcess() as service,
        Launched(
            Path(folder), MINDVIDEO_API_KEY=service.api_key, MINDVIDEO_BASE_URL=service.url
        ) as program,
    ):
        service.durations(queued=QUEUED, processing=PROCESSING)
        service.small_pictures(640)  # drawn quickly, because the sandbox shares the processor
        people = [
            Person(program.url.rstrip("/"), (name, value))
            for name, value in request_accounts(program, options.people)
        ]
        before = count_processor_seconds(program)
        measure(people, options.presses)
        spent = count_processor_seconds(program) - before
        memory = sum(process.memory_full_info().pss for process in find_processes(program))
        tasks = read_tasks(Path(folder), service)
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"{datetime.now(UTC):%Y-%m-%d}: {machine}, load {os.getloadavg()[0]:.1f}; ", end="")
    print(f"{options.people} people, {options.presses} presses each\n")
    print_table(people, tasks, options.people * options.presses, spent, memory)


def make_accounts(count: int) -> list[tuple[str, str]]:
    """Create members of the demo's workspace; return the session cookie of each."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - only after django.setup()

    from playground.teams.models import Membership, Role, Workspace  # noqa: PLC0415
    from tests.browser.sample_workspaces import log_in  # noqa: PLC0415

    workspace = Workspace.objects.get()
    cookies = []
    for number in range(count):
        user = User.objects.create_user(f"person{number}")
        Membership.objects.create(user=user, workspace=workspace, role=Role.MEMBER)
        cookies.append(log_in(user, workspace))
    return cookies


def request_accounts(program: Launched, count: int) -> list[tuple[str, str]]:
    command = [sys.executable, "-m", "benchmarks.many_people", str(count), "--make-accounts"]
    environment = program.environment | {"DJANGO_SETTINGS_MODULE": "playground.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return [(name, value) for name, value in json.loads(done.stdout)]


def measure(people: list[Person], presses: int) -> None:
    together = threading.Barrier(len(people))
    with ThreadPoolExecutor(len(people)) as pool:
        for done in [pool.submit(each.work, presses, together) for each in people]:
            done.result()


def read_tasks(folder: Path, service: SandboxProcess) -> dict[uuid.UUID, dict[str, Any]]:
    """Return the sandbox's record of the task of each run."""
    known = {each["task"]: each for each in service.ledger()["tasks"]}
    with sqlite3.connect(f"file:{find_database(folder)}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT id, task_id FROM runs_run WHERE task_id != ''")
        return {uuid.UUID(run): known[task] for run, task in rows}


def find_seconds(task: dict[str, Any]) -> float:
    """Return how long a task took."""
    return as_seconds(task["ended"]) - as_seconds(task["submitted"])


def find_processes(program: Launched) -> Iterable[psutil.Process]:
    root = psutil.Process(program.process.pid)
    return [root, *root.children(recursive=True)]


def count_processor_seconds(program: Launched) -> float:
    """Return the processor time of the program's processes and of their ended children."""
    return sum(sum(process.cpu_times()[:4]) for process in find_processes(program))


def print_table(
    people: list[Person],
    tasks: dict[uuid.UUID, dict[str, Any]],
    wanted: int,
    spent: float,
    memory: int,
) -> None:
    presses = [press for person in people for press in person.presses]
    added = sorted(press.seen - press.pressed - find_seconds(tasks[press.run]) for press in presses)
    print("| what | measured |\n| --- | --- |")
    print(f"| presses with a picture | {len(presses)} of {wanted} |")
    print(f"| wait beyond the task, mean | {statistics.mean(added):.2f} s |")
    print(f"| wait beyond the task, 95th percentile | {added[int(len(added) * 0.95)]:.2f} s |")
    print(f"| polls for one press, mean | {statistics.mean(each.polls for each in presses):.1f} |")
    print(f"| processor time of the program | {spent:.1f} s |")
    print(f"| memory of the program (PSS) | {memory / 2**20:.0f} MiB |")
    for lost in sorted({lost for person in people for lost in person.lost}):
        print(f"\nLost: {lost}")


if __name__ == "__main__":
    main()
