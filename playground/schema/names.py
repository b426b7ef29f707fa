"""Splits property names into words, as titles for schemas without titles."""

import re

_HYPHEN = re.compile(r"_|(?<=[a-z])-(?=[a-z])", re.IGNORECASE)
# Word boundaries in camelCase: "maxImages", "imageURL", "HTTPOptions"; none in "URLs".
_HUMP = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z](?:[a-z]|[A-Z]+s?(?![a-z])))|(?<=[A-Z])(?=[A-Z](?!s(?![a-z]))[a-z])"
)


def spaced(name: str) -> str:
    """Return the words of a name: "max_images" and "maxImages" are both "max images"."""
    parts = _HUMP.sub(" ", _HYPHEN.sub(" ", name)).split()
    humps = [part[0].lower() + part[1:] if part[1:].islower() else part for part in parts[1:]]
    return " ".join([*parts[:1], *humps])
