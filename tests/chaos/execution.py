"""Plans of faults, made from a seed, and their execution while people press Generate."""

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

from tests.chaos.journal import crashes, read_journal
from tests.chaos.moments import Moment
from tests.chaos.person import Person
from tests.chaos.program import Program
from tests.redis_server import RedisServer
from tests.sandbox_process import SandboxProcess

TICK_SECONDS = 0.02
WATCH_SECONDS = 2
SETTLE_SECONDS = 90
AGE_SECONDS = 24 * 60 * 60
LONG_PLAN = 50  # runs
EXPERIMENT_AT, CELLS = 8, 6  # before this press an experiment with these cells is started
SAME_PROMPT = 2  # so many presses in a row have one prompt: equal pictures share a stored file

# Faults of single responses of the provider; none of them may fail a run.
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

# Responses of a gateway instead of the provider, and a slow network: (seam, kind, count, options)
GATEWAY: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    ("submit", "gateway", 6, {"status": "404"}),
    ("submit", "gateway", 6, {"status": "403"}),
    ("status", "gateway", 30, {"status": "404"}),
    ("file", "gateway", 6, {"status": "503"}),
)
SLOW_NETWORK: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    ("submit", "slow_before", 4, {"seconds": 2}),
    ("submit", "slow", 4, {"seconds": 2}),
    ("status", "slow", 8, {"seconds": 1}),
    ("file", "drip", 8, {"seconds": 4}),
    ("file", "cut_off", 4, {}),
)
OUTAGE_SECONDS = 4
KEY_DELETED_SECONDS = 2
BROKER_DOWN_SECONDS = 30  # in a long plan
SHORT_BROKER_DOWN_SECONDS = 2
CLOCK_SECONDS = 6  # lifetime of a worker with a wrong clock
HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a seed determines: what is killed when, and where workers crash.

    crash_points  instructions of the workers, used one by one
    attacks       (seconds after the previous one, key of ATTACK_FUNCTIONS)
    faults        faults of single responses of the provider
    """

    seed: int
    runs: int
    workers: int
    people: int
    lease_seconds: float
    crash_points: tuple[str, ...]
    attacks: tuple[tuple[float, str], ...]
    faults: tuple[tuple[str, str, dict[str, Any]], ...]


def make_plan(
    seed: int,
    *,
    runs: int,
    workers: int,
    lease_seconds: float,
    with_clocks: bool,
    moments: Iterable[Moment] = Moment,
    chosen_attacks: tuple[str, ...] = (),
) -> Plan:
    """Make the plan of a seed.

    with_clocks     the database has its own clock, from which that of a worker may differ
    chosen_attacks  default: those for the number of runs
    """
    dice = random.Random(seed)
    rounds = max(1, runs // 50)
    crash_points = [f"{moment} {dice.randint(1, 3)}" for moment in moments for _ in range(rounds)]
    usual = PlanExecution.ATTACKS if runs >= LONG_PLAN else PlanExecution.SHORT_ATTACKS
    attacks = list(chosen_attacks or usual) * rounds
    if with_clocks:
        attacks += ["clock"] * rounds
    faults = list(FAULTS) * rounds
    for each in (crash_points, attacks, faults):
        dice.shuffle(each)
    return Plan(
        seed=seed,
        runs=runs,
        workers=workers,
        people=max(6, min(24, runs // 4)),
        lease_seconds=lease_seconds,
        crash_points=tuple(crash_points),
        attacks=tuple((dice.uniform(0.2, 2.0), attack) for attack in attacks),
        faults=tuple(faults),
    )


@dataclass(slots=True, kw_only=True)
class PlanExecution:
    """The execution of a plan.

    shown_runs  ids of the runs that were shown to people, in order
    """

    plan: Plan
    program: Program
    service: SandboxProcess
    broker: RedisServer | None = None
    shown_runs: list[uuid.UUID] = field(default_factory=list)
    attacked: Counter[str] = field(default_factory=Counter)
    stop: threading.Event = field(default_factory=threading.Event)
    crash_points: deque[str] = field(default_factory=deque)
    people: list[Person] = field(default_factory=list)
    suspended: dict[int, float] = field(default_factory=dict)  # worker's id: time of its SIGCONT
    skewed: dict[int, float] = field(default_factory=dict)  # id (wrong clock): time of its SIGKILL
    back_at: float | None = None  # when the provider is restarted
    broker_back_at: float | None = None
    owner: threading.Thread | None = None

    ATTACKS = (
        *("worker", "worker", "suspend", "web worker", "web master", "web", "service"),
        *("outage", "gateway", "slow network", "key"),
    )
    SHORT_ATTACKS = ("worker", "suspend", "web", "outage", "gateway", "key")  # of a short plan
    BROKER_ATTACKS = ("broker clock", "broker", "broker clock", "broker down")
    SHORT_BROKER_ATTACKS = ("worker", "broker clock", "broker", "broker down")

    def execute(self) -> None:
        """Execute the plan; return when it is done and every run has ended."""
        self.crash_points.extend(self.plan.crash_points)
        numbers = itertools.count()
        attacks = self.attack_when_due()
        with ThreadPoolExecutor(self.plan.people) as pool:
            futures = [pool.submit(self.act_as_person, numbers) for _ in range(self.plan.people)]
            try:
                while not all(future.done() for future in futures):
                    raise_first(futures)
                    self.restart_ended()
                    next(attacks)
                    self.stop.wait(TICK_SECONDS)
                raise_first(futures)
                if self.owner:
                    self.owner.join()
            finally:
                self.stop.set()

    def act_as_person(self, numbers: Iterator[int]) -> None:
        """Press Generate and poll for a while, again and again; in the end wait for all runs."""
        person = Person(self.program.url, self.stop)
        mine: list[uuid.UUID] = []
        self.people.append(person)
        while (number := next(numbers)) < self.plan.runs or not self.is_done():
            assert number < self.plan.runs * 3, (
                f"not reached: {list(self.crash_points)}, {self.pending_crash_points()}"
            )
            if number == EXPERIMENT_AT:
                cells = person.vary([f"A lighthouse, cell {cell}" for cell in range(CELLS)])
                self.shown_runs.extend(cells)
                mine.extend(cells)
            mine.append(person.generate(f"A harbour at dusk, number {number // SAME_PROMPT}"))
            self.shown_runs.append(mine[-1])
            is_extra = number >= self.plan.runs  # needed to reach the remaining crash points
            person.watch(mine[-1], SETTLE_SECONDS if is_extra else WATCH_SECONDS)
        for run in mine:
            assert person.watch(run, SETTLE_SECONDS), f"run {run} does not end"

    def is_done(self) -> bool:
        """Whether all crash points were reached and all attacks were made."""
        are_all_done = self.attacked.total() == len(self.plan.attacks)
        return are_all_done and not self.crash_points and not self.pending_crash_points()

    def pending_crash_points(self) -> list[str]:
        return [worker.crash_point for worker in self.program.workers if worker.crash_point]

    def restart_ended(self) -> None:
        """Restart what has ended, as a supervisor does, and end what is due."""
        for worker in self.program.remove_ended_workers():
            self.suspended.pop(worker.pid, None)
            if worker.crash_point and not self.crashed(worker.pid):
                self.crash_points.append(worker.crash_point)
        while len(self.program.workers) < self.plan.workers:
            self.program.start_worker(self.crash_points.popleft() if self.crash_points else "")
        self.program.ensure_clock()
        if self.broker and self.broker_back_at and time.monotonic() > self.broker_back_at:
            self.broker.start()
            self.broker_back_at = None
        if self.program.web is None or self.program.web.poll() is not None:
            self.program.start_web()
        for pid in take_due(self.suspended):
            send_signal(pid, signal.SIGCONT)
        for pid in take_due(self.skewed):
            send_signal(pid, signal.SIGKILL)
        if self.back_at and time.monotonic() > self.back_at:
            self.service.restart()
            self.back_at = None

    def crashed(self, pid: int) -> bool:
        lines = read_journal(self.program.journal)
        return any(line["what"] == "died" and line["pid"] == pid for line in lines)

    def attack_when_due(self) -> Iterator[None]:
        """Make the next attack of the plan if it is due; each `next` checks once.

        It also waits for new responses to people, so that there is activity on slow machines too.
        """
        faults = iter(self.plan.faults)
        due, enough = time.monotonic(), 0
        for gap, attack in self.plan.attacks:
            due += gap
            while time.monotonic() < due or self.count_answers() < enough or self.back_at:
                yield
            for seam, kind, options in itertools.islice(faults, 3):
                self.service.fault(seam, kind, **options)
            ATTACK_FUNCTIONS[attack](self)
            self.attacked[attack] += 1
            due, enough = time.monotonic(), self.count_answers() + 2 * self.plan.people
        while True:
            yield

    def count_answers(self) -> int:
        return sum(person.answers for person in self.people)

    def clean_up(self) -> list[Path]:
        """Kill the workers, then do a worker's cleanup; return the temporary files left before it.

        A running worker could still make copies that another one has already made.
        """
        self.program.kill_workers(self.skewed)
        left = list((self.program.folder / "media" / "incoming").iterdir())
        long_ago = time.time() - AGE_SECONDS
        for path in left:
            os.utime(path, (long_ago, long_ago))
        self.program.clean_up()
        return left

    def oldest_worker(self) -> int:
        """Return the id of the oldest worker, which has the most claims."""
        return self.program.workers[0].pid


def send_signal(pid: int, how: int) -> bool:
    """Send a signal; return False if the process has just ended."""
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return False
    return True


def kill_worker(execution: PlanExecution) -> None:
    send_signal(execution.oldest_worker(), signal.SIGKILL)


def suspend_worker(execution: PlanExecution) -> None:
    """Suspend a worker for longer than its leases; when it continues it writes too late."""
    pid = execution.oldest_worker()
    if send_signal(pid, signal.SIGSTOP):
        execution.suspended[pid] = time.monotonic() + execution.plan.lease_seconds * 1.5


def kill_web_worker(execution: PlanExecution) -> None:
    for pid in execution.program.web_workers()[:1]:
        send_signal(pid, signal.SIGKILL)


def kill_web_master(execution: PlanExecution) -> None:
    """Orphan its workers, which still have the port for a moment."""
    if execution.program.web:
        execution.program.web.kill()


def kill_web(execution: PlanExecution) -> None:
    if execution.program.web:
        os.killpg(execution.program.web.pid, signal.SIGKILL)


def kill_service(execution: PlanExecution) -> None:
    execution.service.kill()
    execution.service.restart()


def begin_outage(execution: PlanExecution) -> None:
    execution.service.kill()
    execution.back_at = time.monotonic() + OUTAGE_SECONDS


def kill_clock(execution: PlanExecution) -> None:
    if execution.program.clock:
        send_signal(execution.program.clock.pid, signal.SIGKILL)


def kill_broker(execution: PlanExecution) -> None:
    """Restart the broker without its data."""
    if execution.broker and not execution.broker_back_at:
        execution.broker.kill()
        execution.broker.start()


def stop_broker(execution: PlanExecution) -> None:
    if execution.broker and not execution.broker_back_at:
        is_long = execution.plan.runs >= LONG_PLAN
        execution.broker.kill()
        seconds = BROKER_DOWN_SECONDS if is_long else SHORT_BROKER_DOWN_SECONDS
        execution.broker_back_at = time.monotonic() + seconds


def begin_gateway(execution: PlanExecution) -> None:
    """Let a gateway respond instead, with HTML pages and several statuses."""
    inject(execution, GATEWAY)


def begin_slow_network(execution: PlanExecution) -> None:
    inject(execution, SLOW_NETWORK)


def inject(
    execution: PlanExecution, faults: tuple[tuple[str, str, int, dict[str, Any]], ...]
) -> None:
    for seam, kind, count, options in faults:
        execution.service.fault(seam, kind, count=count, **options)


def delete_key(execution: PlanExecution) -> None:
    """Delete the API key while responses are lost, and store it again later, as the owner."""
    execution.service.fault("submit", "reset_after", count=4)
    if execution.owner:
        execution.owner.join()
    owner = Person(execution.program.url, execution.stop)

    def act() -> None:
        owner.delete_keys()
        execution.stop.wait(KEY_DELETED_SECONDS)
        owner.store_key(execution.service.api_key)

    execution.owner = threading.Thread(target=act)
    execution.owner.start()


def start_skewed_worker(execution: PlanExecution) -> None:
    """Start an additional worker with a clock an hour ahead or behind, in turn."""
    ahead = HOUR if execution.attacked["clock"] % 2 == 0 else -HOUR
    pid = execution.program.start_skewed_worker(ahead)
    execution.skewed[pid] = time.monotonic() + CLOCK_SECONDS


ATTACK_FUNCTIONS: dict[str, Callable[[PlanExecution], None]] = {
    "worker": kill_worker,
    "suspend": suspend_worker,
    "web worker": kill_web_worker,
    "web master": kill_web_master,
    "web": kill_web,
    "service": kill_service,
    "outage": begin_outage,
    "gateway": begin_gateway,
    "slow network": begin_slow_network,
    "key": delete_key,
    "clock": start_skewed_worker,
    "broker clock": kill_clock,
    "broker": kill_broker,
    "broker down": stop_broker,
}


def take_due(known: dict[int, float]) -> list[int]:
    """Remove and return the ids that are due."""
    due = [pid for pid, at in known.items() if time.monotonic() > at]
    for pid in due:
        del known[pid]
    return due


def raise_first(futures: list[Future[None]]) -> None:
    """Raise the first exception of a person."""
    for future in futures:
        if future.done():
            future.result()


def count_crashes(execution: PlanExecution) -> Counter[str]:
    return Counter(crashes(read_journal(execution.program.journal)))
