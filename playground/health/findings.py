"""The result of a check, and a cache for slow checks."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

KEEP_SECONDS = 5.0


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The result of a check.

    message  a sentence that anyone may read
    advice   for the operator: what to do about it
    detail   for the operator: the original error
    """

    name: str
    level: Level = Level.OK
    message: str
    advice: str = ""
    detail: str = ""


class CachedCheck:
    """An expensive check, run every few seconds at most and by one thread at a time.

    Otherwise the cached result is used, so that frequent health checks do not block all threads if
    a disk or bucket hangs.
    """

    def __init__(self, check: Callable[[], CheckResult]) -> None:
        self._check = check
        self._turn = threading.Lock()
        self._finding: CheckResult | None = None
        self._made_at = 0.0

    def __call__(self) -> CheckResult:
        finding = self._finding
        if finding and time.monotonic() - self._made_at < KEEP_SECONDS:
            return finding
        if not self._turn.acquire(blocking=finding is None) and finding:
            return finding
        try:
            self._finding = self._check()
            self._made_at = time.monotonic()
            return self._finding
        finally:
            self._turn.release()
