"""Migrates the test database back to an earlier version of the tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

type Targets = list[tuple[str, str]]  # pairs of app and migration


def migrate(targets: Targets) -> Any:
    """Migrate the test database to these migrations; return the models of that state."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@contextmanager
def tables_before(targets: Targets) -> Iterator[Any]:
    """Give the models of an earlier state; migrate to the current state at the end."""
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield migrate(targets)
    migrate(newest)
