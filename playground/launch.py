"""Starts all processes with one command: python -m playground.launch demo|serve

Prepares the data folder, writes supervisor's configuration and execs supervisor, so that one
Ctrl-C or signal ends all processes. A forked child waits until all are ready and prints the URL.
"""

import os
import secrets
import shlex
import signal
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import Error

from playground import startup
from playground.providers import registry
from playground.supervision import STOPPING
from playground.teams.encryption import UndecryptableError

READY = "Playground is ready. Ctrl-C stops it. Open {url}"
REAL = registry.get(registry.SANDBOX.stands_in_for)
PLACEHOLDERS = (
    "Its pictures are placeholder drawings by a sandbox on this machine, not by a model.",
    f"For real ones: {REAL.key_variable}={REAL.key_example} make demo",
)
INTERRUPTED = 130  # exit code of a program ended by Ctrl-C, 128 + SIGINT


class CannotStartError(Exception):
    """The start is impossible; the message is one line with the solution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process that supervisor restarts.

    url  URL of its readiness check, if /readyz does not include it
    """

    name: str
    words: tuple[str, ...]
    url: str = ""


def launch(mode: str) -> NoReturn:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    # Not by KeyboardInterrupt, which other code may catch or discard.
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    try:
        django.setup()
        start(is_demo=mode == "demo")
    except (CannotStartError, ImproperlyConfigured) as error:
        sys.exit(f"playground: {error}")
    except UndecryptableError:
        sys.exit(
            "playground: a stored API key cannot be opened: set SECRET_KEY, or ENCRYPTION_KEYS, "
            "to what it was when the key was stored."
        )
    except (OSError, Error) as error:
        first_line = str(error).strip().partition("\n")[0]
        sys.exit(f"playground: the data folder or the database cannot be used: {first_line}")


def start(*, is_demo: bool) -> NoReturn:
    from django.conf import settings  # noqa: PLC0415 - only after django.setup()

    from playground.teams import providers_in_use  # noqa: PLC0415 - likewise

    listen_on_loopback()
    check_port(settings.PORT)
    check_names(settings.BASE_DIR, settings.DATA_DIR)
    processes = [
        Process(
            name="web", words=("gunicorn", "playground.wsgi", "-c", "python:playground.gunicorn")
        ),
        *choose_workers(
            settings.BASE_DIR / "manage.py",
            sum(settings.WORKER_THREADS.values()) if settings.BROKER_URL else 0,
        ),
    ]
    prepare()
    if is_demo:
        os.environ["DEMO_LOGIN"] = "on"
        if not any(map(providers_in_use.given_key, registry.real())):
            processes.append(add_sandbox(settings.DATA_DIR))
    else:
        print_setup()
    configuration = write_configuration(settings.BASE_DIR, settings.DATA_DIR, processes)
    become_supervisor(configuration, describe_start(processes))


def choose_workers(program: Path, celery_threads: int) -> list[Process]:
    """Return the worker processes: the thread pool's, or with a broker Celery's and its clock."""
    if not celery_threads:
        return [Process(name="worker", words=("python", str(program), "work"))]
    celery = ("celery", "-A", "playground", "worker", "--pool", "threads", "--concurrency")
    return [
        Process(name="worker", words=(*celery, str(celery_threads))),
        Process(name="clock", words=("python", str(program), "clock")),
    ]


def describe_start(processes: list[Process]) -> startup.Start:
    from django.conf import settings  # noqa: PLC0415 - only after django.setup()

    logs = settings.DATA_DIR / "logs"
    names = settings.ALLOWED_HOSTS
    plain = (name for name in names if name and name[0] not in ".*")  # no patterns
    host = "127.0.0.1" if "127.0.0.1" in names else next(plain, "127.0.0.1")
    start = startup.Start(
        url=f"http://127.0.0.1:{settings.PORT}/",
        host=f"{host}:{settings.PORT}",
        sandbox=next((process.url for process in processes if process.url), ""),
        logs=logs,
        log_bytes={},
    )
    for process in processes:
        log = start.log_of(process.name)
        start.log_bytes[process.name] = log.stat().st_size if log.exists() else 0
    return start


