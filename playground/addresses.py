"""The addresses of rows, which pages have by the dozen: reversed once for all rows of a kind.

Django's `reverse` takes 40 microseconds, of which a page of tiles would spend some 15 milliseconds.
"""

import uuid
from functools import lru_cache

from django.urls import get_script_prefix, reverse

NO_ID = uuid.UUID(int=0)


def address_of(name: str, pk: uuid.UUID, *more: str) -> str:
    """Return the address that a URL pattern has for a row: as `reverse` does.

    more  the other arguments of the pattern, after the ID
    """
    before, after = _split(name, more, get_script_prefix())
    return f"{before}{pk}{after}"


def address_of_slug(name: str, slug: str) -> str:
    """Return the address that a URL pattern has for a slug."""
    return _reverse(name, slug, get_script_prefix())


@lru_cache(maxsize=1_024)
def _reverse(name: str, slug: str, _prefix: str) -> str:
    return reverse(name, args=[slug])


@lru_cache(maxsize=256)
def _split(name: str, more: tuple[str, ...], _prefix: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[NO_ID, *more]).partition(str(NO_ID))
    return before, after
