"""People press Generate while everything around them is killed, by a plan that a seed decides."""

import itertools
import os
import random
import signal
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.journal import deaths, read_journal
from tests.chaos.moments import Moment
from tests.chaos.person import Person
from tests.chaos.program import Program
from tests.redis_server import RedisServer
from tests.sandbox_process import SandboxProcess

TICK_SECONDS = 0.02
LOOK_SECONDS = 2
SETTLE_SECONDS = 90
LONG_SECONDS = 24 * 60 * 60
LONG_COURSE = 50  # runs
EXPERIMENT_AT, CELLS = 8, 6  # one of the presses comes after an experiment with so many runs
SAME_PROMPT = 2  # presses in a row: they bring the same picture, and meet in our storage

# What the service may do once to some call: none of it ends a run that would have gone well.
FAULTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    *(("submit", kind, {}) for kind in ("reset", "reset_after", "error_after", "half_json")),
    *(("submit", kind, {}) for kind in ("bad_gateway", "missing_fields", "html", "empty")),
    ("submit", "throttled", {"retry_after": "seconds", "seconds": 1}),
    ("submit", "slow", {"seconds": 1}),
    *(("status", kind, {}) for kind in ("reset_after", "server_error", "garbage", "json_list")),
    ("status", "unknown_status", {}),
    *(("file", kind, {}) for kind in ("reset", "truncated", "cut_off", "expired", "html")),
    ("file", "slow", {"seconds": 1}),
    ("file", "drip", {"seconds": 1}),
    ("submit", "failed", {}),
    ("submit", "conflict_after", {}),
)

