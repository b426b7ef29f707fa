"""Large tables of cases: `make test` tries a sample of each, `make tables` every case."""

import os
from collections.abc import Iterable

IS_WHOLE = bool(os.environ.get("TABLES"))


def sample[Case](cases: Iterable[Case], count: int) -> list[Case]:
    """Return `count` of the cases, spread evenly and the same each time; all for `make tables`."""
    known = list(cases)
    if IS_WHOLE or len(known) <= count:
        return known
    return [known[number * len(known) // count] for number in range(count)]
