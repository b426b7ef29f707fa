"""Slow downloads: only silence ends one, and the next attempt resumes where it stopped."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from playground.media import incoming
from playground.providers.errors import (
    FileError,
    FileTooLarge,
    LinkExpired,
    RestUnavailable,
)
from playground.runs.files import downloads, outputs
from playground.runs.models import Output, Run, Status
from playground.runs.worker import leases, steps
from tests.conftest import picture_bytes
from tests.providers.scripted import Reply, Request, ScriptedService, serving

pytestmark = pytest.mark.once

PICTURE = picture_bytes((400, 300)) + bytes(200_000)
CUT_AT = 100_000  # the number of bytes that arrive before the connection is cut
ETAG = '"0123456789abcdef0123456789abcdef"'  # as long as a hash


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    with serving(ScriptedService()) as service:
        yield service


@pytest.fixture
def output(run: Run, service: ScriptedService) -> Output:
    return run.outputs.create(position=0, kind="image", source_url=f"{service.url}/a.png?sign=1")


def store(output: Output, service: ScriptedService) -> None:
    outputs.store_output(output, trusted_origin=service.url)


def fail_to_store(output: Output, service: ScriptedService) -> FileError:
    with pytest.raises(FileError) as failed:
        store(output, service)
    return failed.value


def stored_bytes(output: Output) -> bytes:
    assert output.file
    with output.file.original.open() as original:
        return bytes(original.read())


def partial_files() -> list[Path]:
    return sorted(incoming.incoming_folder().iterdir())


def whole_file(etag: str = ETAG, *, cut_at: int | None = None) -> Reply:
    """The whole file as a response, cut after `cut_at` bytes."""
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(PICTURE)}", f"ETag: {etag}", "", ""]
    return Reply(raw="\r\n".join(lines).encode() + PICTURE[:cut_at])


class RestOfFile(Reply):
    """Answers a request for the rest of the file, with a correct Content-Range."""

    def written(self, request: Request) -> bytes:
        return range_response(offset_of(request), len(PICTURE))


class PartOfRest(Reply):
    """Answers with less of the rest than was requested."""

    def written(self, request: Request) -> bytes:
        return range_response(offset_of(request), offset_of(request) + 70_000)


def offset_of(request: Request) -> int:
    return int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))


def range_response(offset: int, end: int, headers: str = f"ETag: {ETAG}\r\n") -> bytes:
    content_range = f"Content-Range: bytes {offset}-{end - 1}/{len(PICTURE)}\r\n"
    return (
        f"HTTP/1.1 206 Partial Content\r\n{headers}{content_range}\r\n".encode()
        + PICTURE[offset:end]
    )


def test_an_interrupted_download_resumes(output: Output, service: ScriptedService) -> None:
    service.reply_with(whole_file(cut_at=CUT_AT), RestOfFile())
    assert fail_to_store(output, service).seconds == downloads.RESUME_SECONDS
    store(output, service)
    assert offset_of(service.requests[1]) == CUT_AT
    assert service.requests[1].headers["If-Range"] == ETAG
    assert stored_bytes(output) == PICTURE
    assert partial_files() == []


def test_a_server_may_send_the_rest_in_several_ranges(
    output: Output, service: ScriptedService
) -> None:
    service.reply_with(whole_file(cut_at=CUT_AT), PartOfRest(), RestOfFile())
    for _ in range(2):
        assert fail_to_store(output, service).seconds == downloads.RESUME_SECONDS
    store(output, service)
    assert stored_bytes(output) == PICTURE


def test_a_download_resumes_with_a_fresh_link(output: Output, service: ScriptedService) -> None:
    service.reply_with(whole_file(cut_at=CUT_AT), Reply(status=403), RestOfFile())
    fail_to_store(output, service)
    assert isinstance(fail_to_store(output, service), LinkExpired)
    output.source_url = f"{service.url}/a.png?sign=2"
    store(output, service)
    assert offset_of(service.requests[2]) == CUT_AT
    assert stored_bytes(output) == PICTURE


@pytest.mark.parametrize(("etag", "url"), [(ETAG, "/b.png?sign=1"), ('"v1"', "/a.png?sign=2")])
def test_a_download_from_another_address_starts_over(
    output: Output, service: ScriptedService, etag: str, url: str
) -> None:
    service.reply_with(whole_file(etag, cut_at=CUT_AT), whole_file())
    fail_to_store(output, service)
    output.source_url = service.url + url
    store(output, service)
    assert "Range" not in service.requests[1].headers
    assert stored_bytes(output) == PICTURE


STARTS_OVER: dict[str, tuple[Reply, Reply]] = {
    "another version": (whole_file(cut_at=CUT_AT), whole_file('"v2"')),
    "a server without parts": (whole_file(cut_at=CUT_AT), Reply(body=PICTURE)),
    "a weak ETag": (whole_file('W/"v1"', cut_at=CUT_AT), Reply(body=PICTURE)),
    "no ETag": (whole_file("", cut_at=CUT_AT), Reply(body=PICTURE)),
}


@pytest.mark.parametrize("how", STARTS_OVER)
def test_a_download_that_cannot_resume_starts_over(
    output: Output, service: ScriptedService, how: str
) -> None:
    service.reply_with(*STARTS_OVER[how])
    fail_to_store(output, service)
    store(output, service)
    assert stored_bytes(output) == PICTURE


WRONG_PARTS: dict[str, bytes] = {
    "another part": b"HTTP/1.1 206 P\r\nContent-Length: 1\r\nContent-Range: bytes 5-5/99\r\n\r\nx",
    "no Content-Range": b"HTTP/1.1 206 P\r\nContent-Length: 1\r\n\r\nx",
    "another ETag": range_response(CUT_AT, len(PICTURE), 'ETag: "v2"\r\n'),
    "an unsatisfiable range": b"HTTP/1.1 416 No\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("how", WRONG_PARTS)
def test_a_range_that_does_not_fit_is_never_appended(
    output: Output, service: ScriptedService, how: str
) -> None:
    service.reply_with(whole_file(cut_at=CUT_AT), Reply(raw=WRONG_PARTS[how]), whole_file())
    for _ in range(2):
        fail_to_store(output, service)
    store(output, service)
    assert "Range" not in service.requests[2].headers
    assert stored_bytes(output) == PICTURE


REFUSED: dict[str, tuple[bytes, type[FileError]]] = {
    "packed": (
        range_response(CUT_AT, len(PICTURE), "Content-Encoding: gzip\r\n"),
        RestUnavailable,
    ),
    "too large": (
        f"HTTP/1.1 206 P\r\nContent-Range: bytes {CUT_AT}-300000000/300000001\r\n\r\n".encode(),
        FileTooLarge,
    ),
}


@pytest.mark.parametrize("how", REFUSED)
def test_a_range_is_refused_for_the_same_reasons_as_a_whole_file(
    output: Output, service: ScriptedService, how: str
) -> None:
    raw, kind = REFUSED[how]
    service.reply_with(whole_file(cut_at=CUT_AT), Reply(raw=raw))
    fail_to_store(output, service)
    assert type(fail_to_store(output, service)) is kind
    assert partial_files() == []


def test_a_server_that_fails_on_ranges_is_asked_for_the_whole_file(
    output: Output, service: ScriptedService
) -> None:
    service.reply_with(whole_file(cut_at=CUT_AT), Reply(status=500))
    fail_to_store(output, service)
    for _ in range(downloads.MOST_FRUITLESS):
        assert partial_files()
        assert fail_to_store(output, service).seconds is None
    assert partial_files() == []


def test_an_html_page_in_place_of_the_file_leaves_no_partial_file(
    output: Output, service: ScriptedService
) -> None:
    page = Reply(body=b"<!doctype html><h1>Log in</h1>", headers={"ETag": ETAG})
    service.reply_with(page, whole_file(cut_at=CUT_AT), page, whole_file())
    for _ in range(3):
        fail_to_store(output, service)
    store(output, service)
    assert "Range" not in service.requests[3].headers
    assert stored_bytes(output) == PICTURE


@pytest.mark.parametrize("lost", ["half of the bytes", "all bytes", "half of the note"])
def test_after_a_power_loss_a_partial_file_is_trusted_up_to_its_last_sync(
    output: Output, service: ScriptedService, lost: str
) -> None:
    service.reply_with(
        whole_file(cut_at=CUT_AT),
        whole_file() if lost != "half of the bytes" else RestOfFile(),
    )
    fail_to_store(output, service)
    path = incoming.incoming_folder() / f"{output.pk}{'.json' if 'note' in lost else '.part'}"
    os.truncate(path, 0 if lost == "all bytes" else path.stat().st_size // 2)
    store(output, service)
    assert stored_bytes(output) == PICTURE


def test_bytes_after_the_last_sync_are_fetched_again(
    output: Output, service: ScriptedService
) -> None:
    service.reply_with(whole_file(cut_at=CUT_AT), RestOfFile())
    fail_to_store(output, service)
    with (incoming.incoming_folder() / f"{output.pk}.part").open("ab") as part:
        part.write(bytes(5_000))  # as after a power loss
    store(output, service)
    assert stored_bytes(output) == PICTURE


def test_a_long_download_is_synced_periodically(
    output: Output, service: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "SYNC_BYTES", 50_000)
    synced: list[int] = []
    sync = downloads.PartialDownload.sync

    def noted(part: downloads.PartialDownload) -> None:
        sync(part)
        synced.append(part.version.size_bytes)

    monkeypatch.setattr(downloads.PartialDownload, "sync", noted)
    service.reply_with(whole_file())
    store(output, service)
    assert len(synced) >= 3
    assert synced == sorted(synced)


def test_an_abandoned_partial_file_is_deleted(output: Output, service: ScriptedService) -> None:
    service.reply_with(whole_file(cut_at=CUT_AT))
    fail_to_store(output, service)
    incoming.sweep_incoming()
    assert len(partial_files()) == 2
    for path in partial_files():
        os.utime(path, (time.time() - incoming.LEFTOVER_SECONDS - 60,) * 2)
    incoming.sweep_incoming()
    assert partial_files() == []


def test_a_slow_download_gets_enough_time(
    output: Output, service: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "TRY_SECONDS", 0.3)
    monkeypatch.setattr(downloads, "SLOWEST_RATE", 50.0)
    drips, count = bytes(100), 30  # 600 ms, in pieces of 20 ms each
    start = picture_bytes((40, 30))
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(start) + count * len(drips)}\r\n\r\n"
    service.reply_with(Reply(raw=head.encode() + start, drips=drips))
    store(output, service)
    assert output.file
    assert output.file.size_bytes == len(start) + count * len(drips)


@pytest.mark.parametrize("limit", ["SILENCE_SECONDS", "TRY_SECONDS"])
def test_a_stalled_or_dripping_download_ends_and_keeps_its_bytes(
    output: Output, service: ScriptedService, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(downloads, limit, 0.5)
    monkeypatch.setattr(downloads, "SLOWEST_RATE", 1e9)
    drips = b"" if limit == "SILENCE_SECONDS" else b"x"
    service.reply_with(
        Reply(raw=whole_file(cut_at=CUT_AT).raw, hangs=not drips, drips=drips), RestOfFile()
    )
    fail_to_store(output, service)
    assert (incoming.incoming_folder() / f"{output.pk}.part").stat().st_size >= CUT_AT


def test_concurrent_downloads_do_not_share_a_partial_file(
    output: Output, service: ScriptedService
) -> None:
    service.reply_with(Reply(body=PICTURE))
    with downloads.download(output, trusted_origin=service.url) as first:
        with downloads.download(output, trusted_origin=service.url) as second:
            assert first.name != second.name
            assert first.sha256 == second.sha256
        assert second.name not in {str(path) for path in partial_files()}
        first.seek(0)
        assert first.read() == PICTURE
    assert partial_files() == []


def test_removing_a_partial_file_by_name_leaves_that_of_another_worker(
    output: Output, service: ScriptedService
) -> None:
    service.reply_with(Reply(body=PICTURE))
    with downloads.download(output, trusted_origin=service.url) as first:
        path = Path(str(first.name))
        path.rename(path.with_suffix(".stored"))
        path.touch()  # of another worker, for its next attempt
    assert path.exists()


def test_without_file_locks_each_worker_has_its_own_partial_file(
    output: Output, service: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", unsupported)
    service.reply_with(whole_file(cut_at=CUT_AT), whole_file())
    assert fail_to_store(output, service).seconds is None
    store(output, service)
    assert stored_bytes(output) == PICTURE


@pytest.fixture
def succeeded_run(run: Run, output: Output) -> Run:
    """A run that succeeded and whose file is not downloaded yet."""
    Run.objects.filter(pk=run.pk).update(
        status=Status.SUCCEEDED, task_id="t1", finished_at=timezone.now()
    )
    return run


def test_a_run_with_download_progress_is_retried_soon(
    succeeded_run: Run, service: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.runs.worker.clients.base_url_of", lambda _: service.url)
    succeeded_run.outputs.create(position=1, kind="image", source_url=f"{service.url}/b.png")
    service.reply_with(whole_file(cut_at=CUT_AT), Reply(status=500))
    steps.run_due_step(succeeded_run.pk)
    succeeded_run.refresh_from_db()
    assert succeeded_run.next_check_at
    assert succeeded_run.next_check_at - timezone.now() < timedelta(
        seconds=downloads.RESUME_SECONDS
    )


def test_each_received_chunk_renews_the_lease_and_silence_does_not(
    succeeded_run: Run, service: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.runs.worker.clients.base_url_of", lambda _: service.url)
    monkeypatch.setattr(leases, "LONGEST_SILENCE_SECONDS", 100.0)
    clock = [0.0]
    kept: list[bool] = []
    monkeypatch.setattr("playground.runs.worker.leases.now", lambda: clock[0])

    def pass_time(run: Run) -> None:
        clock[0] += 99.0
        note_progress(run)
        kept.append(run.lease_id in leases.find_alive())

    note_progress = leases.note_progress
    monkeypatch.setattr(leases, "note_progress", pass_time)
    service.reply_with(whole_file())
    steps.run_due_step(succeeded_run.pk)
    assert len(kept) >= 3
    assert all(kept)


def test_a_stalled_step_loses_its_lease(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    claimed = Run.objects.lease(run.pk)
    assert claimed
    clock = [0.0]
    monkeypatch.setattr("playground.runs.worker.leases.now", lambda: clock[0])
    with leases.in_hand(claimed):
        clock[0] = leases.LONGEST_SILENCE_SECONDS - 1
        assert is_renewed(run)
        clock[0] += 1
        assert not is_renewed(run)


def is_renewed(run: Run) -> bool:
    long_ago = timezone.now() - timedelta(hours=1)
    Run.objects.filter(pk=run.pk).update(leased_until=long_ago)
    leases.renew()
    run.refresh_from_db(fields=["leased_until"])
    return run.leased_until != long_ago


@pytest.mark.parametrize("url", ["http://[", "https://[::1/a.png", "http://[a]b/a.png"])
@pytest.mark.parametrize("is_begun", [False, True])
def test_an_invalid_address_is_a_file_error(
    output: Output,
    service: ScriptedService,
    url: str,
    is_begun: object,
) -> None:
    if is_begun:  # a part of the file was downloaded by a valid link
        service.reply_with(whole_file(cut_at=CUT_AT))
        fail_to_store(output, service)
    output.source_url = url
    assert "link" in str(fail_to_store(output, service))
