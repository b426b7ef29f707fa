"""The invariants after a chaos test, checked in the database, the storage and the ledger."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ
from django.db import connections
from PIL import Image

from playground.runs.models import MediaFile, Output, PendingFile, Run
from tests.chaos.execution import PlanExecution
from tests.chaos.journal import find_overlaps, read_claims, read_journal
from tests.sandbox_process import SandboxProcess

ALIAS = "chaos"
COPIES_SECONDS = 120.0


@contextmanager
def open_database(address: str) -> Iterator[None]:
    """Make the program's database available to the models under the alias."""
    plain = {"default": connections.settings["default"]}
    added = connections.configure_settings({**plain, ALIAS: environ.Env.db_url_config(address)})
    connections.settings[ALIAS] = added[ALIAS]
    try:
        yield
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.settings[ALIAS]


@dataclass(slots=True, kw_only=True)
class Results:
    """All data at the end; each check yields messages about violated invariants."""

    execution: PlanExecution
    runs: list[Run]
    files: list[MediaFile]
    pending: list[PendingFile]
    ledger: dict[str, Any]

    def violations(self) -> list[str]:
        checks = (
            self.check_people,
            self.check_ends,
            self.check_charges,
            self.check_files,
            self.check_leftovers,
            self.check_claims,
        )
        return [violation for check in checks for violation in check()]

    def summarise(self) -> str:
        """Return the counts of runs, charges and outputs as a text."""
        sent = sum(not was_never_sent(run) for run in self.runs)
        unfinished = sum(not run.is_settled for run in self.runs)
        outputs = sum(len(run.outputs.all()) for run in self.runs)
        return (
            f"{len(self.runs)} runs of which {sent} were sent, {len(self.ledger['charges'])} "
            f"charges, {unfinished} runs unfinished, {outputs} outputs compared byte for byte"
        )

    def check_people(self) -> Iterator[str]:
        shown, kept = Counter(self.execution.shown_runs), {run.pk for run in self.runs}
        yield from (f"run {pk} was shown for {n} presses" for pk, n in shown.items() if n > 1)
        yield from (f"run {pk} was shown and does not exist" for pk in set(shown) - kept)
        yield from (f"run {pk} exists and was not shown" for pk in kept - set(shown))

    def check_ends(self) -> Iterator[str]:
        ends = {task["key"]: task["status"] for task in self.ledger["tasks"]}
        for run in self.runs:
            if not run.is_settled:
                yield f"run {run.pk} is unfinished: {run.status}, {run.problem_message}"
            if was_never_sent(run):
                continue
            end = ends.get(str(run.idempotency_key), "missing")
            if run.status != end:
                yield f"run {run.pk} is {run.status}, its task is {end}: {run.problem_message}"

    def check_charges(self) -> Iterator[str]:
        sent = (run for run in self.runs if not was_never_sent(run))
        wanted = Counter(str(run.idempotency_key) for run in sent)
        keys = {task["task"]: task["key"] for task in self.ledger["tasks"]}
        charged = Counter(keys[charge["task"]] for charge in self.ledger["charges"])
        for key in sorted(set(wanted) | set(charged), key=str):
            if wanted[key] != charged[key]:
                yield f"key {key}: {wanted[key]} runs, {charged[key]} charges"

    def check_files(self) -> Iterator[str]:
        for run in self.runs:
            if run.status != "succeeded":
                continue
            outputs = list(run.outputs.all())
            addresses = fetch_output_urls(self.execution.service, run.task_id)
            if len(outputs) != len(addresses):
                yield f"run {run.pk} has {len(outputs)} files, its task has {len(addresses)}"
            for output, address in zip(outputs, addresses, strict=False):
                yield from self.check_file(output, self.execution.service.http.get(address).content)

    def check_file(self, output: Output, expected: bytes) -> Iterator[str]:
        file = output.file
        if file is None or output.problem:
            yield f"{output} is not stored: {output.problem}"
            return
        kept = (self.media / str(file.original)).read_bytes()
        if kept != expected:
            yield f"{output}: {len(kept)} stored bytes, not the {len(expected)} of the service"
        if (file.size_bytes, file.sha256) != (len(kept), hashlib.sha256(kept).hexdigest()):
            yield f"{output}: size or checksum of the row are not those of the file"
        with Image.open(self.media / str(file.thumbnail)) as thumbnail:
            thumbnail.load()
            if max(thumbnail.size) > 640:
                yield f"{output}: its thumbnail has {thumbnail.size} pixels"

    def check_leftovers(self) -> Iterator[str]:
        named = {name for file in self.files for name in file.stored_names}
        found = {
            str(path.relative_to(self.media)) for path in self.media.rglob("*") if path.is_file()
        }
        yield from (f"{name} belongs to no row" for name in sorted(found - named))
        yield from (f"{file} is still pending" for file in self.pending)
        used = {output.file_id for run in self.runs for output in run.outputs.all()}
        yield from (f"{file} belongs to no run" for file in self.files if file.pk not in used)

    def check_claims(self) -> Iterator[str]:
        lines = read_journal(self.execution.program.journal)
        yield from find_overlaps(read_claims(lines, self.execution.plan.lease_seconds))
        skewed = {line["pid"] for line in lines if line["what"] == "wrong clock"}
        for line in lines:
            if line["what"] == "claimed" and line["pid"] in skewed:
                yield f"run {line['run']} was claimed by a worker whose clock is wrong"

    @property
    def media(self) -> Path:
        return self.execution.program.folder / "media"


def was_never_sent(run: Run) -> bool:
    """Whether a run failed unsent because its API key was deleted; it must not be charged."""
    return run.status == "failed" and run.problem == "key_gone" and run.sent_at is None


def read_results(execution: PlanExecution) -> Results:
    with open_database(execution.program.database_url):
        loaded = Run.objects.using(ALIAS).select_related("spec")
        runs = list(loaded.prefetch_related("outputs__file"))
        files = list(MediaFile.objects.using(ALIAS))
        pending = list(PendingFile.objects.using(ALIAS))
    ledger = execution.service.ledger()
    return Results(execution=execution, runs=runs, files=files, pending=pending, ledger=ledger)


def wait_for_copies(execution: PlanExecution) -> None:
    """Wait until the workers have made the copies of all pictures, the last files to be written."""
    give_up_at = time.monotonic() + COPIES_SECONDS
    with open_database(execution.program.database_url):
        while MediaFile.objects.using(ALIAS).filter(is_sized=False).exists():
            assert time.monotonic() < give_up_at, "the copies of pictures are not made"
            time.sleep(0.1)


def count_pending(execution: PlanExecution) -> int:
    with open_database(execution.program.database_url):
        return PendingFile.objects.using(ALIAS).count()


def fetch_output_urls(service: SandboxProcess, task_id: str) -> list[str]:
    headers = {"Authorization": f"Bearer {service.api_key}"}
    answer = service.http.get(f"{service.url}/api/v1/tasks/{task_id}", headers=headers, timeout=10)
    answer.raise_for_status()
    return [image["url"] for image in answer.json()["output"]["images"]]
