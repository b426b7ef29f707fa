"""A real SMTP server on loopback with scripted replies, which stores the mail it receives."""

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from typing import cast

BEFORE_REPLY_SECONDS = 20


class MailServer(socketserver.ThreadingTCPServer):
    """Accepts every mail, unless `replies` maps a command to another reply: {"RCPT": "550 No one"}.

    drops  closes the connection when this command comes
    holds  does not reply until `released` is set, which the end of the test does, too
    quotes a refusal repeats the links of the mail, as some servers do
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.replies: dict[str, str] = {}
        self.drops = ""
        self.holds = False
        self.quotes = False
        self.released = threading.Event()
        self.connections = 0
        self.received: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def mailers(self) -> dict[str, dict[str, object]]:
        """The setting MAILERS for this server."""
        options = {"host": "127.0.0.1", "port": self.port, "timeout": BEFORE_REPLY_SECONDS}
        smtp = "django.core.mail.backends.smtp.EmailBackend"
        return {"default": {"BACKEND": smtp, "OPTIONS": options}}


class _Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast("MailServer", self.server)
        server.connections += 1
        if server.holds:
            server.released.wait(BEFORE_REPLY_SECONDS)
        with contextlib.suppress(OSError):
            self.reply("220 here")
            while line := self.rfile.readline().decode():
                if not self.answer(server, line.strip().upper()):
                    return

    def answer(self, server: MailServer, line: str) -> bool:
        """Answer one command; return False at the end of the conversation."""
        verb = line.split(":", maxsplit=1)[0].split(" ", maxsplit=1)[0]
        if verb == server.drops:
            return False
        if verb in server.replies and not (verb == "DATA" and server.quotes):
            self.reply(server.replies[verb])
        elif verb == "EHLO":
            self.reply("250 HELP")
        elif verb == "DATA":
            self.reply("354 go on")
            self.receive(server)
        elif verb == "QUIT":
            self.reply("221 bye")
            return False
        else:
            self.reply("250 ok")
        return True

    def receive(self, server: MailServer) -> None:
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        if server.quotes:
            quoted = " ".join(line for line in lines if "http" in line)
            self.reply(f"{server.replies['DATA']} {quoted}")
            return
        server.received.append("\n".join(lines))
        self.reply("250 taken")

    def reply(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextlib.contextmanager
def run_mail_server() -> Iterator[MailServer]:
    """Run the server in a thread until the block ends."""
    server = MailServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
