"""`manage.py people`: the operator does what owners do."""

import io
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from playground.teams.models import Role, Workspace
from tests.teams.conftest import Enter


def manage(*words: str) -> str:
    out = io.StringIO()
    call_command("people", *words, stdout=out)
    return out.getvalue().strip()


def test_a_printed_link_lets_somebody_in(ana: User) -> None:
    link = manage("invite", "--role", "viewer", "--days", "1")
    assert link.startswith("http://127.0.0.1:8000/join/")
    Client().post(urlsplit(link).path, {"username": "bo", "password": "a long walk home"})
    assert manage("list") == "Workspace\n  owner   ana\n  viewer  bo"


def test_a_role_is_given_to_who_was_there_and_who_was_not(enter: Enter) -> None:
    enter("bo", Role.MEMBER)
    enter("cy", None)
    manage("role", "bo", "owner")
    manage("role", "cy", "viewer", "--workspace", "Workspace")
    assert manage("list").splitlines()[2:] == ["  owner   bo", "  viewer  cy"]
    manage("remove", "cy")
    assert "cy" not in manage("list")


def test_the_last_owner_stays_one(ana: User) -> None:
    with pytest.raises(CommandError, match="only owner"):
        manage("remove", "ana")
    with pytest.raises(CommandError, match="only owner"):
        manage("role", "ana", "viewer")


def test_a_workspace_is_made_and_then_has_to_be_named(ana: User) -> None:
    manage("workspace", "Studio", "ana")
    with pytest.raises(CommandError, match="Workspace, Studio"):
        manage("invite")
    assert manage("invite", "--workspace", "Studio")


@pytest.mark.parametrize(
    "words", [("role", "nobody", "owner"), ("remove", "nobody"), ("workspace", "x", "nobody")]
)
def test_who_is_not_there_is_named(ana: User, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="nobody"):
        manage(*words)
    assert Workspace.objects.count() == 1


def test_the_address_of_the_setup_is_said_while_nobody_is_there(
    settings: Settings, tmp_path: Path, db: None
) -> None:
    settings.DATA_DIR = tmp_path
    assert "/setup/?token=" in manage("setup")
    User.objects.create_user("eve")
    assert "already" in manage("setup")
