"""Database outages: each page, fragment and POST answers 503 with an explanation."""

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import (
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    ProgrammingError,
    connection,
)
from django.db import OperationalError as DjangoOperationalError
from django.test import Client

from playground.catalog.models import ModelSpec

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json", "X-Requested-With": "fetch"}


def sqlite_error(code: int, words: str, kind: type[Error] = DjangoOperationalError) -> Error:
    cause = sqlite3.OperationalError(words)
    cause.sqlite_errorcode = code
    return caused(kind(words), cause)


def postgres_error(cause: Exception, kind: type[Error] = DjangoOperationalError) -> Error:
    return caused(kind(str(cause)), cause)


def caused(error: Error, cause: Exception) -> Error:
    error.__cause__ = cause
    return error


OUTAGES: dict[str, tuple[Error, str]] = {
    "SQLite: full disk": (sqlite_error(13, "database or disk is full"), "is full"),
    "SQLite: read-only": (sqlite_error(8, "attempt to write a readonly database"), "read-only"),
    "SQLite: read-only folder": (sqlite_error(8 | 1 << 8, "readonly"), "read-only"),
    "SQLite: locked": (sqlite_error(5, "database is locked"), "too busy"),
    "SQLite: table locked": (sqlite_error(6, "database table is locked"), "too busy"),
    "SQLite: broken disk": (sqlite_error(10 | 3 << 8, "disk I/O error"), "not responding"),
    "SQLite: no file": (sqlite_error(14, "unable to open database file"), "not responding"),
    "PostgreSQL: refused": (
        postgres_error(psycopg.OperationalError("connection refused")), "not responding",
    ),
    "PostgreSQL: shut down": (
        postgres_error(psycopg.errors.AdminShutdown("terminating")), "not responding",
    ),
    "PostgreSQL: starting": (
        postgres_error(psycopg.errors.CannotConnectNow("starting up")), "not responding",
    ),
    "PostgreSQL: closed": (
        postgres_error(psycopg.InterfaceError("connection already closed"), InterfaceError),
        "not responding",
    ),
    "PostgreSQL: full disk": (postgres_error(psycopg.errors.DiskFull("no space")), "is full"),
    "PostgreSQL: too many": (
        postgres_error(psycopg.errors.TooManyConnections("too many clients")), "too busy",
    ),
    "PostgreSQL: read-only": (
        postgres_error(psycopg.errors.ReadOnlySqlTransaction("read-only"), InternalError),
        "read-only",
    ),
    "PostgreSQL: lock": (postgres_error(psycopg.errors.LockNotAvailable("lock")), "too busy"),
}  # fmt: skip
INTERNAL_ERRORS: dict[str, Error] = {
    "no such table": sqlite_error(1, "no such table: runs_gone"),
    "undefined table": postgres_error(psycopg.errors.UndefinedTable("x"), ProgrammingError),
    "too long": postgres_error(psycopg.errors.StringDataRightTruncation("x"), DataError),
    "twice": postgres_error(psycopg.errors.UniqueViolation("x"), IntegrityError),
}


@pytest.fixture
def browser(client: Client) -> Client:
    client.raise_request_exception = False
    return client


@contextmanager
def failing(error: Error, begins_with: str = "") -> Iterator[None]:
    """Let queries of this thread fail: all of them, or those with this prefix."""

    def fail(execute: Callable[..., Any], query: str, *arguments: Any) -> Any:
        if query.startswith(begins_with):
            raise error
        return execute(query, *arguments)

    with connection.execute_wrapper(fail):
        yield


@pytest.mark.parametrize("kind", OUTAGES)
def test_an_outage_page_explains_the_problem(browser: Client, kind: str) -> None:
    error, words = OUTAGES[kind]
    with failing(error):
        answer = browser.get("/gallery/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert words in answer.text
    assert "<h1" in answer.text
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("headers", [HTMX, JSON], ids=["htmx", "json"])
def test_scripts_get_the_outage_message_as_text(browser: Client, headers: dict[str, str]) -> None:
    with failing(OUTAGES["SQLite: locked"][0]):
        answer = browser.get("/runs/live/", headers=headers)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    said = answer.json()["error"] if headers is JSON else answer.text
    assert said.startswith("The database is too busy")


@pytest.mark.parametrize("begins_with", ["", "INSERT", "UPDATE"])
def test_generate_during_an_outage_says_so_and_creates_nothing(
    browser: Client, seedream: ModelSpec, api_key: object, begins_with: str
) -> None:
    fields = {"submission": str(uuid.uuid4()), "/prompt": "a lighthouse", "/n": "1"}
    with failing(OUTAGES["SQLite: full disk"][0], begins_with):
        answer = browser.post(seedream.get_absolute_url(), fields, headers=HTMX)
    assert answer.status_code == 503
    assert "is full" in answer.text


@pytest.mark.parametrize("path", ["/", "/login/", "/team/", "/models/", "/no/such/page/"])
@pytest.mark.parametrize("is_known", [True, False], ids=["member", "stranger"])
def test_no_address_answers_an_outage_without_an_explanation(
    browser: Client, path: str, *, is_known: bool
) -> None:
    if not is_known:
        browser.cookies.clear()
    with failing(OUTAGES["PostgreSQL: refused"][0]):
        answer = browser.get(path)
    assert answer.status_code in {200, 302, 404, 503}
    assert "our fault" not in answer.text


@pytest.mark.parametrize("kind", INTERNAL_ERRORS)
def test_an_internal_error_is_not_reported_as_an_outage(browser: Client, kind: str) -> None:
    with failing(INTERNAL_ERRORS[kind]):
        answer = browser.get("/gallery/")
    assert answer.status_code == 500
    assert "broke on our side" in answer.text


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("api_key")
def test_sqlite_errors_are_recognised_as_outages(browser: Client, seedream: ModelSpec) -> None:
    fields = {"submission": str(uuid.uuid4()), "/prompt": "a lighthouse", "/n": "1"}
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            answer = browser.post(seedream.get_absolute_url(), fields, headers=HTMX)
        finally:
            cursor.execute("PRAGMA query_only = OFF")
    assert answer.status_code == 503
    assert "read-only" in answer.text
