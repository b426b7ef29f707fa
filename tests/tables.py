"""Samples large tables of cases in `make test`; `make slow` runs all cases."""

import os
from collections.abc import Iterable

IS_WHOLE = bool(os.environ.get("SLOW"))


def sample[Case](cases: Iterable[Case], count: int) -> list[Case]:
    """Return `count` evenly spread cases, always the same ones; `make slow` gets all cases."""
    known = list(cases)
    if IS_WHOLE or len(known) <= count:
        return known
    return [known[number * len(known) // count] for number in range(count)]
