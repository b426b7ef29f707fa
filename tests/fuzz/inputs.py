"""Numbers of generated inputs for fuzz tests, and limits on their time and memory.

`fuzzed` configures a test, and `within_bounds` limits each of its inputs. `make fuzz` sets
FUZZ_EXAMPLES to 10,000 and draws new inputs each time; otherwise there are few inputs, always the
same ones, so that a commit that passed passes again.
"""

import contextlib
import os
import resource
import time
from collections.abc import Callable, Iterator

from hypothesis import HealthCheck, settings

FUZZ_EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "")
SECONDS = 20.0  # limit for one input on a busy machine
MEGABYTES = 700  # limit of growth since the first input


def fuzzed[T: Callable[..., None]](*, few: int, share: int = 1) -> Callable[[T], T]:
    """Run a test with `few` inputs, and in `make fuzz` with FUZZ_EXAMPLES divided by `share`."""
    return settings(
        max_examples=int(FUZZ_EXAMPLES) // share if FUZZ_EXAMPLES else few,
        derandomize=not FUZZ_EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


class Meter:
    """Counts inputs, and measures their time and memory."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self.slowest = 0.0
        self.began = time.monotonic()
        self.at_first = peak_megabytes()

    @contextlib.contextmanager
    def within_bounds(self) -> Iterator[None]:
        """Limit the time and the memory of the block, which handles one input."""
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
    """Return the peak memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
