"""The SQLite database: tables and a connection pool."""

import queue
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BUSY_SECONDS = 20
TABLES = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS api_keys (key TEXT PRIMARY KEY, enabled INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY, request_id TEXT NOT NULL, document TEXT NOT NULL,
    fingerprint TEXT NOT NULL, key TEXT UNIQUE, submitted_at REAL NOT NULL,
    queued REAL NOT NULL, processing REAL NOT NULL,
    estimate INTEGER NOT NULL, picture_price INTEGER NOT NULL, charge INTEGER,
    status TEXT, decided_at REAL, code TEXT, message TEXT,
    CHECK ((status IS NULL) = (decided_at IS NULL))
) STRICT;
CREATE TABLE IF NOT EXISTS charges (
    task TEXT PRIMARY KEY, amount INTEGER NOT NULL, at REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS pictures (
    task TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, PRIMARY KEY (task, position)
) STRICT;
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    key TEXT, status INTEGER, fault TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY, seam TEXT NOT NULL, kind TEXT NOT NULL, task TEXT,
    remaining INTEGER NOT NULL, document TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS paces (
    id INTEGER PRIMARY KEY, queued_least REAL NOT NULL, queued_most REAL NOT NULL,
    processing_least REAL NOT NULL, processing_most REAL NOT NULL, seed INTEGER NOT NULL,
    remaining INTEGER NOT NULL, taken INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS models (slug TEXT PRIMARY KEY, facts TEXT NOT NULL) STRICT;
"""
ADDED = "ALTER TABLE tasks ADD COLUMN charge INTEGER"  # migration from an earlier version


class Database:
    """A pool of connections to one file in WAL mode.

    They stay open, because SQLite checkpoints the WAL when the last connection closes, which
    would happen after every request of an idle server.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.idle: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        with self.borrow() as connection:
            connection.executescript(TABLES)
            columns = [row["name"] for row in connection.execute("PRAGMA table_info(tasks)")]
            if "charge" not in columns:
                with suppress(sqlite3.OperationalError):  # another process added it concurrently
                    connection.execute(ADDED)

    @contextmanager
    def borrow(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection in autocommit mode, for reading or one statement."""
        try:
            connection = self.idle.get_nowait()
        except queue.Empty:
            connection = self.connect()
        try:
            yield connection
        finally:
            self.idle.put(connection)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Run the block in a transaction that has the write lock from its start."""
        with self.borrow() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")  # durable if the process is killed
        return connection
