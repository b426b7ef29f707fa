"""Which database the tests run on: `pytest --database postgresql`, else what is configured.

With the option only those tests run that touch a database: the others would prove nothing more.
conftest.py makes pytest see what stands here.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from playground.environment import read_database
from tests.postgres import PostgresServer, drop_database, make_database
from tests.tables import IS_WHOLE

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".pytest_cache"
SCHEMES = ("postgres://", "postgresql://", "pgsql://", "psql://")
DATABASE_FIXTURES = {
    "db", "transactional_db", "live_server", "new_database", "empty_database"
}  # fmt: skip
SLOW_FIXTURES = {"new_database", "empty_database", "page"}


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


@pytest.hookimpl(trylast=True)  # after the shuffle
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if database := config.getoption("database"):
        chosen = [item for item in items if belongs_to(item, database)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen
    if not IS_WHOLE:
        leave_out(config, items)
    put_slow_files_first(items)


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what is marked as slow to `make slow`."""
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in set(slow)]


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
    return bool(fixtures & SLOW_FIXTURES) or item.get_closest_marker("timeout") is not None


def migrate(address: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": address, "DEBUG": "on"},
        check=True,
    )


def find_migrated_file() -> Path:
    """Return an SQLite database with all tables, made once for each state of the migrations."""
    state = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted((ROOT / "playground").rglob("migrations/*.py")):
        state.update(path.read_bytes())
    found = CACHE / f"migrated-{state.hexdigest()}.sqlite3"
    if not found.exists():
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            made = Path(folder) / "migrated.sqlite3"
            migrate(f"sqlite:///{made}")
            made.rename(found)  # at once: another process may be making it as well
    return found


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Make a database with all tables, for programs in processes of their own.

    The function that tests get returns its DATABASE_URL. Migrations take seconds, so they are
    applied to a template once.
    """
    address = os.environ.get("DATABASE_URL", "")
    made: list[str] = []

    def copy_file() -> str:
        path = tmp_path_factory.mktemp("database") / "playground.sqlite3"
        shutil.copyfile(find_migrated_file(), path)
        return f"sqlite:///{path}"

    def copy_database() -> str:
        if not made:
            made.append(make_database(address))
            migrate(made[0])
        made.append(make_database(address, template=made[0]))
        return made[-1]

    yield copy_database if address.startswith(SCHEMES) else copy_file
    for database in made:
        drop_database(address, database)


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The DATABASE_URL of a database without tables, for a first start."""
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith(SCHEMES):
        yield f"sqlite:///{tmp_path}/playground.sqlite3"
        return
    made = make_database(address)
    yield made
    drop_database(address, made)
