"""The tables as an earlier version of the program had them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

type Targets = list[tuple[str, str]]  # the app and the migration, of each


def migrate(targets: Targets) -> Any:
    """Migrate the test database to these; return the models as they were there."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@contextmanager
def tables_before(targets: Targets) -> Iterator[Any]:
    """Give the models of the tables as they were; in the end the tables are as they are now."""
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield migrate(targets)
    migrate(newest)
