"""Redacts secrets in log lines: links that log a person in or show a file.

Lines of all loggers are redacted: Django logs paths of refused requests, gunicorn those of aborted
ones, and exceptions quote their input.
"""

import logging
import re

HIDDEN = "[hidden]"
SLASH = r"(?:/|%2F)"
LINKS = re.compile(
    # The parts of a path after which a token is; also within another address, as `next`.
    rf"({SLASH}(?:join|hosted|account{SLASH}confirm-email|account{SLASH}password{SLASH}reset"
    rf"{SLASH}key){SLASH})(?:(?!%2F)[^/\s\"'?&<>\\])+"
    # A token, or what a single sign-on answered, after the question mark.
    r"|((?:[?&]|%3F|%26)(?:token|code|state|press)(?:=|%3D))(?:(?!%26)[^&\s\"'<>\\])+",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """Return a text with the tokens of its links hidden."""
    return LINKS.sub(lambda found: f"{found[1] or found[2]}{HIDDEN}", text)


class RedactingFormatter(logging.Formatter):
    """Formats a line, its exception included, and hides the tokens of links in all of it."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class Redacted(logging.Formatter):
    """The same around a formatter that another person made."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return redact(self.inner.format(record))
