"""How pages explain a run that failed or waits, and which actions they offer."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from playground.runs import advice_texts, lifecycle, problems
from playground.runs.models import Run
from playground.runs.worker import steps
from playground.runs.worker.steps import storing
from tests.html import read_text
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once

type WorkOff = Callable[[], None]

# The fault, the text about the charge, and the one button.
FAILURES = [
    ("unauthorized", "Nothing was charged.", "Try again"),
    ("payment_required", "Nothing was charged.", "Try again"),
    ("not_found", "Nothing was charged.", "Choose another model"),
    ("failed", "Nothing was charged.", "Edit and retry"),
]


@pytest.mark.parametrize("failure", FAILURES)
def test_each_failure_is_explained_with_one_action(
    client: Client,
    run: Run,
    sandbox: SandboxProcess,
    work_off: WorkOff,
    failure: tuple[str, str, str],
) -> None:
    kind, charged, button = failure
    sandbox.fault("submit", kind)
    work_off()
    page = client.get(run.get_absolute_url()).text
    assert charged in page
    assert button in page
    assert "Stop tracking" not in page


def test_each_wait_is_explained(client: Client, run: Run, sandbox: SandboxProcess) -> None:
    sandbox.fault("submit", "server_error")
    steps.run_due_step(run.pk)
    page = client.get(run.spec.get_absolute_url()).text
    assert "Provider not responding" in page
    assert "It may have been charged, once at most" in page
    assert "Try now" in page
    assert "Stop tracking" in page


def test_a_rate_limited_run_cannot_be_hurried(
    client: Client, run: Run, sandbox: SandboxProcess
) -> None:
    sandbox.fault("submit", "throttled", retry_after="seconds", seconds=60)
    steps.run_due_step(run.pk)
    page = client.get(run.spec.get_absolute_url()).text
    assert "Rate limited, waiting" in page
    assert "Try now" not in page
    assert "Cancel" in page


def test_hurrying_a_run_makes_it_due(client: Client, run: Run, sandbox: SandboxProcess) -> None:
    sandbox.fault("submit", "server_error", count=1)
    steps.run_due_step(run.pk)
    assert not steps.run_due_step(run.pk)
    client.post(f"/runs/{run.pk}/hurry/")
    assert steps.run_due_step(run.pk) or Run.objects.get().task_id


def test_invalid_input_is_reported_at_its_field(
    client: Client, run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    Run.objects.update(inputs={"prompt": "a lighthouse", "n": 99})
    work_off()
    run.refresh_from_db()
    assert run.problem == "invalid_input"
    form = client.get(f"{run.spec.get_absolute_url()}?from={run.pk}").text
    message = run.problem_fields["/n"][0]
    assert escape(message) in form


def test_a_raw_response_is_inside_details(
    client: Client, run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("submit", "payment_required")
    work_off()
    page = client.get(run.get_absolute_url()).text
    assert "insufficient_balance" in page.split("<summary>Raw response</summary>")[1]


def test_stop_waiting_explains_its_effect(
    client: Client, run: Run, sandbox: SandboxProcess
) -> None:
    sandbox.durations(queued=0, processing=60)
    steps.run_due_step(run.pk)
    client.post(f"/runs/{run.pk}/set-aside/")
    page = client.get(run.get_absolute_url()).text
    assert "may still make it, and charge for it" in page
    assert "Resume tracking" in page
    assert 'hx-trigger="every' not in page


def test_after_an_action_the_page_keeps_polling_its_other_runs(
    client: Client, run: Run, sandbox: SandboxProcess
) -> None:
    answer = client.post(f"/runs/{run.pk}/cancel/", headers={"HX-Request": "true"})
    assert "Cancelled" in answer.text
    assert 'hx-trigger="every' in answer.text


def test_sending_again_puts_a_new_card_on_the_page(
    client: Client, run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("submit", "unauthorized")
    work_off()
    answer = client.post(f"/runs/{run.pk}/again/", headers={"HX-Request": "true"})
    again = Run.objects.exclude(pk=run.pk).get()
    assert f"run-{again.pk}" in answer.text
    assert again.inputs == run.inputs


def test_a_missing_number_of_pictures_is_reported(
    client: Client, run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    Run.objects.update(inputs={"prompt": "three lighthouses", "n": 3})
    sandbox.fault("status", "fewer", count=1 + len(storing.SHORTAGE_PAUSES))
    work_off()
    page = client.get(run.get_absolute_url()).text
    assert "of 3 received" in page
    client.post(f"/runs/{run.pk}/ask/")
    work_off()
    assert run.outputs.exclude(stored_at=None).count() == 3


def test_the_timeline_lists_our_steps_and_the_provider_s(client: Client, finished: Run) -> None:
    page = read_text(client.get(finished.get_absolute_url()).text)
    order = ["Started by", "Sent to", "Accepted as", "Saved"]
    found = [page.index(words) for words in order]
    assert found == sorted(found)
    assert "Generation finished." in page


def test_an_unknown_action_answers_404(client: Client, run: Run) -> None:
    assert client.post(f"/runs/{run.pk}/explode/").status_code == 404


def test_each_problem_has_advice_in_each_state_it_occurs_in() -> None:
    names = {name for _, name in problems.NAMES}
    told_in_general = {"refused"}
    known = {*advice_texts.SENDING, *advice_texts.WAITING, *advice_texts.ENDED}
    assert names - told_in_general <= known


@pytest.mark.parametrize("kind", ["conflict", "server_error", "forbidden"])
def test_while_a_run_is_unfinished_nobody_is_advised_to_pay_again(
    client: Client, run: Run, sandbox: SandboxProcess, kind: str
) -> None:
    steps.run_due_step(run.pk)
    sandbox.fault("status", kind)
    Run.objects.update(next_check_at=timezone.now())
    steps.run_due_step(run.pk)
    page = read_text(client.get(run.get_absolute_url()).text)
    assert "Try now" in page
    assert "Try again" not in page


def test_a_task_cancelled_by_the_provider_is_explained(
    client: Client, run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("status", "cancelled")
    work_off()
    assert "Cancelled by the provider" in client.get(run.get_absolute_url()).text


def test_a_retry_after_pause_is_kept(run: Run, sandbox: SandboxProcess) -> None:
    sandbox.fault("submit", "throttled", retry_after="seconds", seconds=600)
    steps.run_due_step(run.pk)
    lifecycle.retry_now(run)
    assert not steps.run_due_step(run.pk)
