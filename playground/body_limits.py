"""Limits on the size of request bodies, checked before a body is read."""

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playground.body_timeouts import MEMBERS, SlowBodyError, find_socket
from playground.web import refuse

PIECE_BYTES = 64 * 1024
MEGABYTE = 1_000_000
STRANGERS_BYTES = 64 * 1024  # without login there are only short forms: login, invitation
RETRY_SECONDS = "10"
SLOW = {
    HTTPStatus.REQUEST_TIMEOUT: gettext_lazy(
        "The upload was too slow, so nothing was done. Try again with fewer or smaller files, or "
        "on a faster connection."
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: gettext_lazy(
        "Too many slow uploads at the moment, so nothing was done. Try again in a moment."
    ),
}
UNMEASURED = gettext_lazy("The request does not state its length, so it was not read.")

type View = Callable[..., HttpResponseBase]


def allow_files[V: View](count: int) -> Callable[[V], V]:
    """Allow a number of files per request for a view; other views accept none."""

    return set_view_limit("file_count", count)


def allow_text[V: View](most_bytes: int) -> Callable[[V], V]:
    """Raise the limit of form data in bytes for a view."""

    return set_view_limit("text_bytes", most_bytes)


def set_view_limit[V: View](name: str, value: int) -> Callable[[V], V]:
    """Set an attribute of a view, which `find_view_limit` reads."""

    def decorate(view: V) -> V:
        setattr(view, name, value)
        return view

    return decorate


class BodyMiddleware:
    """Refuse request bodies above the limit of their view, before they fill memory or disk.

    Only logged-in people may upload files, so this comes after the session middleware. Django does
    not read bodies without Content-Length, and would see an empty form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("Transfer-Encoding"):
            return refuse(request, HTTPStatus.LENGTH_REQUIRED, UNMEASURED)
        length = read_length(request)
        if not length:
            return self.get_response(request)
        paced = find_socket()
        if paced and request.user.is_authenticated:
            paced.waiting = MEMBERS
        files = count_files(request)
        if length <= text_limit(request) + files * settings.UPLOAD_LIMIT_BYTES:
            return answer_too_slow(request, self.get_response(request))
        discard_body(request, length)
        words = answer_too_large(files, length, text_limit(request))
        return refuse(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words)


def text_limit(request: HttpRequest) -> int:
    """Return the maximum size of form data without files."""
    if request.user.is_authenticated:
        most = find_view_limit(request, "text_bytes") or settings.TEXT_LIMIT_BYTES
        return int(min(most, settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
    return min(STRANGERS_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def answer_too_slow(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the response, or an error if its body took too long."""
    paced = find_socket()
    if not paced or not paced.problem:
        return response
    refused = refuse(request, paced.problem, SLOW[paced.problem])
    refused["Retry-After"] = RETRY_SECONDS
    return refused


def read_length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isdecimal() else 0


def count_files(request: HttpRequest) -> int:
    """Return the maximum number of files in a request."""
    return find_view_limit(request, "file_count") if request.user.is_authenticated else 0


def find_view_limit(request: HttpRequest, name: str) -> int:
    """Return the limit of a view, 0 for none."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return 0
    return int(getattr(view, name, 0))


def answer_too_large(files: int, length: int, text: int) -> str:
    file = _("%(size)s MB") % {"size": f"{settings.UPLOAD_LIMIT_BYTES / 1e6:.0f}"}
    facts = {"sent": say_size(length), "file": file, "count": files, "most": say_size(text)}
    if files == 1:
        return _("This file has %(sent)s; the limit is %(file)s.") % facts
    if files:
        words = _("This request has %(sent)s; the limit is %(count)s files of %(file)s each.")
        return words % facts
    return _("This request has %(sent)s; the limit here is %(most)s. Nothing was done.") % facts


def say_size(size_bytes: int) -> str:
    if size_bytes >= MEGABYTE:
        return _("%(size)s MB") % {"size": f"{size_bytes / 1e6:,.0f}"}
    return _("%(size)s kB") % {"size": f"{size_bytes / 1e3:,.0f}"}


def discard_body(request: HttpRequest, length: int) -> None:
    """Read and discard the rest of a body: browsers show no response to an aborted upload.

    Bodies above the largest limit of all views are aborted.
    """
    files = settings.UPLOAD_FILES_AT_ONCE if request.user.is_authenticated else 1
    if length <= 2 * files * settings.UPLOAD_LIMIT_BYTES:
        with suppress(SlowBodyError):
            while request.read(PIECE_BYTES):
                pass