def become_supervisor(configuration: Path, start: startup.Start) -> NoReturn:
    """Exec supervisor; a forked child waits until everything is ready."""
    ready_lines = [*(PLACEHOLDERS if start.sandbox else ()), READY.format(url=start.url)]
    supervisor = os.getpid()
    reports, written = os.pipe()
    # Block Ctrl-C until supervisor handles it; supervision.py unblocks it.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    if os.fork() == 0:
        os.close(written)
        os._exit(startup.report_start(start, reports, supervisor, ready_lines))
    os.close(reports)
    os.set_inheritable(written, True)
    module = "playground.supervision"
    command = [sys.executable, "-m", module, str(configuration), str(written)]
    os.execv(sys.executable, command)  # noqa: S606 - no shell, and none wanted


def listen_on_loopback() -> None:
    """Listen on loopback only, whatever the environment sets: there is no proxy and no https."""
    os.environ["BIND_ADDRESS"] = "127.0.0.1"


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStartError(
                f"port {port} is taken: stop what listens there, or choose another: "
                f"PORT={port + 1} make demo"
            ) from error


def check_names(*folders: Path) -> None:
    if any("%" in str(folder) for folder in folders):
        # supervisor expands it twice
        raise CannotStartError("a folder with a % in its name cannot be used: choose another.")


def prepare() -> None:
    from django.conf import settings  # noqa: PLC0415 - only after django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    for name in ("MEDIA_ROOT", "DATA_DIR"):
        check_writable(name, getattr(settings, name))
    with startup.saying("still bringing the database and static files up to date"):
        call_command("release", verbosity=0)


def print_setup() -> None:
    """Print how to create the first owner, if there are no accounts."""
    from playground.teams import setup  # noqa: PLC0415 - only after django.setup()

    if address := setup.offer():
        print(f"No accounts yet. Create the first owner at {address}", flush=True)  # noqa: T201


def check_writable(name: str, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CannotStartError(f"{name}: nothing can be written to {folder}: {error}") from error


def add_sandbox(data_dir: Path) -> Process:
    """Set port, key and models of the sandbox; pass its URL and key to the other processes."""
    from playground.catalog import sandbox_models  # noqa: PLC0415 - see prepare
    from playground.teams.models import ApiKey, Workspace  # noqa: PLC0415 - see prepare

    folder = data_dir / "sandbox"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "api_key"
    if not kept.exists() or not kept.read_text():  # a killed start can leave it empty
        kept.write_text(f"mv_sandbox_{secrets.token_hex(12)}")
    api_key = kept.read_text()
    ApiKey.objects.keep(Workspace.objects.first_one(), registry.SANDBOX.slug, api_key)
    sandbox_models.publish_all()
    port = find_port(folder / "port")
    url = f"http://127.0.0.1:{port}"
    os.environ["SANDBOX_URL"] = url
    return Process(
        name="sandbox",
        url=url,
        words=(
            *("python", "-m", "playground.sandbox"),
            *("--port", str(port), "--data", str(folder), "--api-key-file", str(kept)),
        ),
    )


def find_port(kept: Path) -> int:
    """Return the port of the last start if it is free, so that earlier URLs remain valid."""
    text = kept.read_text() if kept.exists() else ""
    wanted = int(text) if text.isdecimal() else 0
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found = int(probe.getsockname()[1])
            kept.write_text(str(found))
            return found
    raise CannotStartError("no port is free on this machine.")


def write_configuration(base_dir: Path, data_dir: Path, processes: list[Process]) -> Path:
    logs = data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    programs = Path(sys.executable).parent
    lines = [
        "[supervisord]",
        "nodaemon=true",
        "silent=true",
        f"directory={base_dir}",
        f"logfile={logs / 'supervisor.log'}",
        f"pidfile={data_dir / 'supervisor.pid'}",
        "umask=077",
    ]
    for process in processes:
        lines += [
            f"[program:{process.name}]",
            f"command={shlex.join([str(programs / process.words[0]), *process.words[1:]])}",
            f"stdout_logfile={logs / process.name}.log",
            "redirect_stderr=true",
            "autorestart=true",
            "startretries=10",
            "stopasgroup=true",
            "killasgroup=true",
            "stopwaitsecs=8",
        ]
    configuration = data_dir / "supervisor.conf"
    configuration.write_text("\n".join(lines) + "\n")
    return configuration


if __name__ == "__main__":
    launch(sys.argv[1])
