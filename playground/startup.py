"""Waits until all started processes are ready, and reports progress.

There is no timeout, because a busy machine is slow. The start fails only if a process dies.
"""

import contextlib
import http.client
import json
import os
import select
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playground.supervision import STOPPING

SAY_EVERY_SECONDS = 10.0
LOOK_SECONDS = 0.1
LAST_LINES = 20
NO_ANSWER = (OSError, http.client.HTTPException)

# Requests to our own processes ignore the proxy settings of the environment.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The started processes.

    host       Host header for requests to the pages
    sandbox URL of the sandbox; "" for none
    logs       folder with a log for each process
    log_bytes  {process: size of its log before this start}
    """

    url: str
    host: str
    sandbox: str
    logs: Path
    log_bytes: dict[str, int]

    def log_of(self, name: str) -> Path:
        return self.logs / f"{name}.log"


@dataclass(slots=True)
class NotReady:
    """Parts that are not ready: names of processes, and other problems in sentences."""

    processes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.processes or self.problems)


def wait_until_ready(start: Start, reports: int) -> str:
    """Wait until everything is ready; return "", or the name of the process that died.

    reports  the pipe of supervision.py
    Raises   EOFError if the supervisor has ended, as after Ctrl-C
    """
    missing = [NotReady(processes=["web"])]
    ready = threading.Event()
    threading.Thread(target=watch, args=(start, missing, ready), daemon=True).start()
    began_at = said_at = time.monotonic()
    while not ready.is_set():
        if died := read_report(reports):
            return died
        now = time.monotonic()
        if now - said_at >= SAY_EVERY_SECONDS:
            said_at = now
            print_waiting(missing[0], now - began_at, start.logs)
    return ""


def read_report(pipe: int) -> str:
    """Return the name of a process that died, or "" after a timeout. Raises EOFError."""
    if not select.select([pipe], [], [], LOOK_SECONDS)[0]:
        return ""
    content = os.read(pipe, 65536)  # writes up to PIPE_BUF are atomic, so names are complete
    if not content:
        raise EOFError
    return content.decode().splitlines()[0]


def watch(start: Start, missing: list[NotReady], ready: threading.Event) -> None:
    """Check repeatedly what is missing; in a thread, because a response may take long."""
    while found := find_missing(start):
        missing[0] = found
        time.sleep(LOOK_SECONDS)
    ready.set()


def find_missing(start: Start) -> NotReady:
    missing = find_problems(f"{start.url}readyz", start.host)
    if start.sandbox and not is_answering(f"{start.sandbox}/healthz"):
        missing.processes.append("sandbox")
    return missing


def find_problems(url: str, host: str) -> NotReady:
    """Return the problems on /readyz; the web process if it does not answer."""
    request = urllib.request.Request(url, headers={"Host": host})  # noqa: S310 - our own address
    try:
        with DIRECT.open(request):
            return NotReady()
    except urllib.error.HTTPError as error:
        with contextlib.suppress(ValueError, LookupError, AttributeError), error:
            problems = dict(json.load(error)["problems"])
            is_worker = problems.pop("worker", None) is not None
            return NotReady(["worker"] * is_worker, [str(each) for each in problems.values()])
        return NotReady(["web"], [f"The web process answers with {error.code}."])
    except NO_ANSWER:
        return NotReady(["web"])


def is_answering(url: str) -> bool:
    try:
        with DIRECT.open(url):
            return True
    except NO_ANSWER:
        return False


def print_waiting(missing: NotReady, seconds: float, logs: Path) -> None:
    named = ", ".join(f"{name} (starting for {seconds:.0f} s)" for name in missing.processes)
    words = " ".join([named, *missing.problems]).strip()
    print(f"still waiting for: {words}… Logs: {logs}", flush=True)  # noqa: T201


def print_death(start: Start, name: str) -> None:
    """Print the last lines that a process wrote to its log since this start."""
    log = start.log_of(name)
    lines: deque[str] = deque(maxlen=LAST_LINES)
    with contextlib.suppress(OSError), log.open(errors="replace") as file:
        file.seek(start.log_bytes.get(name, 0))
        lines.extend(file)
    last_lines = "".join(f"    {line.rstrip()}\n" for line in lines) or "    (nothing)\n"
    print(  # noqa: T201
        f"playground: {name} ended while it was starting. Its last lines in {log}:\n{last_lines}",
        end="",
        file=sys.stderr,
        flush=True,
    )


def report_start(start: Start, reports: int, supervisor: int, ready_lines: list[str]) -> int:
    """Wait, then print the lines; if a process died, print its log and stop the others.

    Returns the exit code of the waiting process. The supervisor handles Ctrl-C: it stops all
    processes, which ends this one too.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
    try:
        died = wait_until_ready(start, reports)
    except EOFError:
        return 1
    if died:
        print_death(start, died)
        os.kill(supervisor, signal.SIGTERM)
        return 1
    for line in ready_lines:
        print(line, flush=True)  # noqa: T201
    return 0


@contextlib.contextmanager
def saying(words: str) -> Iterator[None]:
    """Print a line every ten seconds while the block runs."""
    done = threading.Event()
    began_at = time.monotonic()

    def say() -> None:
        said_at = began_at
        while not done.wait(LOOK_SECONDS):
            now = time.monotonic()
            if now - said_at >= SAY_EVERY_SECONDS:
                said_at = now
                print(f"{words} ({now - began_at:.0f} s)…", flush=True)  # noqa: T201

    thread = threading.Thread(target=say, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
