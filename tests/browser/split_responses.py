"""A proxy between browser and program that sends a page in two parts, like a slow network."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

PASSED_ON = ("Content-Type", "Set-Cookie", "Content-Security-Policy", "Location")


@contextlib.contextmanager
def split_response(
    url: str, path: str, *, at: bytes, count: int
) -> Iterator[tuple[str, threading.Event]]:
    """Yield the URL of the proxy, and the event that releases the second part of `path`.

    url    URL of the program
    at     bytes in the page; their occurrence number `count` begins the second part
    """
    goes_on = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {
                name: self.headers[name] for name in ("Accept", "Cookie") if name in self.headers
            }
            answer = requests.get(
                f"{url.rstrip('/')}{self.path}", headers=asked, allow_redirects=False, timeout=60
            )
            self.send_response(answer.status_code)
            for name in PASSED_ON:
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # the browser has left the page
                self.write(answer.content)

        def write(self, body: bytes) -> None:
            if self.path == path:
                first = at.join(body.split(at)[:count])
                body = body.removeprefix(first)
                self.wfile.write(first)
                self.wfile.flush()
                goes_on.wait(60)
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print no log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", goes_on
        goes_on.set()
        server.shutdown()
        thread.join()
