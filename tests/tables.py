"""What `make test` leaves to `make slow`: most cases of large tables, and what takes long."""

import os
from collections.abc import Iterable

IS_WHOLE = bool(os.environ.get("SLOW"))


def sample[Case](cases: Iterable[Case], count: int) -> list[Case]:
    """Return `count` of the cases, spread evenly and the same each time; all for `make slow`."""
    known = list(cases)
    if IS_WHOLE or len(known) <= count:
        return known
    return [known[number * len(known) // count] for number in range(count)]
