"""Runs survive failures of the provider: charged at most once, and never lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django.fixtures import Settings

from playground.providers import registry
from playground.providers.protocol import OutputFile, TaskState, TaskStatus
from playground.runs import lifecycle
from playground.runs.files import outputs, references, uploads
from playground.runs.models import Output, Run, Status
from playground.runs.pages.explanation import describe_charge
from playground.runs.worker import steps
from playground.runs.worker.steps import following, history, listing, sending, storing
from playground.teams.models import ApiKey
from tests.conftest import picture_bytes
from tests.sandbox_process import SandboxProcess

type WorkOff = Callable[[], None]


def take_step(run: Run) -> Run:
    """Take the next step of a run now, whenever it is due."""
    Run.objects.filter(pk=run.pk).update(next_check_at=timezone.now())
    ApiKey.objects.update(paused_until=None)
    steps.run_due_step(run.pk)
    run.refresh_from_db()
    return run


def count_charges(sandbox: SandboxProcess) -> int:
    return len(sandbox.ledger()["charges"])


def test_a_run_that_was_never_sent_can_be_cancelled(run: Run, settings: Settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    assert take_step(run).problem == "unavailable"
    assert run.sent_at is None
    assert lifecycle.cancel(run)


@pytest.mark.parametrize("kind", ["reset", "server_error", "half_json", "reset_after"])
def test_a_run_that_may_have_arrived_cannot_be_cancelled(
    run: Run, sandbox: SandboxProcess, kind: str
) -> None:
    sandbox.fault("submit", kind)
    assert take_step(run).sent_at
    assert not lifecycle.cancel(run)


def test_a_plain_rejection_leaves_no_doubt(run: Run, sandbox: SandboxProcess) -> None:
    sandbox.fault("submit", "unauthorized")
    assert take_step(run).status == Status.FAILED
    assert run.sent_at is None


def test_a_429_leaves_no_doubt(run: Run, sandbox: SandboxProcess) -> None:
    sandbox.fault("submit", "throttled")
    assert take_step(run).status == Status.PENDING
    assert run.sent_at is None


@pytest.mark.parametrize(
    "kind",
    ["unauthorized", "payment_required", "throttled", "unavailable", "conflict", "not_found"],
)
def test_a_later_rejection_does_not_end_a_doubt(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff, kind: str
) -> None:
    sandbox.fault("submit", "reset_after")
    take_step(run)
    sandbox.fault("submit", kind)
    assert take_step(run).sent_at
    work_off()
    run.refresh_from_db()
    assert (run.status, count_charges(sandbox)) == (Status.SUCCEEDED, 1)


def test_a_worker_killed_while_sending_leaves_a_doubt(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    cut_off = Run.objects.lease(run.pk)
    assert cut_off
    assert cut_off.note(sent_at=timezone.now())
    Run.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    sandbox.fault("submit", "unauthorized")
    assert take_step(run).status == Status.PENDING
    work_off()
    run.refresh_from_db()
    assert (run.status, count_charges(sandbox)) == (Status.SUCCEEDED, 1)


def test_a_request_that_never_left_is_finally_given_up(run: Run, settings: Settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    take_step(run)
    Run.objects.update(created_at=timezone.now() - timedelta(hours=7))
    assert take_step(run).problem == "unavailable"
    take_step(run)
    assert take_step(run).problem == "never_sent"
    assert (run.status, run.sent_at) == (Status.FAILED, None)


def test_a_request_without_a_response_can_be_sent_again(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("submit", "reset_after")
    take_step(run)
    sandbox.fault("submit", "server_error")
    Run.objects.update(sent_at=timezone.now() - timedelta(hours=7))
    assert take_step(run).problem == "unanswered"
    assert lifecycle.check_again(run)
    work_off()
    run.refresh_from_db()
    assert (run.status, count_charges(sandbox)) == (Status.SUCCEEDED, 1)


def test_a_lost_run_can_be_checked_again(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("status", "not_found", count=2)
    work_off()
    run.refresh_from_db()
    assert run.problem == "lost"
    assert lifecycle.check_again(run)
    work_off()
    assert run.outputs.get().stored_at


def test_a_succeeded_run_cannot_be_checked_again(finished: Run) -> None:
    assert not lifecycle.check_again(finished)


def test_a_file_that_was_given_up_can_be_fetched_again(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("file", "garbage", count=storing.BROKEN_FILE_TRIES)
    work_off()
    run.refresh_from_db()
    assert run.problem == "output_missing"
    assert lifecycle.check_again(run)
    work_off()
    run.refresh_from_db()
    assert run.outputs.get().stored_at
    assert run.problem == ""


def test_other_failures_do_not_count_as_broken_files(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    while take_step(run).status != Status.SUCCEEDED:
        pass
    sandbox.fault("file", "server_error", count=5)
    for _ in range(5):
        take_step(run)
    sandbox.fault("file", "truncated")
    take_step(run)
    assert run.stored_at is None
    work_off()
    assert run.outputs.get().stored_at


def test_a_late_worker_cannot_give_up_a_file_that_another_stored(finished: Run) -> None:
    output = finished.outputs.get()
    output.give_up("it never came")
    output.refresh_from_db()
    assert output.problem == ""


def test_one_bad_file_does_not_hold_up_the_others(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    Run.objects.update(inputs={"prompt": "three lighthouses", "n": 3})
    while take_step(run).status != Status.SUCCEEDED:
        pass
    sandbox.fault("file", "html")
    take_step(run)
    assert run.outputs.exclude(stored_at=None).count() == 2
    work_off()
    assert run.outputs.exclude(stored_at=None).count() == 3


def test_pictures_reported_late_are_fetched_too(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    Run.objects.update(inputs={"prompt": "three lighthouses", "n": 3})
    sandbox.fault("status", "fewer")
    work_off()
    assert run.outputs.exclude(stored_at=None).count() == 3


def test_a_run_nobody_waits_for_still_gets_its_picture(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    take_step(run)
    lifecycle.set_aside(run)
    work_off()
    assert run.outputs.get().stored_at


def test_sending_again_pressed_twice_creates_one_run(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("submit", "unauthorized")
    work_off()
    again = lifecycle.send_again(run, run.workspace.memberships.get())
    assert lifecycle.send_again(run, run.workspace.memberships.get()) == again
    work_off()
    again.refresh_from_db()
    assert (again.status, count_charges(sandbox)) == (Status.SUCCEEDED, 1)


def test_the_provider_s_events_are_stored(finished: Run) -> None:
    messages = [event.words for event in finished.events.filter(source="service")]
    assert messages == ["Task accepted.", "Generation started.", "Generation finished."]


@pytest.mark.parametrize("kind", ["not_found", "garbage", "html", "empty", "json_list"])
def test_unreadable_events_do_no_harm(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff, kind: str
) -> None:
    sandbox.fault("events", kind)
    work_off()
    run.refresh_from_db()
    assert (run.status, run.problem) == (Status.SUCCEEDED, "")


def test_a_deleted_reference_is_reported_and_not_sent(run: Run, sandbox: SandboxProcess) -> None:
    gone = "upload:00000000-0000-0000-0000-000000000000"
    Run.objects.update(inputs={"prompt": "a lighthouse", "image_urls": [gone]})
    assert take_step(run).problem == "reference_gone"
    assert (run.status, count_charges(sandbox)) == (Status.FAILED, 0)


def test_a_lasting_rejection_after_a_doubt_ends_the_run_in_doubt(
    run: Run, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "REFUSAL_PATIENCE", timedelta(0))
    sandbox.fault("submit", "reset_after")
    take_step(run)
    sandbox.fault("submit", "not_found", count=2)
    take_step(run)
    assert take_step(run).status == Status.FAILED
    assert describe_charge(run).startswith("It may have been charged")


def test_a_doubt_the_provider_may_have_forgotten_is_not_sent_again(
    run: Run, sandbox: SandboxProcess
) -> None:
    Run.objects.update(sent_at=timezone.now() - timedelta(days=3))
    assert take_step(run).problem == "forgotten"
    assert sandbox.ledger()["requests"] == []


def test_a_repeated_request_is_identical_when_our_address_changes(
    run: Run, sandbox: SandboxProcess, settings: Settings, work_off: WorkOff
) -> None:
    store = uploads.UploadStore(run.workspace.memberships.get())
    reference = store.keep(SimpleUploadedFile("cat.png", picture_bytes()), "", "image")
    Run.objects.update(inputs={"prompt": "a cat", "image_urls": [reference]})
    sandbox.fault("submit", "reset_after")
    take_step(run)
    settings.PUBLIC_BASE_URL = "https://play.example.com"
    work_off()
    run.refresh_from_db()
    assert (run.status, count_charges(sandbox)) == (Status.SUCCEEDED, 1)


def test_a_signed_link_is_valid_from_its_first_sending(run: Run, settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "https://play.example.com"
    store = uploads.UploadStore(run.workspace.memberships.get())
    reference = store.keep(SimpleUploadedFile("cat.png", picture_bytes()), "", "image")
    run.inputs = {"prompt": "a cat", "image_urls": [reference]}
    run.created_at = timezone.now() - timedelta(days=2)
    link = references.choose_addresses(run)[reference]
    assert references.find_signed(link.rstrip("/").rsplit("/", 1)[1])


def test_a_run_continues_with_the_key_that_replaced_its_own(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    take_step(run)
    ApiKey.objects.update(secret="mv_sandbox_revoked")
    ApiKey.objects.keep(run.workspace, registry.SANDBOX.slug, sandbox.api_key)
    work_off()
    assert run.outputs.get().stored_at


def test_an_outage_does_not_mark_a_task_as_lost(run: Run, sandbox: SandboxProcess) -> None:
    take_step(run)
    sandbox.fault("status", "server_error", count=3)
    for _ in range(3):
        take_step(run)
    sandbox.fault("status", "not_found")
    assert take_step(run).status != Status.FAILED


def test_an_outage_does_not_mark_an_output_as_missing(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("status", "no_output")
    while take_step(run).status != Status.SUCCEEDED:
        pass
    sandbox.fault("status", "server_error", count=5)
    for _ in range(5):
        take_step(run)
    work_off()
    assert run.outputs.get().stored_at


def test_a_week_without_disk_space_gives_no_file_up(run: Run, sandbox: SandboxProcess) -> None:
    while take_step(run).status != Status.SUCCEEDED:
        pass
    long_ago = timezone.now() - timedelta(days=8)
    Run.objects.update(problem="storage", problem_since=long_ago, attempts=5)
    sandbox.fault("file", "server_error")
    assert take_step(run).stored_at is None


def test_a_run_nobody_waits_for_is_cancelled_if_it_turns_out_unsent(
    run: Run, sandbox: SandboxProcess, settings: Settings
) -> None:
    run.note(sent_at=None, set_aside_at=timezone.now())
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    assert take_step(run).status == Status.CANCELLED


def test_stop_waiting_for_an_unsent_run_cancels_it(run: Run) -> None:
    lifecycle.set_aside(run)
    run.refresh_from_db()
    assert run.status == Status.CANCELLED


def test_sending_again_after_a_second_failure_creates_one_more_run(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("submit", "unauthorized", count=2)
    work_off()
    second = lifecycle.send_again(run, run.workspace.memberships.get())
    work_off()
    assert lifecycle.send_again(run, run.workspace.memberships.get()) not in {run, second}


def test_an_internal_error_with_one_file_does_not_lose_the_others(
    run: Run, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    Run.objects.update(inputs={"prompt": "three lighthouses", "n": 3})
    while take_step(run).status != Status.SUCCEEDED:
        pass
    fetch = outputs.fetch

    def fail(output: Output, **options: Any) -> outputs.Fetched:
        if output.position == 0:
            raise RuntimeError
        return fetch(output, **options)

    monkeypatch.setattr(outputs, "fetch", fail)
    take_step(run)
    assert run.outputs.exclude(stored_at=None).count() == 2


def test_an_internal_error_after_the_end_does_not_change_the_end(
    run: Run, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    while take_step(run).stored_at is None:
        pass
    monkeypatch.setattr(history, "write_history", lambda *_: 1 / 0)
    assert take_step(run).problem == ""


def test_a_key_that_cannot_be_decrypted_is_reported_as_such(
    run: Run, sandbox: SandboxProcess, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    assert take_step(run).problem == "key_unreadable"


def succeeded_with(*urls: str) -> TaskState:
    outputs = tuple(OutputFile(url=url, kind="image") for url in urls)
    return TaskState(status=TaskStatus.SUCCEEDED, outputs=outputs)


def test_reordered_output_files_are_recognised(run: Run) -> None:
    listing.list_outputs(run, succeeded_with("https://x/a?s=1", "https://x/b?s=1"))
    run.outputs.filter(position=0).update(stored_at=timezone.now())
    listing.list_outputs(
        run, succeeded_with("https://x/b?s=2", "https://x/c?s=2", "https://x/a?s=2")
    )
    links = list(run.outputs.values_list("source_url", flat=True))
    assert links == ["https://x/a?s=1", "https://x/b?s=2", "https://x/c?s=2"]


def test_files_that_differ_by_their_queries_keep_their_positions(run: Run) -> None:
    listing.list_outputs(run, succeeded_with("https://x/file?id=1&s=1", "https://x/file?id=2&s=1"))
    listing.list_outputs(run, succeeded_with("https://x/file?id=1&s=2", "https://x/file?id=2&s=2"))
    links = list(run.outputs.values_list("source_url", flat=True))
    assert links == ["https://x/file?id=1&s=2", "https://x/file?id=2&s=2"]


def test_outputs_of_a_failed_task_are_kept(run: Run, sandbox: SandboxProcess) -> None:
    take_step(run)
    following.apply_state(run, replace(succeeded_with("https://x/a"), status=TaskStatus.FAILED))
    assert run.outputs.exists()
