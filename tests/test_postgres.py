"""The PostgreSQL server of the tests is private, and always removed."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.launched import ROOT
from tests.postgres import PostgresServer, drop_database

STARTED_AND_KILLED = """
import os, signal
from tests.postgres import PostgresServer
print(PostgresServer().__enter__().folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_databases_are_empty_and_isolated() -> None:
    with PostgresServer() as server:
        other = server.make_database()
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE mine ()")
        with psycopg.connect(other, autocommit=True) as connection:
            found = connection.execute("SELECT to_regclass('mine')").fetchone()
            assert found == (None,)
            drop_database(server.url, other)
    assert not server.folder.exists()


@pytest.mark.slow
def test_a_killed_process_leaves_no_test_database() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTED_AND_KILLED], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stdout
        folder = Path(killed.stdout.readline().strip())
        killed.stdout.read()  # EOF when the guard has removed everything and ended
    assert folder.name.startswith("postgres-")
    assert not folder.exists()
