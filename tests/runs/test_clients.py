"""What the service's answers say about a stored key is noted with it."""

import pytest

from playground.providers import errors, registry
from playground.runs.models import Run
from playground.runs.worker import clients, steps
from playground.teams.models import ApiKey, Workspace
from tests.sandbox_process import SandboxProcess


def test_a_run_that_is_accepted_shows_that_its_key_is_good(run: Run) -> None:
    steps.run_due_step(run.pk)
    key = ApiKey.objects.get()
    assert (key.refused_at, key.last_used_at is None) == (None, False)


def test_a_key_that_the_service_refuses_says_so(
    workspace: Workspace, sandbox: SandboxProcess
) -> None:
    key = ApiKey.objects.keep(workspace, registry.SANDBOX.slug, "mv_sandbox_other")
    with pytest.raises(errors.KeyRefused):
        clients.client_for(key).status("task_1")
    assert ApiKey.objects.get().refused_at is not None


def test_a_service_that_is_down_says_nothing_about_the_key(
    api_key: ApiKey, sandbox: SandboxProcess
) -> None:
    sandbox.fault("status", "server_error")
    with pytest.raises(errors.Unavailable):
        clients.client_for(api_key).status("task_1")
    key = ApiKey.objects.get()
    assert (key.refused_at, key.last_used_at) == (None, None)


def test_a_task_that_the_service_does_not_know_was_asked_for_with_a_good_key(
    api_key: ApiKey,
) -> None:
    with pytest.raises(errors.Lost):
        clients.client_for(api_key).events("task_1")
    assert ApiKey.objects.get().last_used_at is not None


def test_what_can_be_no_key_is_refused_without_asking(
    workspace: Workspace, sandbox: SandboxProcess
) -> None:
    key = ApiKey.objects.keep(workspace, registry.SANDBOX.slug, "two words")
    with pytest.raises(errors.KeyRefused):
        clients.client_for(key)
    assert ApiKey.objects.get().refused_at is not None


def test_the_sandbox_can_be_asked_whether_it_takes_a_key(api_key: ApiKey) -> None:
    assert clients.client_for(api_key).check() is not None
