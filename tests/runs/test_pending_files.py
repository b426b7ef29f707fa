"""After a kill at any point, no file is left in the storage without a row."""

import ast
import base64
import contextlib
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from playground.archive.importer import Importer
from playground.media import incoming, inspection
from playground.media.content import BrokenFileError, MediaKind
from playground.runs.files import (
    media_files,
    middle_sizes,
    outputs,
    pending_files,
    trash,
    uploads,
)
from playground.runs.models import MediaFile, Output, PendingFile, Run, Upload
from playground.runs.worker.housekeeping import Housekeeping
from playground.teams.models import Workspace
from tests.conftest import picture_bytes
from tests.media.test_bucket import bucket, service  # noqa: F401 - fixtures
from tests.runs.test_middle_sizes import random_picture

NOW = timedelta()
LONG_AGO = pending_files.PATIENCE + timedelta(minutes=1)
ROOT = Path(__file__).parents[2] / "playground"
PICTURE = picture_bytes(kind="JPEG")
LARGE_PICTURE = random_picture(1_600, 4)  # large enough for both copies

STORAGE_CALLS = re.compile(r"(storage\S*|original|thumbnail)\.(save|delete)$")

type Operation = Callable[[], object]


class KilledError(BaseException):
    """Simulates the kill of a process: no code under test may catch it."""


# Operations that store or delete files: each prepares, and returns the function to be killed.


def store(run: Run, content: bytes = PICTURE) -> MediaFile:
    with incoming.receive([content]) as file:
        read = inspection.read_content(file, MediaKind.IMAGE, limit_pixels=10**6)
        return media_files.store_file(run.workspace_id, file, read)


def upload(run: Run) -> Operation:
    store = uploads.UploadStore(run.workspace.memberships.get())
    return lambda: store.keep(SimpleUploadedFile("cat.png", picture_bytes()), "", "image")


def upload_again(run: Run) -> Operation:
    upload(run)()
    return upload(run)


def output_of(run: Run, content: bytes) -> Output:
    address = f"data:;base64,{base64.b64encode(content).decode()}"
    return run.outputs.create(position=run.outputs.count(), source_url=address)


def fetch(output: Output) -> None:
    with contextlib.suppress(BrokenFileError):
        outputs.store_output(output, trusted_origin="")


def download(run: Run) -> Operation:
    output = output_of(run, PICTURE)
    return lambda: fetch(output)


def store_a_damaged_result(run: Run) -> Operation:
    output = output_of(run, PICTURE[:-200])
    return lambda: fetch(output)


def replace_a_damaged_result(run: Run) -> Operation:
    output = output_of(run, PICTURE[:-200])
    fetch(output)
    output.source_url = output_of(run, PICTURE).source_url
    return lambda: fetch(output)


def store_what_vanished(run: Run) -> Operation:
    default_storage.delete(str(store(run).original.name))
    return lambda: store(run)


def store_what_another_stores_meanwhile(run: Run) -> Operation:
    original, others = media_files.write_row, iter([store])

    def write_row(*args: Any) -> MediaFile:
        for other in others:
            other(run)
        return original(*args)

    def operation() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(media_files, "write_row", write_row)
            store(run)

    return operation


def draw_middle_sizes(run: Run) -> Operation:
    fetch(output_of(run, LARGE_PICTURE))
    return middle_sizes.draw_some


def store_what_vanished_but_for_its_copies(run: Run) -> Operation:
    file = store(run, LARGE_PICTURE)
    middle_sizes.draw_some()
    default_storage.delete(str(file.original.name))
    return lambda: store(run, LARGE_PICTURE)


def delete_a_picture_with_copies(run: Run) -> Operation:
    fetch(output_of(run, LARGE_PICTURE))
    middle_sizes.draw_some()
    Output.objects.update(trashed_at=timezone.now())
    return lambda: trash.delete_now(Output.objects.all())


def import_a_file(run: Run) -> Operation:
    with incoming.receive([PICTURE]) as file:
        sha256 = file.sha256
    package = SimpleNamespace(files=[sha256], content=lambda *_: [PICTURE], lines=lambda _: [])
    return lambda: Importer(cast("Any", package), run.workspace).take()


def empty_trash(run: Run) -> Operation:
    output = output_of(run, PICTURE)
    fetch(output)
    Output.objects.update(trashed_at=timezone.now() - trash.RETENTION * 2)
    return trash.empty_trash


def delete_permanently(run: Run) -> Operation:
    fetch(output_of(run, PICTURE))
    Output.objects.update(trashed_at=timezone.now())
    return lambda: trash.delete_now(Output.objects.all())


