"""Stores tasks, charges, pictures and API keys in a folder that processes can share."""

import json
import math
import secrets
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playground.sandbox.database import Database
from playground.sandbox.orders import Bill, fingerprint
from playground.sandbox.refusal import Refusal
from playground.sandbox.tasks import Durations, Pace, Picture, Status, Task, Verdict

LINK_SECONDS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A task, and whether this request created it, not an earlier one with the same key."""

    task: Task
    is_new: bool


class Store:
    """The state of the sandbox; each method is one transaction."""

    def __init__(self, folder: Path) -> None:
        self.pictures_folder = folder / "pictures"
        self.pictures_folder.mkdir(parents=True, exist_ok=True)
        self.database = Database(folder / "sandbox.sqlite3")
        self.secret = self.setting("secret", secrets.token_hex(32))

    def allow(self, api_keys: tuple[str, ...]) -> None:
        """Add API keys; existing ones are unchanged."""
        with self.database.write() as db:
            db.executemany(
                "INSERT OR IGNORE INTO api_keys VALUES (?, 1)", [(key,) for key in api_keys]
            )

    def is_allowed(self, api_key: str) -> bool:
        with self.database.borrow() as db:
            row = db.execute("SELECT enabled FROM api_keys WHERE key = ?", (api_key,)).fetchone()
        return bool(row and row["enabled"])

    def setting(self, name: str, default: str) -> str:
        """Return a stored setting; store the default if there is none."""
        with self.database.write() as db:
            db.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, default))
            row = db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return str(row["value"])

    def link_seconds(self) -> float:
        return self.number("link_seconds", LINK_SECONDS)

    def longest_side(self) -> float:
        """The limit of pictures' longest side in pixels."""
        return self.number("longest_side", math.inf)

    def number(self, name: str, default: float) -> float:
        """Return a value set by the control endpoint, or the default."""
        with self.database.borrow() as db:
            row = db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return float(row["value"]) if row else default

    def submit(
        self, bill: Bill, document: dict[str, Any], key: str | None, usual: Durations
    ) -> Submission:
        """Create and charge a task, or return the one with this idempotency key.

        usual   default durations, unless the control endpoint set others
        Raises  Refusal (409) if the key was used with another payload
        """
        mark = fingerprint(document)
        with self.database.write() as db:
            earlier = db.execute("SELECT * FROM tasks WHERE key = ?", (key,)).fetchone()
            if earlier and earlier["fingerprint"] != mark:
                raise Refusal(
                    409, "idempotency_conflict", "This Idempotency-Key came with another input."
                )
            if earlier:
                return Submission(task=read_task(earlier), is_new=False)
            durations = take_durations(db) or at_pace(usual, bill.pace)
            task = new_task(bill, document, key, durations)
            insert_task(db, task)
        return Submission(task=task, is_new=True)

    def remember_model(self, slug: str, facts: dict[str, Any]) -> None:
        """Store a model's description, for requests without one."""
        with self.database.write() as db:
            db.execute("REPLACE INTO models VALUES (?, ?)", (slug, json.dumps(facts)))

    def recall_model(self, slug: str) -> dict[str, Any] | None:
        with self.database.borrow() as db:
            row = db.execute("SELECT facts FROM models WHERE slug = ?", (slug,)).fetchone()
        facts: dict[str, Any] | None = json.loads(row["facts"]) if row else None
        return facts

    def find_task(self, task_id: str) -> Task | None:
        with self.database.borrow() as db:
            row = db.execute("SELECT * FROM tasks WHERE id = ?", (task_id,)).fetchone()
        return read_task(row) if row else None

    def undecided(self) -> list[str]:
        """Return the ids of tasks that are not drawn yet, oldest first."""
        with self.database.borrow() as db:
            rows = db.execute("SELECT id FROM tasks WHERE status IS NULL ORDER BY submitted_at")
            return [row["id"] for row in rows]

    def decide(self, task_id: str, verdict: Verdict, pictures: tuple[Picture, ...] = ()) -> bool:
        """Set the verdict of a task; return False without change if it has one."""
        values = (*verdict_values(verdict), task_id)
        with self.database.write() as db:
            changed = db.execute(
                "UPDATE tasks SET status = ?, decided_at = ?, code = ?, message = ?"
                " WHERE id = ? AND status IS NULL",
                values,
            ).rowcount
            if changed:
                db.executemany(
                    "INSERT INTO pictures VALUES (?, ?, ?, ?, ?)",
                    [(task_id, p.position, p.name, p.width, p.height) for p in pictures],
                )
        return changed == 1

    def pictures_of(self, task_id: str) -> list[Picture]:
        with self.database.borrow() as db:
            rows = db.execute(
                "SELECT position, name, width, height FROM pictures WHERE task = ?"
                " ORDER BY position",
                (task_id,),
            )
            return [Picture(**dict(row)) for row in rows]


def at_pace(usual: Durations, pace: float) -> Durations:
    return Durations(queued=usual.queued * pace, processing=usual.processing * pace)


def new_task(bill: Bill, document: dict[str, Any], key: str | None, durations: Durations) -> Task:
    return Task(
        id=f"task_{secrets.token_hex(12)}",
        request_id=f"req_{secrets.token_hex(12)}",
        document=json.dumps(document),
        fingerprint=fingerprint(document),
        key=key,
        submitted_at=time.time(),
        durations=durations,
        estimate=bill.estimate,
        picture_price=bill.picture_price,
        charge=bill.charge,
    )


def take_durations(db: sqlite3.Connection) -> Durations | None:
    """Return the durations set for the next task, and count it; a negative count is unlimited."""
    row = db.execute(
        "SELECT * FROM paces WHERE remaining != 0 ORDER BY remaining < 0, id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    db.execute(
        "UPDATE paces SET taken = taken + 1, remaining = remaining - (remaining > 0) WHERE id = ?",
        (row["id"],),
    )
    least = Durations(queued=row["queued_least"], processing=row["processing_least"])
    most = Durations(queued=row["queued_most"], processing=row["processing_most"])
    return Pace(least=least, most=most, seed=row["seed"]).draw(row["taken"])


def insert_task(db: sqlite3.Connection, task: Task) -> None:
    """Insert a task and its charge."""
    db.execute(
        "INSERT INTO tasks (id, request_id, document, fingerprint, key, submitted_at, queued,"
        " processing, estimate, picture_price, charge) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            task.id,
            task.request_id,
            task.document,
            task.fingerprint,
            task.key,
            task.submitted_at,
            task.durations.queued,
            task.durations.processing,
            task.estimate,
            task.picture_price,
            task.charge,
        ),
    )
    charge = (task.id, task.estimate, task.submitted_at)
    db.execute("INSERT INTO charges VALUES (?, ?, ?)", charge)


def read_task(row: sqlite3.Row) -> Task:
    verdict = None
    if row["status"] is not None:
        verdict = Verdict(
            status=Status(row["status"]),
            decided_at=row["decided_at"],
            code=row["code"],
            message=row["message"],
        )
    return Task(
        id=row["id"],
        request_id=row["request_id"],
        document=row["document"],
        fingerprint=row["fingerprint"],
        key=row["key"],
        submitted_at=row["submitted_at"],
        durations=Durations(queued=row["queued"], processing=row["processing"]),
        estimate=row["estimate"],
        picture_price=row["picture_price"],
        charge=row["charge"],
        verdict=verdict,
    )


def verdict_values(verdict: Verdict) -> tuple[str, float, str | None, str | None]:
    return (verdict.status, verdict.decided_at, verdict.code, verdict.message)
