"""A server that shows one form, and records what a browser sends for it."""

import mimetypes
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.contrib.staticfiles import finders
from django.template import engines
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict

from playground.catalog.models import ModelSpec

SENT_SECONDS = 10
SPEC = ModelSpec(slug="conformance", title="Conformance")
PAGE = """
{% extends "base.html" %}
{% block scripts %}{% script_bundle "pictures" %}{% script_bundle "form" %}{% endblock %}
{% block main %}{% include "runs/playground.html#form" %}{% endblock %}"""


class _Handler(BaseHTTPRequestHandler):
    server: "FormServer"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == SPEC.get_absolute_url():
            self.answer(self.server.page.encode(), "text/html; charset=utf-8")
        elif self.path.startswith("/static/"):
            found = str(finders.find(self.path.removeprefix("/static/")))
            self.answer(Path(found).read_bytes(), mimetypes.guess_type(found)[0] or "")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.sent.put((self.headers["Content-Type"], body))
        self.send_response(204)  # 204: the browser stays on the page
        self.end_headers()

    def answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.path.startswith("/static/"):
            self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Print no log."""


class FormServer(ThreadingHTTPServer):
    """Shows a form in the playground's markup, and returns what is sent for it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.page = ""
        self.sent: queue.Queue[tuple[str, bytes]] = queue.Queue()

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{SPEC.get_absolute_url()}"

    def show(self, form: str) -> None:
        """Show a form on the page, in the playground's markup."""
        context = {"spec": SPEC, "form": {"rest": form}, "token": "token", "api_key": True}
        template = engines["django"].from_string(PAGE.strip())
        self.page = template.render(context, RequestFactory().get(SPEC.get_absolute_url()))

    def receive(self) -> MultiValueDict[str, Any]:
        """Return what the browser sent, as Django parses it: texts and files."""
        kind, body = self.sent.get(timeout=SENT_SECONDS)
        request = RequestFactory().generic("POST", "/", body, kind)
        data: MultiValueDict[str, Any] = MultiValueDict(dict(request.POST.lists()))
        for name, files in request.FILES.lists():
            data.setlist(name, [*data.getlist(name), *files])
        return data