# A gateway that answers for the service, and a line that is slow: (seam, kind, count, options)
GATEWAY: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    ("submit", "gateway", 6, {"status": "404"}),
    ("submit", "gateway", 6, {"status": "403"}),
    ("status", "gateway", 30, {"status": "404"}),
    ("file", "gateway", 6, {"status": "503"}),
)
SLOW_LINE: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    ("submit", "slow_before", 4, {"seconds": 2}),
    ("submit", "slow", 4, {"seconds": 2}),
    ("status", "slow", 8, {"seconds": 1}),
    ("file", "drip", 8, {"seconds": 4}),
    ("file", "cut_off", 4, {}),
)
OUTAGE_SECONDS = 4
KEY_AWAY_SECONDS = 2
BROKER_AWAY_SECONDS = 30  # of a long course
SHORT_BROKER_AWAY_SECONDS = 2
CLOCK_SECONDS = 6  # as long as a worker with a wrong clock is there
HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a seed decides: who is killed when, where workers die, what is requested.

    fates    one for each life of a worker, as long as there are any
    strikes  (seconds after the one before, what is struck)
    """

    seed: int
    runs: int
    workers: int
    people: int
    lease_seconds: float
    fates: tuple[str, ...]
    strikes: tuple[tuple[float, str], ...]
    faults: tuple[tuple[str, str, dict[str, Any]], ...]


def make_plan(
    seed: int,
    *,
    runs: int,
    workers: int,
    lease_seconds: float,
    with_clocks: bool,
    moments: Iterable[Moment] = Moment,
    strikes_of_course: tuple[str, ...] = (),
) -> Plan:
    """Decide by a seed.

    with_clocks        the database has a clock of its own, from which that of a worker may differ
    strikes_of_course  what is struck; without it what the length of the course says
    """
    dice = random.Random(seed)
    rounds = max(1, runs // 50)
    fates = [f"{moment} {dice.randint(1, 3)}" for moment in moments for _ in range(rounds)]
    usual = Storm.STRIKES if runs >= LONG_COURSE else Storm.SOME_STRIKES
    strikes = list(strikes_of_course or usual) * rounds
    if with_clocks:
        strikes += ["clock"] * rounds
    faults = list(FAULTS) * rounds
    for each in (fates, strikes, faults):
        dice.shuffle(each)
    return Plan(
        seed=seed,
        runs=runs,
        workers=workers,
        people=max(6, min(24, runs // 4)),
        lease_seconds=lease_seconds,
        fates=tuple(fates),
        strikes=tuple((dice.uniform(0.2, 2.0), strike) for strike in strikes),
        faults=tuple(faults),
    )


@dataclass(slots=True, kw_only=True)
class Storm:
    """One execution of a plan.

    pressed  the runs that people were shown, by the order in which they came
    """

    plan: Plan
    program: Program
    service: SandboxProcess
    broker: RedisServer | None = None
    pressed: list[uuid.UUID] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    stop: threading.Event = field(default_factory=threading.Event)
    fates: deque[str] = field(default_factory=deque)
    people: list[Person] = field(default_factory=list)
    stopped: dict[int, float] = field(default_factory=dict)  # worker's id: when it goes on
    mistaken: dict[int, float] = field(default_factory=dict)  # its clock is wrong: when it ends
    back_at: float | None = None  # when the service comes back
    broker_back_at: float | None = None
    owner: threading.Thread | None = None

    STRIKES = (
        *("worker", "worker", "halt", "web worker", "web master", "web", "service"),
        *("outage", "gateway", "slow line", "key"),
    )
    SOME_STRIKES = ("worker", "halt", "web", "outage", "gateway", "key")  # of a short course
    BROKER_STRIKES = ("broker clock", "broker", "broker clock", "broker away")
    SOME_BROKER_STRIKES = ("worker", "broker clock", "broker", "broker away")

    def rage(self) -> None:
        """Return when the plan is carried out and every run is at its end."""
        self.fates.extend(self.plan.fates)
        numbers = itertools.count()
        strikes = self.strike_now_and_then()
        with ThreadPoolExecutor(self.plan.people) as pool:
            evenings = [pool.submit(self.live, numbers) for _ in range(self.plan.people)]
            try:
                while not all(evening.done() for evening in evenings):
                    raise_first(evenings)
                    self.mend()
                    next(strikes)
                    self.stop.wait(TICK_SECONDS)
                raise_first(evenings)
                if self.owner:
                    self.owner.join()
            finally:
                self.stop.set()

    def live(self, numbers: Iterator[int]) -> None:
        """One person's evening: press, look for a while, press again; see all through at last."""
        person = Person(self.program.url, self.stop)
        mine: list[uuid.UUID] = []
        self.people.append(person)
        while (number := next(numbers)) < self.plan.runs or not self.is_over():
            assert number < self.plan.runs * 3, f"not met: {list(self.fates)}, {self.fated()}"
            if number == EXPERIMENT_AT:
                cells = person.vary([f"A lighthouse, cell {cell}" for cell in range(CELLS)])
                self.pressed.extend(cells)
                mine.extend(cells)
            mine.append(person.generate(f"A harbour at dusk, number {number // SAME_PROMPT}"))
            self.pressed.append(mine[-1])
            is_extra = number >= self.plan.runs  # pressed for a moment that no one came to yet
            person.watch(mine[-1], SETTLE_SECONDS if is_extra else LOOK_SECONDS)
        for run in mine:
            assert person.watch(run, SETTLE_SECONDS), f"run {run} does not come to its end"

    def is_over(self) -> bool:
        """Whether each moment of the plan was met, and all was struck that it wants struck."""
        are_all_struck = self.struck.total() == len(self.plan.strikes)
        return are_all_struck and not self.fates and not self.fated()

    def fated(self) -> list[str]:
        return [worker.fate for worker in self.program.workers if worker.fate]

    def mend(self) -> None:
        """Start again what is dead, as a supervisor does."""
        for worker in self.program.take_dead_workers():
            self.stopped.pop(worker.pid, None)
            if worker.fate and not self.died_by_itself(worker.pid):
                self.fates.append(worker.fate)
        while len(self.program.workers) < self.plan.workers:
            self.program.start_worker(self.fates.popleft() if self.fates else "")
        self.program.keep_clock()
        if self.broker and self.broker_back_at and time.monotonic() > self.broker_back_at:
            self.broker.start()
            self.broker_back_at = None
        if self.program.web is None or self.program.web.poll() is not None:
            self.program.start_web()
        for pid in take_due(self.stopped):
            strike(pid, signal.SIGCONT)
        for pid in take_due(self.mistaken):
            strike(pid, signal.SIGKILL)
        if self.back_at and time.monotonic() > self.back_at:
            self.service.restart()
            self.back_at = None

    def died_by_itself(self, pid: int) -> bool:
        lines = read_journal(self.program.journal)
        return any(line["what"] == "died" and line["pid"] == pid for line in lines)

    def strike_now_and_then(self) -> Iterator[None]:
        """Do the next thing of the plan once its time has come; one look for each `next`.

        Its time comes when people were answered again, however slow the machine is: else nothing
        would be going on that could be struck.
        """
        faults = iter(self.plan.faults)
        due, enough = time.monotonic(), 0
        for gap, strike in self.plan.strikes:
            due += gap
            while time.monotonic() < due or self.count_answers() < enough or self.back_at:
                yield
            for seam, kind, options in itertools.islice(faults, 3):
                self.service.fault(seam, kind, **options)
            HOW[strike](self)
            self.struck[strike] += 1
            due, enough = time.monotonic(), self.count_answers() + 2 * self.plan.people
        while True:
            yield

    def count_answers(self) -> int:
        return sum(person.answers for person in self.people)

    def clean_up(self) -> list[Path]:
        """Kill the workers, and have one clean up long after; return the temporary files left.

        A worker that is alive may still draw copies that another one has drawn meanwhile.
        """
        self.program.kill_workers(self.mistaken)
        left = list((self.program.folder / "media" / "incoming").iterdir())
        long_ago = time.time() - LONG_SECONDS
        for path in left:
            os.utime(path, (long_ago, long_ago))
        self.program.clean_up()
        return left

    def any_worker(self) -> int:
        """Choose the worker that has been alive the longest: it has the most in hand."""
        return self.program.workers[0].pid


