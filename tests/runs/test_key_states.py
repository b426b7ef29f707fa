"""What the provider's responses say about a stored key is stored with the key."""

import pytest

from playground.providers import errors, registry
from playground.runs.models import Run
from playground.runs.worker import clients, steps
from playground.teams.models import ApiKey, Workspace
from tests.sandbox_process import SandboxProcess


def test_an_accepted_run_marks_its_key_as_valid(run: Run) -> None:
    steps.run_due_step(run.pk)
    key = ApiKey.objects.get()
    assert (key.refused_at, key.last_used_at is None) == (None, False)


def test_a_rejected_key_is_marked(workspace: Workspace, sandbox: SandboxProcess) -> None:
    key = ApiKey.objects.keep(workspace, registry.SANDBOX.slug, "mv_sandbox_other")
    with pytest.raises(errors.KeyRefused):
        clients.client_for(key).status("task_1")
    assert ApiKey.objects.get().refused_at is not None


def test_an_outage_does_not_change_the_state_of_the_key(
    api_key: ApiKey, sandbox: SandboxProcess
) -> None:
    sandbox.fault("status", "server_error")
    with pytest.raises(errors.Unavailable):
        clients.client_for(api_key).status("task_1")
    key = ApiKey.objects.get()
    assert (key.refused_at, key.last_used_at) == (None, None)


def test_an_unknown_task_marks_its_key_as_valid(
    api_key: ApiKey,
) -> None:
    with pytest.raises(errors.Lost):
        clients.client_for(api_key).events("task_1")
    assert ApiKey.objects.get().last_used_at is not None


def test_a_malformed_key_is_refused_without_a_request(
    workspace: Workspace, sandbox: SandboxProcess
) -> None:
    key = ApiKey.objects.keep(workspace, registry.SANDBOX.slug, "two words")
    with pytest.raises(errors.KeyRefused):
        clients.client_for(key)
    assert ApiKey.objects.get().refused_at is not None


def test_the_sandbox_can_check_a_key(api_key: ApiKey) -> None:
    assert clients.client_for(api_key).check() is not None
