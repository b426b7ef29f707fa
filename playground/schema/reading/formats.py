"""The `format` values that are validated; unknown formats give notes, never errors."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from ipaddress import IPv4Address, IPv6Address
from uuid import UUID

from jsonschema import FormatChecker

from .patterns import is_regular_expression

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"(\d\d:\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_URI_LETTERS = r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
_URI = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:{_URI_LETTERS}")
_URI_REFERENCE = re.compile(_URI_LETTERS)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOSTNAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_HOSTNAME_LENGTH = 253
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*")
_DURATION = re.compile(
    r"P(?!$)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)", re.ASCII
)


def is_date(text: str) -> bool:
    return bool(_DATE.fullmatch(text)) and _can(date.fromisoformat, text)


def is_time(text: str) -> bool:
    """Return whether a text is an RFC 3339 full-time, with its offset."""
    found = _TIME.fullmatch(text)
    if not found:
        return False
    minute, second, _, zone = found.groups()
    second = "59" if second == "60" else second  # a leap second, which Python does not support
    return _can(time.fromisoformat, f"{minute}:{second}{zone.upper()}")


def is_date_time(text: str) -> bool:
    """Return whether a text is an RFC 3339 date-time, with its offset."""
    return text[10:11] in {"T", "t"} and is_date(text[:10]) and is_time(text[11:])


def _can(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


CHECKS: dict[str, Callable[[str], bool]] = {
    "date": is_date,
    "time": is_time,
    "date-time": is_date_time,
    "uri": lambda text: bool(_URI.fullmatch(text)),
    "url": lambda text: bool(_URI.fullmatch(text)),
    "uri-reference": lambda text: bool(_URI_REFERENCE.fullmatch(text)),
    "iri": lambda text: bool(_IRI.fullmatch(text)),
    "email": lambda text: bool(_EMAIL.fullmatch(text)),
    "idn-email": lambda text: bool(_EMAIL.fullmatch(text)),
    "hostname": lambda text: len(text) <= _HOSTNAME_LENGTH and bool(_HOSTNAME.fullmatch(text)),
    "ipv4": lambda text: _can(IPv4Address, text),
    "ipv6": lambda text: "%" not in text and _can(IPv6Address, text),
    "uuid": lambda text: len(text) == len(str(UUID(int=0))) and _can(UUID, text),
    "regex": is_regular_expression,
    "json-pointer": lambda text: bool(_POINTER.fullmatch(text)),
    "duration": lambda text: bool(_DURATION.fullmatch(text)),
}


def _of_strings(check: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or check(value)


def read_moment(text: str) -> datetime | None:
    """Parse an RFC 3339 date-time; return None for other texts."""
    return datetime.fromisoformat(text.upper()) if is_date_time(text) else None


CHECKER = FormatChecker(formats=())
for _name, _check in CHECKS.items():
    CHECKER.checks(_name)(_of_strings(_check))
