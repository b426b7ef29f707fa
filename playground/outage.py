"""Answers 503 with a reason if the database is unavailable.

A full or read-only disk, a lock timeout, a server that is down or restarting: all are temporary,
and the request is not at fault. Django calls these handlers for errors of all layers; they do not
use the database.
"""

import sys
from collections.abc import Iterator

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import requires_csrf_token
from django.views.defaults import bad_request, server_error

from playground.web import is_script

RETRY_SECONDS = "10"
UNREACHABLE = _("The database is not responding. Try again in a moment.")
FULL = _("The disk of the database is full, so nothing was saved. Tell the administrator.")
READ_ONLY = _("The database is read-only at the moment, so nothing was saved. Try again later.")
BUSY = _("The database is too busy, so nothing was saved. Try again in a moment.")
WORDS: dict[int | str, Promise] = {
    5: BUSY, 6: BUSY,  # SQLITE_BUSY, SQLITE_LOCKED
    8: READ_ONLY,
    10: UNREACHABLE, 14: UNREACHABLE,  # SQLITE_IOERR, SQLITE_CANTOPEN
    13: FULL,
    "25006": READ_ONLY,  # PostgreSQL's read_only_sql_transaction
    "53100": FULL,
    "53300": BUSY, "55P03": BUSY, "40P01": BUSY, "40001": BUSY, "57014": BUSY,
}  # fmt: skip


@requires_csrf_token
def answer_error(request: HttpRequest) -> HttpResponse:
    """Answer a request that raised an exception; `handler500` in urls.py."""
    words = find_outage(sys.exc_info()[1])
    return answer_outage(request, words) if words else server_error(request)


@requires_csrf_token
def answer_bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a bad request; `handler400` in urls.py.

    Django also raises it if a session cannot be saved, which it takes for a deleted session.
    """
    words = find_outage(exception)
    return answer_outage(request, words) if words else bad_request(request, exception)


def answer_outage(request: HttpRequest, words: Promise) -> HttpResponse:
    response = render_page(request, words)
    response["Retry-After"] = RETRY_SECONDS
    return response


def render_page(request: HttpRequest, words: Promise) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"error": str(words)}, status=503)
    if is_script(request):
        return HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
    facts = {"words": words, "theme": request.COOKIES.get("theme", "")}
    # Without the request, with which the page header would query the user.
    return HttpResponse(render_to_string("outage.html", facts), status=503)


def find_outage(error: BaseException | None) -> Promise | None:
    """Return the message for an error; None if it is not a database outage."""
    for each in chain(error):
        code = read_code(each)
        if code in WORDS:
            return WORDS[code]
        if isinstance(each, InterfaceError) or is_connection_lost(each, code):
            return UNREACHABLE
    return None


def chain(error: BaseException | None) -> Iterator[Error]:
    """Yield the database errors in an exception's chain, the latest first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, Error):
            yield error
        error = error.__cause__ or error.__context__


def read_code(error: Error) -> int | str | None:
    """Return SQLite's primary result code, or PostgreSQL's SQLSTATE; None for neither."""
    cause = error.__cause__ or error
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return int(code) & 0xFF
    state = getattr(cause, "sqlstate", None)
    return str(state) if state else None


def is_connection_lost(error: Error, code: int | str | None) -> bool:
    """Return whether the connection to PostgreSQL failed or closed; SQLite always has a code."""
    is_class = isinstance(code, str) and code[:2] in {"08", "53", "57", "58"}
    return isinstance(error, OperationalError) and (code is None or is_class)