def strike(pid: int, how: int) -> bool:
    """Send a signal; False where the process has died of its own at this very moment."""
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return False
    return True


def kill_worker(storm: Storm) -> None:
    strike(storm.any_worker(), signal.SIGKILL)


def halt_worker(storm: Storm) -> None:
    """Let one hang beyond its leases, and go on as if nothing had been: a late writer."""
    pid = storm.any_worker()
    if strike(pid, signal.SIGSTOP):
        storm.stopped[pid] = time.monotonic() + storm.plan.lease_seconds * 1.5


def kill_web_worker(storm: Storm) -> None:
    for pid in storm.program.web_workers()[:1]:
        strike(pid, signal.SIGKILL)


def kill_web_master(storm: Storm) -> None:
    """Leave its workers orphaned: they hold the port for a moment."""
    if storm.program.web:
        storm.program.web.kill()


def kill_web(storm: Storm) -> None:
    if storm.program.web:
        os.killpg(storm.program.web.pid, signal.SIGKILL)


def kill_service(storm: Storm) -> None:
    storm.service.kill()
    storm.service.restart()


def begin_outage(storm: Storm) -> None:
    storm.service.kill()
    storm.back_at = time.monotonic() + OUTAGE_SECONDS


def kill_clock(storm: Storm) -> None:
    if storm.program.clock:
        strike(storm.program.clock.pid, signal.SIGKILL)


def kill_broker(storm: Storm) -> None:
    """Have the broker lose its memory."""
    if storm.broker and not storm.broker_back_at:
        storm.broker.kill()
        storm.broker.start()


def take_broker_away(storm: Storm) -> None:
    if storm.broker and not storm.broker_back_at:
        is_long = storm.plan.runs >= LONG_COURSE
        storm.broker.kill()
        seconds = BROKER_AWAY_SECONDS if is_long else SHORT_BROKER_AWAY_SECONDS
        storm.broker_back_at = time.monotonic() + seconds


def put_gateway(storm: Storm) -> None:
    """Have a gateway answer instead, with pages of its own and any status."""
    arrange(storm, GATEWAY)


def slow_the_line(storm: Storm) -> None:
    arrange(storm, SLOW_LINE)


def arrange(storm: Storm, faults: tuple[tuple[str, str, int, dict[str, Any]], ...]) -> None:
    for seam, kind, count, options in faults:
        storm.service.fault(seam, kind, count=count, **options)


def delete_key(storm: Storm) -> None:
    """Have the owner delete the key while answers get lost, and store it again a while later."""
    storm.service.fault("submit", "reset_after", count=4)
    if storm.owner:
        storm.owner.join()
    owner = Person(storm.program.url, storm.stop)

    def act() -> None:
        owner.delete_keys()
        storm.stop.wait(KEY_AWAY_SECONDS)
        owner.store_key(storm.service.api_key)

    storm.owner = threading.Thread(target=act)
    storm.owner.start()


def start_mistaken_worker(storm: Storm) -> None:
    """Have a worker beside the others whose clock is an hour off, ahead or behind in turn."""
    ahead = HOUR if storm.struck["clock"] % 2 == 0 else -HOUR
    pid = storm.program.start_mistaken_worker(ahead)
    storm.mistaken[pid] = time.monotonic() + CLOCK_SECONDS


HOW: dict[str, Callable[[Storm], None]] = {
    "worker": kill_worker,
    "halt": halt_worker,
    "web worker": kill_web_worker,
    "web master": kill_web_master,
    "web": kill_web,
    "service": kill_service,
    "outage": begin_outage,
    "gateway": put_gateway,
    "slow line": slow_the_line,
    "key": delete_key,
    "clock": start_mistaken_worker,
    "broker clock": kill_clock,
    "broker": kill_broker,
    "broker away": take_broker_away,
}


def take_due(known: dict[int, float]) -> list[int]:
    """Remove the ids whose time has come, and return them."""
    due = [pid for pid, at in known.items() if time.monotonic() > at]
    for pid in due:
        del known[pid]
    return due


def raise_first(evenings: list[Future[None]]) -> None:
    """Pass on what went wrong for a person, as soon as it is known."""
    for evening in evenings:
        if evening.done():
            evening.result()


def deaths_in(storm: Storm) -> Counter[str]:
    return Counter(deaths(read_journal(storm.program.journal)))
