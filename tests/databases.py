"""Which database the tests run on: `pytest --database postgresql`, else what is configured.

With the option only those tests run that touch a database: the others would prove nothing more.
conftest.py makes pytest see what is here.
"""

import fcntl
import hashlib
import itertools
import operator
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections

from playground.service_settings import read_database
from tests.postgres import (
    PostgresServer,
    drop_database,
    find_database,
    make_database,
    rename_database,
)
from tests.tables import IS_WHOLE

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".pytest_cache"
SCHEMES = ("postgres://", "postgresql://", "pgsql://", "psql://")
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "new_database"}
TEMPLATE = "MIGRATED_DATABASE"  # its name, in the environment of all processes of a session
SLOW_FIXTURES = {"new_database", "page"}


# Folders of which no test runs on PostgreSQL, so that they need not be collected there.
ON_SQLITE_ALONE = {"browser", "fuzz", "media", "providers", "sandbox", "schema"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        help="run on this, whatever DATABASE_URL says; on PostgreSQL only what touches a database. "
        "A PostgreSQL that DATABASE_URL names is used, else one is started for the session",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Settle it in the environment: for this process, xdist's workers, and programs they start."""
    wanted = config.getoption("database")
    is_named = os.environ.get("DATABASE_URL", "").startswith(SCHEMES)
    if not hasattr(config, "workerinput"):
        os.environ[TEMPLATE] = f"playground_{uuid.uuid4().hex}"
        if is_named and wanted != "sqlite":
            config.add_cleanup(drop_template)
    if wanted == "sqlite" and is_named:
        del os.environ["DATABASE_URL"]
    elif wanted == "postgresql" and not is_named:
        server = PostgresServer().__enter__()
        config.add_cleanup(server.stop)
        os.environ["DATABASE_URL"] = server.url
    else:
        return
    # Django read its settings before pytest read this file, and made its connection ready.
    connections.settings = connections.configure_settings(
        {"default": read_database(settings.DATA_DIR)}
    )
    del connections["default"]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    is_left_out = collection_path.parent == ROOT / "tests" and (
        collection_path.name in ON_SQLITE_ALONE
    )
    return True if is_left_out and config.getoption("database") == "postgresql" else None


def check_left_out(items: list[pytest.Item]) -> None:
    """Refuse a test for PostgreSQL in a folder that is not collected there."""
    depth = len((ROOT / "tests").parts)
    for item in items:
        folder = item.path.parts[depth]
        if folder in ON_SQLITE_ALONE and belongs_to(item, "postgresql"):
            raise pytest.UsageError(f"{item.nodeid} would not run on PostgreSQL: mark it `once`")


@pytest.hookimpl(trylast=True)  # after the shuffle
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    check_left_out(items)
    if database := config.getoption("database"):
        keep(config, items, lambda item: belongs_to(item, database))
    if not IS_WHOLE:
        keep(config, items, lambda item: not item.get_closest_marker("slow"))
    put_slow_files_first(items)


def keep(
    config: pytest.Config, items: list[pytest.Item], is_wanted: Callable[[pytest.Item], bool]
) -> None:
    wanted = [is_wanted(item) for item in items]
    config.hook.pytest_deselected(items=[*itertools.compress(items, map(operator.not_, wanted))])
    items[:] = itertools.compress(items, wanted)


def belongs_to(item: pytest.Item, database: str) -> bool:
    """Tell by what a test asks for: pytest-django refuses the database to all others."""
    if only := item.get_closest_marker("only_on"):
        return bool(only.args[0] == database)
    if database == "sqlite":
        return True
    if item.get_closest_marker("once"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & DATABASE_FIXTURES) or item.get_closest_marker("django_db") is not None


def put_slow_files_first(items: list[pytest.Item]) -> None:
    """Begin with what starts programs or a browser: a file that began last would end alone."""
    slow = {item.path for item in items if is_slow(item)}
    items.sort(key=lambda item: item.path not in slow)


def is_slow(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    starts_programs = fixtures & SLOW_FIXTURES or hasattr(getattr(item, "module", None), "Launched")
    return bool(starts_programs) or item.get_closest_marker("timeout") is not None


def migrate(address: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": address, "DEBUG": "on"},
        check=True,
    )


def drop_template() -> None:
    drop_database(os.environ["DATABASE_URL"], f"/{os.environ[TEMPLATE]}")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let one process make a template while the others, who need it too, wait for it."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "template.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def find_migrated_file() -> Path:
    """Return an SQLite database with all tables, made once for each state of the migrations."""
    state = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted((ROOT / "playground").rglob("migrations/*.py")):
        state.update(path.read_bytes())
    found = CACHE / f"migrated-{state.hexdigest()}.sqlite3"
    with one_at_a_time():
        if not found.exists():
            with tempfile.TemporaryDirectory(dir=CACHE) as folder:
                made = Path(folder) / "migrated.sqlite3"
                migrate(f"sqlite:///{made}")
                made.rename(found)
    return found


def find_migrated_database(address: str) -> str:
    """Return the address of a PostgreSQL database with all tables, made once a session."""
    with one_at_a_time():
        found = find_database(address, os.environ[TEMPLATE])
        if not found:
            made = make_database(address)
            migrate(made)
            found = rename_database(address, made, os.environ[TEMPLATE])
    return found


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None,  # it gives each process a database of its own
) -> Iterator[None]:
    """Begin with all tables in place: to apply the migrations took each process ten seconds."""
    connection = connections["default"]
    if connection.vendor == "postgresql":
        found = find_migrated_database(os.environ["DATABASE_URL"])
        connection.settings_dict["TEST"]["TEMPLATE"] = urlsplit(found).path.removeprefix("/")
        yield
        return
    name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
    with (
        closing(sqlite3.connect(find_migrated_file())) as migrated,
        closing(sqlite3.connect(name, uri=True)) as tests,  # it lives while one is connected
    ):
        migrated.backup(tests)
        yield


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Make a database with all tables, for programs in processes of their own.

    The function that tests get returns its DATABASE_URL.
    """
    address = os.environ.get("DATABASE_URL", "")
    made: list[str] = []

    def copy_file() -> str:
        path = tmp_path_factory.mktemp("database") / "playground.sqlite3"
        shutil.copyfile(find_migrated_file(), path)
        return f"sqlite:///{path}"

    def copy_database() -> str:
        made.append(make_database(address, template=find_migrated_database(address)))
        return made[-1]

    yield copy_database if address.startswith(SCHEMES) else copy_file
    for database in made:
        drop_database(address, database)
