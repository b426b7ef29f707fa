"""Logging in and out, and how API keys are stored."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from playground.catalog.models import ModelSpec
from playground.providers import registry
from playground.teams.encryption import UndecryptableError
from playground.teams.models import ApiKey, Workspace


def test_a_person_logs_in_and_out(ana: User, seedream: ModelSpec) -> None:
    client = Client()
    fields = {"login": "ana", "password": "correct horse"}
    assert client.post("/login/", fields)["Location"] == "/"
    assert client.get(seedream.get_absolute_url()).status_code == 200
    client.post("/logout/")
    assert client.get(seedream.get_absolute_url()).status_code == 302


def test_a_wrong_password_is_reported(ana: User) -> None:
    response = Client().post("/login/", {"login": "ana", "password": "wrong"})
    assert "Wrong username or password" in response.text


def test_without_the_demo_nobody_is_logged_in_automatically(seedream: ModelSpec) -> None:
    assert Client().get(seedream.get_absolute_url()).status_code == 302


def test_a_key_is_stored_encrypted(workspace: Workspace) -> None:
    ApiKey.objects.keep(workspace, registry.MINDVIDEO.slug, "mv_live_canary")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM teams_apikey")
        (stored,) = cursor.fetchone()
    assert "canary" not in stored
    assert ApiKey.objects.get().secret == "mv_live_canary"


def test_a_key_that_cannot_be_decrypted_raises_its_own_error(
    workspace: Workspace, settings: Settings
) -> None:
    ApiKey.objects.keep(workspace, registry.MINDVIDEO.slug, "mv_live_canary")
    settings.ENCRYPTION_KEYS = ["A" * 43 + "="]
    with pytest.raises(UndecryptableError):
        ApiKey.objects.get()


def test_the_same_key_is_stored_once_and_becomes_current(
    workspace: Workspace, settings: Settings
) -> None:
    settings.SANDBOX_URL = ""
    for secret in ("first", "second", "first"):
        ApiKey.objects.keep(workspace, registry.MINDVIDEO.slug, secret)
    current = workspace.current_key(registry.MINDVIDEO.slug)
    assert ApiKey.objects.count() == 2
    assert current is not None
    assert current.secret == "first"


def test_while_the_sandbox_runs_no_real_key_is_used(
    workspace: Workspace, settings: Settings
) -> None:
    ApiKey.objects.keep(workspace, registry.MINDVIDEO.slug, "mv_live_paid")
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    assert workspace.current_key(registry.MINDVIDEO.slug) is None


@pytest.fixture
def paid_key(workspace: Workspace) -> ApiKey:
    return ApiKey.objects.keep(workspace, registry.MINDVIDEO.slug, "mv_live_paid")


def test_a_rejected_key_shows_since_when_until_it_is_accepted_again(paid_key: ApiKey) -> None:
    paid_key.note_answer(accepted=False)
    refused_at = ApiKey.objects.get().refused_at
    paid_key.note_answer(accepted=False)
    assert refused_at is not None
    assert ApiKey.objects.get().refused_at == refused_at
    paid_key.note_answer(accepted=True)
    again = ApiKey.objects.get()
    assert (again.refused_at, again.last_used_at is None) == (None, False)


def test_the_last_use_of_a_key_is_written_once_a_minute(
    paid_key: ApiKey, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    paid_key.note_answer(accepted=True)
    with django_assert_num_queries(0):
        paid_key.note_answer(accepted=True)
    paid_key.last_used_at = timezone.now() - timedelta(seconds=61)
    with django_assert_num_queries(1):
        paid_key.note_answer(accepted=True)
