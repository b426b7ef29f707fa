"""The state of the control endpoint: faults, durations, keys, and the log of requests."""

import json
import time
from dataclasses import asdict, dataclass
from typing import Any

from playground.sandbox.answers import dollars, iso_time
from playground.sandbox.calls import Call
from playground.sandbox.faults import KINDS, Fault, read_fault
from playground.sandbox.store import Store, read_task
from playground.sandbox.tasks import Pace, Status, Task, Verdict

LASTING = -1  # count of durations for all tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """The control state, stored with the tasks: persistent and shared by processes.

    first_keys  the API keys given at the start, which a reset restores
    """

    store: Store
    first_keys: tuple[str, ...]

    def add_fault(self, fault: Fault) -> None:
        document = {name: value for name, value in asdict(fault).items() if name != "count"}
        with self.store.database.write() as db:
            db.execute(
                "INSERT INTO faults (seam, kind, task, remaining, document) VALUES (?, ?, ?, ?, ?)",
                (fault.seam, fault.kind, fault.task, fault.count, json.dumps(document)),
            )

    def take_fault(self, call: Call, *, succeeded: bool) -> Fault | None:
        """Consume the oldest fault that matches this call, if any."""
        if call.route is None:
            return None
        fitting = (
            "SELECT * FROM faults WHERE remaining > 0 AND seam = ?"
            " AND (task IS NULL OR task = ?) ORDER BY id"
        )
        names = (call.route.seam, call.task)
        with self.store.database.borrow() as db:
            if db.execute(fitting, names).fetchone() is None:
                return None  # the usual case, without the write lock
        with self.store.database.write() as db:
            for row in db.execute(fitting, names).fetchall():
                if succeeded or not KINDS[row["kind"]].waits:
                    db.execute(
                        "UPDATE faults SET remaining = remaining - 1 WHERE id = ?", (row["id"],)
                    )
                    return restore_fault(row["kind"], row["document"])
        return None

    def mend(self) -> None:
        with self.store.database.write() as db:
            db.execute("DELETE FROM faults")

    def set_pace(self, pace: Pace, *, count: int | None, task: str | None) -> bool:
        """Set the durations of one task, the next `count`, or all; False for an unknown task."""
        with self.store.database.write() as db:
            if task is not None:
                durations = pace.draw(0)
                changed = db.execute(
                    "UPDATE tasks SET queued = ?, processing = ? WHERE id = ?",
                    (durations.queued, durations.processing, task),
                )
                return changed.rowcount == 1
            if count is None:
                db.execute("DELETE FROM paces WHERE remaining = ?", (LASTING,))
            values = (
                *(pace.least.queued, pace.most.queued),
                *(pace.least.processing, pace.most.processing),
                pace.seed,
                LASTING if count is None else count,
            )
            db.execute(
                "INSERT INTO paces (queued_least, queued_most, processing_least, processing_most,"
                " seed, remaining) VALUES (?, ?, ?, ?, ?, ?)",
                values,
            )
        return True

    def set_key(self, api_key: str, *, is_enabled: bool) -> None:
        with self.store.database.write() as db:
            db.execute("REPLACE INTO api_keys VALUES (?, ?)", (api_key, is_enabled))

    def set_number(self, name: str, value: float) -> None:
        """Set a value that `Store.number` reads."""
        with self.store.database.write() as db:
            db.execute("REPLACE INTO settings VALUES (?, ?)", (name, str(value)))

    def overrule(self, task_id: str, verdict: Verdict) -> None:
        """Replace the verdict of a task."""
        with self.store.database.write() as db:
            db.execute("DELETE FROM pictures WHERE task = ?", (task_id,))
            db.execute(
                "UPDATE tasks SET status = ?, decided_at = ?, code = ?, message = ? WHERE id = ?",
                (verdict.status, verdict.decided_at, verdict.code, verdict.message, task_id),
            )

    def record(self, call: Call) -> int:
        """Record a request on arrival; return its id for `record_answer`."""
        with self.store.database.write() as db:
            made = db.execute(
                "INSERT INTO requests (at, method, path, key) VALUES (?, ?, ?, ?)",
                (time.time(), call.method, call.path, call.key),
            )
            return made.lastrowid or 0

    def record_answer(self, request: int, status: int, fault: str | None) -> None:
        """Record the response; `status` is 0 for a reset connection."""
        with self.store.database.write() as db:
            db.execute(
                "UPDATE requests SET status = ?, fault = ? WHERE id = ?", (status, fault, request)
            )

    def ledger(self) -> dict[str, Any]:
        """Return charges, tasks and requests, oldest first, in the control protocol's format."""
        with self.store.database.borrow() as db:
            charges = db.execute("SELECT task, amount, at FROM charges ORDER BY rowid").fetchall()
            tasks = db.execute("SELECT * FROM tasks ORDER BY rowid").fetchall()
            seen = db.execute("SELECT * FROM requests ORDER BY id").fetchall()
            looks = dict(db.execute("SELECT path, count(*) FROM requests GROUP BY path").fetchall())
        now = time.time()
        return {
            "charges": [
                {"task": row["task"], "amount": dollars(row["amount"]), "at": iso_time(row["at"])}
                for row in charges
            ],
            "tasks": [
                task_line(read_task(row), now, looks.get(f"/api/v1/tasks/{row['id']}", 0))
                for row in tasks
            ],
            "requests": [
                {
                    "method": row["method"],
                    "path": row["path"],
                    "key": row["key"],
                    "at": iso_time(row["at"]),
                    "status": row["status"],
                    "fault": row["fault"],
                }
                for row in seen
            ],
        }

    def reset(self) -> None:
        """Delete all state but the initial keys; pictures on disk are kept as a cache."""
        with self.store.database.write() as db:
            for table in ("tasks", "charges", "pictures", "requests", "faults", "paces", "models"):
                db.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are one line above
            db.execute("DELETE FROM settings WHERE name IN ('link_seconds', 'longest_side')")
            db.execute("DELETE FROM api_keys")
        self.store.allow(self.first_keys)


def task_line(task: Task, now: float, looks: int) -> dict[str, Any]:
    has_ended = task.ended_at is not None and task.ended_at <= now
    return {
        "task": task.id,
        "status": task.status_at(now),
        "key": task.key,
        "input": json.loads(task.document)["input"],
        "submitted": iso_time(task.submitted_at),
        "ended": iso_time(task.ended_at) if has_ended and task.ended_at else None,
        "looks": looks,
    }


def restore_fault(kind: str, document: str) -> Fault:
    members = json.loads(document)
    kept = {name: members[name] for name in ("seam", "kind", "task", *KINDS[kind].options)}
    return read_fault({name: value for name, value in kept.items() if value is not None})


def verdict_of(fault: Fault, at: float) -> Verdict:
    """Return the verdict of a `failed` or `cancelled` fault."""
    if fault.kind == "cancelled":
        return Verdict(status=Status.CANCELLED, decided_at=at, message="Task cancelled.")
    return Verdict(status=Status.FAILED, decided_at=at, code=fault.code, message=fault.message)
