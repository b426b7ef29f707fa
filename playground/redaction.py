"""Redacts secrets in log lines: tokens in URLs that log a user in or show a file.

All loggers are redacted: Django logs paths of refused requests, gunicorn those of aborted ones,
and exceptions quote their input.
"""

import logging
import re

HIDDEN = "[hidden]"
SLASH = r"(?:/|%2F)"
LINKS = re.compile(
    # Path segments that precede a token; also inside another URL, like `next`.
    rf"({SLASH}(?:join|hosted|account{SLASH}confirm-email|account{SLASH}password{SLASH}reset"
    rf"{SLASH}key){SLASH})(?:(?!%2F)[^/\s\"'?&<>\\])+"
    # Tokens and single sign-on responses in the query string.
    r"|((?:[?&]|%3F|%26)(?:token|code|state|press)(?:=|%3D))(?:(?!%26)[^&\s\"'<>\\])+",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """Return a text with the tokens in its URLs redacted."""
    return LINKS.sub(lambda found: f"{found[1] or found[2]}{HIDDEN}", text)


class RedactingFormatter(logging.Formatter):
    """Formats a line, including its exception, and redacts the tokens in its URLs."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class Redacted(logging.Formatter):
    """Redacts the output of another formatter."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return redact(self.inner.format(record))
