"""The setup at the first start: the person who started the server creates the first owner."""

import types
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from playground import gunicorn, launch
from playground.teams import setup
from playground.teams.models import Membership, Workspace

pytestmark = pytest.mark.once

FIELDS = {"workspace": "Studio", "username": "ana", "email": "", "password": "a long walk home"}


@pytest.fixture
def token(settings: Settings, tmp_path: Path, db: None, capsys: pytest.CaptureFixture[str]) -> str:
    """The token that the server prints at its start."""
    settings.DATA_DIR = tmp_path
    launch.print_setup()
    line = capsys.readouterr().out.strip()
    assert line.startswith("No accounts yet. Create the first owner at http://127.0.0.1:8000/")
    return line.partition("?token=")[2]


@pytest.mark.parametrize("path", ["/", "/models/", "/team/", "/runs/live/", "/login/"])
def test_without_accounts_every_page_redirects_to_the_setup(db: None, path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/setup/")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_checks_are_answered_before_the_setup(db: None, path: str) -> None:
    assert Client().get(path)["Content-Type"] != "text/html; charset=utf-8"


def test_the_setup_token_creates_the_first_owner_and_then_expires(token: str) -> None:
    client = Client()
    page = client.get("/setup/", {"token": token}).text
    assert f'value="{token}"' in page
    answer = client.post("/setup/", FIELDS | {"token": f" {token}\n"})
    assert answer["Location"] == "/"
    assert "Members of Studio" in client.get("/team/").text
    assert Membership.objects.get().is_owner
    assert User.objects.get().is_superuser
    assert not setup.is_right(token)


def test_the_setup_token_is_valid_on_a_host_with_another_data_folder(
    token: str, settings: Settings, tmp_path: Path
) -> None:
    """The token does not depend on the host that printed it."""
    assert not list(tmp_path.iterdir())
    settings.DATA_DIR = tmp_path / "another"
    assert Client().post("/setup/", FIELDS | {"token": token})["Location"] == "/"


@pytest.mark.parametrize("what", ["key", "database"])
def test_another_installation_has_another_setup_token(
    token: str, settings: Settings, what: str
) -> None:
    if what == "key":
        settings.SECRET_KEY = "another"
    else:
        Workspace.objects.all().delete()
    assert len(token) > 40
    assert not setup.is_right(token)


def test_the_setup_names_the_workspace_with_stored_keys(token: str) -> None:
    there = Workspace.objects.first_one()
    Client().post("/setup/", FIELDS | {"token": token})
    assert [each.pk for each in Workspace.objects.all()] == [there.pk]


@pytest.mark.parametrize("wrong", ["", "x", "ż", "\0", "x" * 300])
def test_setup_without_the_token_creates_no_account_and_keeps_the_input(
    token: str, wrong: str
) -> None:
    answer = Client().post("/setup/", FIELDS | {"token": wrong})
    assert answer.status_code == 422
    assert 'id="id_token_error"' in answer.text
    assert 'value="Studio"' in answer.text
    assert not User.objects.exists()


def test_before_a_token_was_printed_no_token_is_valid(db: None) -> None:
    assert Client().post("/setup/", FIELDS | {"token": "None"}).status_code == 422


@pytest.mark.parametrize(
    ("field", "value"), [("workspace", ""), ("username", "a b"), ("password", "12345678")]
)
def test_setup_errors_are_shown_at_their_fields(token: str, field: str, value: str) -> None:
    answer = Client().post("/setup/", FIELDS | {"token": token, field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.text
    assert not User.objects.exists()


def test_the_setup_is_closed_once_there_is_an_account(token: str) -> None:
    User.objects.create_user("eve")
    assert Client().get("/setup/")["Location"] == "/"
    Client().post("/setup/", FIELDS | {"token": token})
    assert User.objects.count() == 1


def test_each_start_without_accounts_prints_the_same_token(
    token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    launch.print_setup()
    assert token in capsys.readouterr().out
    User.objects.create_user("eve")
    launch.print_setup()
    assert capsys.readouterr().out == ""


def test_the_log_of_a_deployed_web_process_says_who_prints_the_address(token: str) -> None:
    messages: list[str] = []
    log = types.SimpleNamespace(info=lambda words, *facts: messages.append(words % facts))
    gunicorn.log_setup(types.SimpleNamespace(log=log))
    assert "manage.py people setup" in messages[0]
    assert token not in messages[0]
    User.objects.create_user("eve")
    gunicorn.log_setup(types.SimpleNamespace(log=log))
    assert len(messages) == 1
