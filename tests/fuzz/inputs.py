"""How many generated inputs each part is tried on, and what that may cost.

A test that is fuzzed says with `fuzzed` how it is run and with `within_bounds` what an input may
take. `make fuzz` sets FUZZ_EXAMPLES to 10,000 and looks for new ones each time; otherwise there
are few, and the same each time, so that a green commit stays green.
"""

import contextlib
import os
import resource
import time
from collections.abc import Callable, Iterator

from hypothesis import HealthCheck, settings

FUZZ_EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "")
SECONDS = 20.0  # for one input; the machine may be busy
MEGABYTES = 700  # more than before the first input


def fuzzed[T: Callable[..., None]](*, few: int, share: int = 1) -> Callable[[T], T]:
    """Run a test on `few` inputs, and in `make fuzz` on its share of all: one in `share`."""
    return settings(
        max_examples=int(FUZZ_EXAMPLES) // share if FUZZ_EXAMPLES else few,
        derandomize=not FUZZ_EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


class Meter:
    """Counts inputs, and what they took; says so at the end of `make fuzz`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self.slowest = 0.0
        self.began = time.monotonic()
        self.at_first = peak_megabytes()

    @contextlib.contextmanager
    def within_bounds(self) -> Iterator[None]:
        """Check that the block, which takes one input, ends in time and does not eat memory."""
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        self.count += 1
        self.slowest = max(self.slowest, took)
        assert took < SECONDS
        assert peak_megabytes() - self.at_first < MEGABYTES

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.count:,} inputs in {time.monotonic() - self.began:,.0f} s, "
            f"the slowest {self.slowest:.2f} s; memory {self.at_first} MB before, "
            f"{peak_megabytes()} MB at most"
        )


def peak_megabytes() -> int:
    """The most that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
