"""What has to be true afterwards, read from the database, the disk and the service's ledger."""

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
from tests.chaos.journal import find_overlaps, read_holdings, read_journal
from tests.chaos.storm import Storm
from tests.sandbox_process import SandboxProcess

ALIAS = "chaos"
COPIES_SECONDS = 120.0


@contextmanager
def open_database(address: str) -> Iterator[None]:
    """Let the models read the program's own database under the alias."""
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
class Reckoning:
    """Everything that is known at the end; each check yields what is wrong, in words."""

    storm: Storm
    runs: list[Run]
    files: list[MediaFile]
    pending: list[PendingFile]
    ledger: dict[str, Any]

    def faults(self) -> list[str]:
        checks = (
            self.check_people,
            self.check_ends,
            self.check_charges,
            self.check_files,
            self.check_leftovers,
            self.check_claims,
        )
        return [fault for check in checks for fault in check()]

    def count(self) -> str:
        """Say how much there is of what has to be equal."""
        sent = sum(not was_never_sent(run) for run in self.runs)
        unfinished = sum(not run.is_settled for run in self.runs)
        outputs = sum(len(run.outputs.all()) for run in self.runs)
        return (
            f"{len(self.runs)} runs of which {sent} were sent, {len(self.ledger['charges'])} "
            f"charges, {unfinished} runs unfinished, {outputs} outputs compared byte for byte"
        )

    def check_people(self) -> Iterator[str]:
        shown, kept = Counter(self.storm.pressed), {run.pk for run in self.runs}
        yield from (f"run {pk} answers {n} presses" for pk, n in shown.items() if n > 1)
        yield from (f"run {pk} was shown and is not there" for pk in set(shown) - kept)
        yield from (f"run {pk} is there and nobody was shown it" for pk in kept - set(shown))

    def check_ends(self) -> Iterator[str]:
        ends = {task["key"]: task["status"] for task in self.ledger["tasks"]}
        for run in self.runs:
            if not run.is_settled:
                yield f"run {run.pk} is unfinished: {run.status}, {run.problem_message}"
            if was_never_sent(run):
                continue
            end = ends.get(str(run.idempotency_key), "not there")
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
            addresses = ask_for_links(self.storm.service, run.task_id)
            if len(outputs) != len(addresses):
                yield f"run {run.pk} has {len(outputs)} files, {len(addresses)} were paid for"
            for output, address in zip(outputs, addresses, strict=False):
                yield from self.check_file(output, self.storm.service.http.get(address).content)

    def check_file(self, output: Output, paid: bytes) -> Iterator[str]:
        file = output.file
        if file is None or output.problem:
            yield f"{output} is not stored: {output.problem}"
            return
        kept = (self.media / str(file.original)).read_bytes()
        if kept != paid:
            yield f"{output}: {len(kept)} bytes are kept, other than the {len(paid)} paid for"
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
        lines = read_journal(self.storm.program.journal)
        yield from find_overlaps(read_holdings(lines, self.storm.plan.lease_seconds))
        mistaken = {line["pid"] for line in lines if line["what"] == "wrong clock"}
        for line in lines:
            if line["what"] == "claimed" and line["pid"] in mistaken:
                yield f"run {line['run']} was claimed by a worker whose clock is wrong"

    @property
    def media(self) -> Path:
        return self.storm.program.folder / "media"


def was_never_sent(run: Run) -> bool:
    """Whether its key was deleted before it was sent: it failed, and nothing may be charged."""
    return run.status == "failed" and run.problem == "key_gone" and run.sent_at is None


def reckon(storm: Storm) -> Reckoning:
    with open_database(storm.program.database_url):
        loaded = Run.objects.using(ALIAS).select_related("spec")
        runs = list(loaded.prefetch_related("outputs__file"))
        files = list(MediaFile.objects.using(ALIAS))
        pending = list(PendingFile.objects.using(ALIAS))
    ledger = storm.service.ledger()
    return Reckoning(storm=storm, runs=runs, files=files, pending=pending, ledger=ledger)


def wait_for_copies(storm: Storm) -> None:
    """Wait until the workers have drawn the copies of all pictures: no file comes after that."""
    give_up_at = time.monotonic() + COPIES_SECONDS
    with open_database(storm.program.database_url):
        while MediaFile.objects.using(ALIAS).filter(is_sized=False).exists():
            assert time.monotonic() < give_up_at, "the copies of pictures are not drawn"
            time.sleep(0.1)


def count_pending(storm: Storm) -> int:
    with open_database(storm.program.database_url):
        return PendingFile.objects.using(ALIAS).count()


def ask_for_links(service: SandboxProcess, task_id: str) -> list[str]:
    headers = {"Authorization": f"Bearer {service.api_key}"}
    answer = service.http.get(f"{service.url}/api/v1/tasks/{task_id}", headers=headers, timeout=10)
    answer.raise_for_status()
    return [image["url"] for image in answer.json()["output"]["images"]]
