"""A run that was sent and got no response may have been charged: no event here ends that doubt."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from playground.providers import registry
from playground.runs import lifecycle
from playground.runs.files import uploads
from playground.runs.models import Run, Status, Upload
from playground.runs.worker import steps
from playground.teams.models import ApiKey
from tests.conftest import picture_bytes
from tests.sandbox_process import SandboxProcess

type WorkOff = Callable[[], None]

SECOND_CHARGE_WARNING = "may be charged twice"


def take_step(run: Run) -> Run:
    """Take the next step of a run now, whenever it is due."""
    Run.objects.filter(pk=run.pk).update(next_check_at=timezone.now())
    steps.run_due_step(run.pk)
    return Run.objects.select_related("api_key").defer("api_key__secret").get(pk=run.pk)


def count_charges(sandbox: SandboxProcess) -> int:
    return len(sandbox.ledger()["charges"])


@pytest.fixture
def run_in_doubt(run: Run, sandbox: SandboxProcess) -> Run:
    """A run that was charged, and whose response was lost."""
    reference = uploads.UploadStore(run.workspace.memberships.get()).keep(
        SimpleUploadedFile("cat.png", picture_bytes()), "", "image"
    )
    Run.objects.update(inputs={"prompt": "a lighthouse", "image_urls": [reference]})
    sandbox.fault("submit", "reset_after")
    taken = take_step(run)
    assert taken.sent_at
    assert count_charges(sandbox) == 1
    return taken


def delete_key(run: Run, _settings: Settings) -> None:
    run.api_key.erase()


def disable_key(run: Run, _settings: Settings) -> None:
    run.api_key.disable()


def replace_key(run: Run, _settings: Settings) -> None:
    run.api_key.erase()
    ApiKey.objects.store(run.workspace, registry.SANDBOX.slug, "mv_sandbox_another_account")


def lose_encryption_keys(_run: Run, settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = ["vBmW4MdrJYpYdT1EFYpyw8j1Cz6bB8DMvkp4pb0V7lM="]


def lose_reference(_run: Run, _settings: Settings) -> None:
    Upload.objects.all().delete()


def lose_file(_run: Run, _settings: Settings) -> None:
    for upload in Upload.objects.all():
        upload.file.original.storage.delete(upload.file.original.name or "")


def stop_service(_run: Run, settings: Settings) -> None:
    settings.SANDBOX_URL = ""


def change_address(run: Run, settings: Settings) -> None:
    """Change the address of the real provider after the run was sent."""
    ApiKey.objects.filter(pk=run.api_key_id).update(provider=registry.MINDVIDEO.slug)
    settings.MINDVIDEO_BASE_URL, settings.SANDBOX_URL = settings.SANDBOX_URL, ""
    Run.objects.update(sent_to="https://api.before.example")


# What happens here while a run is in doubt, and the resulting problem of the run.
EVENTS_IN_DOUBT: dict[Callable[[Run, Settings], None], str] = {
    delete_key: "key_gone",
    replace_key: "key_gone",
    lose_encryption_keys: "key_unreadable",
    lose_reference: "reference_gone",
    lose_file: "reference_gone",
    stop_service: "unavailable",
    change_address: "service_moved",
}


@pytest.mark.parametrize("happens", EVENTS_IN_DOUBT, ids=lambda happens: str(happens.__name__))
def test_nothing_ends_a_doubt_before_the_provider_forgets_the_task(
    run_in_doubt: Run, sandbox: SandboxProcess, settings: Settings, happens: Callable[..., None]
) -> None:
    happens(run_in_doubt, settings)
    for hours in (0, 7, 23):
        Run.objects.update(sent_at=timezone.now() - timedelta(hours=hours))
        run = take_step(run_in_doubt)
        assert (run.status, run.problem) == (Status.PENDING, EVENTS_IN_DOUBT[happens])
    Run.objects.update(sent_at=timezone.now() - timedelta(hours=25))
    run = take_step(run_in_doubt)
    assert (run.status, run.problem) == (Status.FAILED, "forgotten")
    assert count_charges(sandbox) == 1


def test_a_disabled_key_can_still_resolve_a_doubt(
    run_in_doubt: Run, sandbox: SandboxProcess, settings: Settings, work_off: WorkOff
) -> None:
    disable_key(run_in_doubt, settings)
    work_off()
    run_in_doubt.refresh_from_db()
    assert (run_in_doubt.status, count_charges(sandbox)) == (Status.SUCCEEDED, 1)


def test_a_rejected_key_leaves_the_doubt(run_in_doubt: Run, sandbox: SandboxProcess) -> None:
    sandbox.fault("submit", "unauthorized", count=3)
    for hours in (0, 7, 23):
        Run.objects.update(sent_at=timezone.now() - timedelta(hours=hours))
        run = take_step(run_in_doubt)
        assert (run.status, run.problem) == (Status.PENDING, "key_refused")


def test_storing_the_same_key_again_resolves_the_doubt(
    run_in_doubt: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    secret = run_in_doubt.api_key.secret
    run_in_doubt.api_key.erase()
    assert take_step(run_in_doubt).problem == "key_gone"
    ApiKey.objects.store(run_in_doubt.workspace, registry.SANDBOX.slug, secret)
    work_off()
    run_in_doubt.refresh_from_db()
    assert (run_in_doubt.status, count_charges(sandbox)) == (Status.SUCCEEDED, 1)


def test_a_run_that_was_never_sent_fails_with_its_key(run: Run) -> None:
    run.api_key.erase()
    taken = take_step(run)
    assert (taken.status, taken.problem, taken.sent_at) == (Status.FAILED, "key_gone", None)


@pytest.mark.parametrize("view", ["card", "page"])
def test_the_page_names_the_missing_key(client: Client, run_in_doubt: Run, view: str) -> None:
    named = str(run_in_doubt.api_key)
    run_in_doubt.api_key.erase()
    take_step(run_in_doubt)
    address = (
        run_in_doubt.spec.get_absolute_url() if view == "card" else run_in_doubt.get_absolute_url()
    )
    page = client.get(address).text
    assert f"It was sent with the key {named}" in page
    assert "It may have been charged, once at most" in page
    assert "will help" not in page


def test_the_page_names_a_rejected_key(
    client: Client, run_in_doubt: Run, sandbox: SandboxProcess
) -> None:
    sandbox.fault("submit", "unauthorized")
    take_step(run_in_doubt)
    assert (
        f"It was sent with the key {run_in_doubt.api_key}"
        in client.get(address_of(run_in_doubt)).text
    )


def address_of(run: Run) -> str:
    return run.get_absolute_url()


def let_provider_forget(run: Run) -> None:
    Run.objects.update(sent_at=timezone.now() - timedelta(hours=25))
    assert take_step(run).problem == "forgotten"


def leave_waiting(_run: Run) -> None:
    pass


def stop_waiting(run: Run) -> None:
    lifecycle.set_aside(run)


DOUBTS = [let_provider_forget, leave_waiting, stop_waiting]
SEND_FORMS = re.compile(r'<form class="run-action"[^>]*action="[^"]*/again/".*?</form>', re.DOTALL)


@pytest.mark.once
@pytest.mark.parametrize("doubt", DOUBTS)
@pytest.mark.parametrize("view", ["card", "page"])
def test_each_button_that_may_pay_twice_says_so(
    client: Client, run_in_doubt: Run, doubt: Callable[[Run], None], view: str
) -> None:
    doubt(run_in_doubt)
    address = run_in_doubt.spec.get_absolute_url() if view == "card" else address_of(run_in_doubt)
    forms = SEND_FORMS.findall(client.get(address).text)
    assert forms
    assert all(SECOND_CHARGE_WARNING in form for form in forms)


@pytest.mark.once
@pytest.mark.parametrize("doubt", DOUBTS)
@pytest.mark.parametrize("token", [{}, {"submission": "b9f6a7a0-6a4a-4bb5-8b0c-0d2b7f6f5a10"}])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_a_stale_button_leads_to_the_form_with_the_warning(
    client: Client,
    run_in_doubt: Run,
    doubt: Callable[[Run], None],
    token: dict[str, str],
    headers: dict[str, str],
) -> None:
    doubt(run_in_doubt)
    answer = client.post(f"{address_of(run_in_doubt)}again/", token, headers=headers)
    where = answer.headers.get("HX-Redirect") or answer.headers["Location"]
    assert Run.objects.count() == 1
    assert SECOND_CHARGE_WARNING in client.get(where).text


def test_accepting_a_second_charge_creates_a_second_run(client: Client, run_in_doubt: Run) -> None:
    client.post(
        f"{address_of(run_in_doubt)}again/",
        {"submission": "b9f6a7a0-6a4a-4bb5-8b0c-0d2b7f6f5a10", "second_charge": "accepted"},
    )
    assert Run.objects.count() == 2


def test_the_form_of_a_run_in_doubt_shows_a_warning(client: Client, run_in_doubt: Run) -> None:
    page = client.get(f"{run_in_doubt.spec.get_absolute_url()}?from={run_in_doubt.pk}").text
    assert SECOND_CHARGE_WARNING in page
    redrawn = {**hidden_fields(page), "from": str(run_in_doubt.pk), "~add": "/image_urls"}
    again = client.post(f"{run_in_doubt.spec.get_absolute_url()}form/", redrawn).text
    assert SECOND_CHARGE_WARNING in again


def hidden_fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden"[^>]*name="([^"]+)" value="([^"]*)"', page)
    return dict(found)


def test_a_run_without_doubt_is_repeated_without_a_warning(client: Client, finished: Run) -> None:
    for address in (finished.get_absolute_url(), finished.spec.get_absolute_url()):
        assert SECOND_CHARGE_WARNING not in client.get(address).text
    token = {"submission": "b9f6a7a0-6a4a-4bb5-8b0c-0d2b7f6f5a10"}
    client.post(f"{address_of(finished)}again/", token)
    assert Run.objects.count() == 2


def test_a_conflict_on_the_first_attempt_is_a_doubt(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("submit", "conflict")
    taken = take_step(run)
    assert (taken.status, taken.problem) == (Status.PENDING, "conflict")
    assert taken.sent_at
    work_off()
    run.refresh_from_db()
    assert (run.status, count_charges(sandbox)) == (Status.SUCCEEDED, 1)


def test_deleting_a_key_warns_about_runs_in_doubt(client: Client, run_in_doubt: Run) -> None:
    page = client.get(f"/team/keys/{run_in_doubt.api_key.pk}/delete/").text
    assert "If a run got no answer" in page


def test_the_address_a_request_was_sent_to_is_stored(run_in_doubt: Run, settings: Settings) -> None:
    assert run_in_doubt.sent_to == settings.SANDBOX_URL


def test_restoring_the_address_resolves_the_doubt(
    run_in_doubt: Run, sandbox: SandboxProcess, settings: Settings, work_off: WorkOff
) -> None:
    change_address(run_in_doubt, settings)
    assert take_step(run_in_doubt).problem == "service_moved"
    Run.objects.update(sent_to=settings.MINDVIDEO_BASE_URL)
    work_off()
    run_in_doubt.refresh_from_db()
    assert (run_in_doubt.status, count_charges(sandbox)) == (Status.SUCCEEDED, 1)
