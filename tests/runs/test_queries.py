"""The queries of a step: a thousand unfinished runs take a hundred steps a second."""

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from playground.runs.models import Run
from playground.runs.worker import steps
from tests.sandbox_process import SandboxProcess


@pytest.fixture
def sent(run: Run, sandbox: SandboxProcess) -> Run:
    """A run whose task was submitted, and which is due for a poll."""
    sandbox.durations(processing=600)
    steps.run_due_step(run.pk)
    steps.run_due_step(run.pk)
    Run.objects.update(status="processing", next_check_at=timezone.now())
    return run


def test_a_poll_without_news_takes_three_queries(
    sent: Run, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):  # claim, read, release
        steps.run_due_step(sent.pk)


def test_sending_takes_seven_queries_and_two_more_to_the_sandbox(
    run: Run, sandbox: SandboxProcess, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # With two events, the durations and the key's state; price and schema for the sandbox.
    with django_assert_num_queries(7 + 2):
        steps.run_due_step(run.pk)


def test_a_saved_run_keeps_its_loaded_model_and_key(
    run: Run, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    claimed = Run.objects.lease(run.pk)
    assert claimed
    with django_assert_num_queries(1):
        assert claimed.note(attempts=1)
        assert (claimed.attempts, claimed.revision) == (1, run.revision + 1)
        assert claimed.spec.slug
        assert claimed.api_key.secret