def delete_a_workspace(run: Run) -> Operation:
    run.workspace = Workspace.objects.create(name="Others")
    store(run)
    return Workspace.objects.filter(pk=run.workspace_id).delete


def clean_up_what_nothing_uses(run: Run) -> Operation:
    store(run)
    return lambda: trash.delete_unused(NOW)


def clean_up_what_is_pending(run: Run) -> Operation:
    with kill_at(at="INSERT INTO runs_mediafile"), pytest.raises(KilledError):
        store(run)
    return lambda: pending_files.sweep(NOW)


def check_the_storage(run: Run) -> Operation:
    del run
    return lambda: pending_files.probe(b"something")


OPERATIONS = (
    upload,
    upload_again,
    download,
    store_a_damaged_result,
    replace_a_damaged_result,
    store_what_vanished,
    store_what_another_stores_meanwhile,
    draw_middle_sizes,
    store_what_vanished_but_for_its_copies,
    delete_a_picture_with_copies,
    import_a_file,
    empty_trash,
    delete_permanently,
    delete_a_workspace,
    clean_up_what_nothing_uses,
    clean_up_what_is_pending,
    check_the_storage,
)


@contextlib.contextmanager
def kill_at(*, nth: int = 0, at: str = "") -> Iterator[list[str]]:
    """Raise KilledError before the n-th change, or the named one; yield the changes so far.

    A change is a call of the storage or a statement: "save", "INSERT INTO runs_mediafile".
    """
    changes: list[str] = []

    def record(change: str) -> None:
        changes.append(change)
        if len(changes) == nth or change == at:
            raise KilledError(change)

    def execute(call: Any, sql: str, *args: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            record(" ".join(sql.replace('"', "").split()[:3]))
        return call(sql, *args)

    def before(name: str) -> Callable[..., Any]:
        def changing(_: Any, *args: Any, **options: Any) -> Any:
            record(name)
            return getattr(storages["default"], name)(*args, **options)

        return changing

    with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(execute):
        for name in ("save", "delete"):
            patch.setattr(type(default_storage), name, before(name), raising=False)
        yield changes


def clean_up() -> None:
    """Run the worker's cleanup as if much time had passed."""
    pending_files.sweep(NOW)
    pending_files.sweep_probes(NOW)
    trash.delete_unused(NOW)


def check_files_have_rows() -> None:
    named = {name for row in MediaFile.objects.all() for name in row.stored_names}
    assert set(listed()) == named
    assert not PendingFile.objects.exists()


def listed(folder: str = "") -> Iterator[str]:
    with contextlib.suppress(FileNotFoundError):
        folders, names = default_storage.listdir(folder)
        yield from (f"{folder}/{name}".lstrip("/") for name in names)
        for each in folders:
            if each != "incoming":
                yield from listed(f"{folder}/{each}".lstrip("/"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("prepare", OPERATIONS, ids=lambda prepare: prepare.__name__)
def test_a_kill_anywhere_while_storing_leaves_no_file_and_can_be_repeated(
    run: Run, prepare: Callable[[Run], Operation]
) -> None:
    check_every_kill(run, prepare)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("prepare", [download, empty_trash], ids=lambda prepare: prepare.__name__)
def test_a_kill_anywhere_while_storing_leaves_no_file_in_a_bucket(
    bucket: object,  # noqa: F811 - the fixture
    run: Run,
    prepare: Callable[[Run], Operation],
) -> None:
    check_every_kill(run, prepare)


def check_every_kill(run: Run, prepare: Callable[[Run], Operation]) -> None:
    nth, changes = 1, list[str]()
    while len(changes) >= nth - 1:  # until it ends without a kill
        operation = prepare(run)
        with kill_at(nth=nth) as changes, contextlib.suppress(KilledError):
            operation()
        clean_up()
        check_files_have_rows()
        operation()
        clean_up()
        check_files_have_rows()
        delete_everything(run)
        nth += 1
    assert nth >= 3


def delete_everything(run: Run) -> None:
    for table in (Output, Upload, MediaFile, PendingFile):
        table.objects.all()._raw_delete("default")
    run.refresh_from_db()
    for name in list(listed()):
        default_storage.delete(name)


def make_older(run_out: timedelta = LONG_AGO) -> None:
    """Make all records of pending files older by `run_out`."""
    for each in PendingFile.objects.all():
        times = {"created_at": each.created_at - run_out}
        if each.discarded_at:
            times["discarded_at"] = each.discarded_at - run_out
        PendingFile.objects.filter(pk=each.pk).update(**times)


def test_a_file_being_stored_is_not_deleted(run: Run) -> None:
    with kill_at(at="INSERT INTO runs_mediafile"), pytest.raises(KilledError):
        store(run)
    Housekeeping().do_what_is_due()
    assert len(list(listed())) == PendingFile.objects.count() == 2


def test_a_worker_deletes_leftover_files_in_two_rounds(run: Run) -> None:
    with kill_at(at="INSERT INTO runs_mediafile"), pytest.raises(KilledError):
        store(run)
    for left in (2, 0):
        make_older()
        Housekeeping().do_what_is_due()
        assert len(list(listed())) == PendingFile.objects.count() == left


def test_a_store_that_takes_too_long_is_refused_and_leaves_no_file(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = media_files.write_row

    def hang(*args: Any) -> MediaFile:
        make_older()
        pending_files.sweep()
        return original(*args)

    monkeypatch.setattr(media_files, "write_row", hang)
    with pytest.raises(incoming.StorageFailedError, match="in time"):
        store(run)
    assert not MediaFile.objects.exists()
    check_files_have_rows()


def test_a_store_that_hangs_and_is_killed_leaves_no_file(run: Run) -> None:
    with kill_at(at="save"), pytest.raises(KilledError):
        store(run)
    names = list(PendingFile.objects.values_list("name", flat=True))
    make_older()
    pending_files.sweep()
    for name in names:  # it continues, and is killed before it checks its deadline
        default_storage.save(name, ContentFile(b"late"))
    make_older()
    pending_files.sweep()
    check_files_have_rows()


def test_a_file_with_a_row_is_never_deleted(run: Run) -> None:
    names = store(run).stored_names
    PendingFile.objects.record_discarded(names)
    pending_files.sweep(NOW)
    assert sorted(listed()) == sorted(names)
    check_files_have_rows()


def test_an_unreachable_storage_is_retried_later(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    doomed = store(run)
    with monkeypatch.context() as patch:
        patch.setattr(type(default_storage), "delete", refuse, raising=False)
        trash.delete_file(doomed)
        pending_files.sweep(NOW)
    assert not MediaFile.objects.exists()
    assert len(list(listed())) == PendingFile.objects.count() == 2
    pending_files.sweep(NOW)
    check_files_have_rows()


def test_a_failed_attempt_leaves_no_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_files, "write_row", refuse)
    with pytest.raises(incoming.StorageFailedError):
        store(run)
    check_files_have_rows()


def refuse(*_: object) -> None:
    raise OSError("the storage is away")


def test_a_committed_row_keeps_its_files_if_the_response_is_lost(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = media_files.write_row

    def lose_the_answer(*args: Any) -> MediaFile:
        original(*args)
        raise DatabaseError("the connection was lost")

    monkeypatch.setattr(media_files, "write_row", lose_the_answer)
    with pytest.raises(DatabaseError):
        store(run)
    assert len(list(listed())) == 2
    check_files_have_rows()


def test_more_than_a_batch_is_deleted_in_one_round(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending_files, "BATCH", 2)
    PendingFile.objects.record_discarded(f"files/{number}" for number in range(5))
    default_storage.save("files/4", ContentFile(b"left"))
    pending_files.sweep(NOW)
    check_files_have_rows()


@pytest.mark.django_db(transaction=True)
def test_storing_within_a_transaction_is_refused(run: Run) -> None:
    """Within one, the record would not be committed before the first byte is stored."""
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        store(run)
    assert not list(listed())


@pytest.mark.django_db(transaction=True)
def test_a_file_that_gets_its_row_concurrently_is_not_deleted(run: Run) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")

    def sweep() -> int:
        try:
            return PendingFile.objects.filter(name="files/a").discard()
        finally:
            connections.close_all()

    pending_files.record(["files/a"])
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            assert PendingFile.objects.settle(["files/a"])
            discarded = threads.submit(sweep)
            with pytest.raises(TimeoutError):
                discarded.result(0.2)  # it waits for the end of this transaction
        assert discarded.result(30) == 0


def test_a_stored_file_costs_three_statements(run: Run) -> None:
    """These are: the record of the pending file, its deletion, and the row."""
    with CaptureQueriesContext(connection) as asked:
        store(run)
    statements = [each["sql"] for each in asked.captured_queries if "SAVEPOINT" not in each["sql"]]
    assert [sql.split()[0] for sql in statements] == ["INSERT", "DELETE", "INSERT"]


def test_no_other_module_stores_or_deletes_files() -> None:
    """The test finds calls of `save` and `delete` on a storage or a file field by name."""
    found = {
        f"{path.relative_to(ROOT)}: {ast.unparse(node.func)}"
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and STORAGE_CALLS.search(ast.unparse(node.func))
    }
    assert found == {
        "runs/files/pending_files.py: default_storage.save",
        "runs/files/pending_files.py: default_storage.delete",
    }
