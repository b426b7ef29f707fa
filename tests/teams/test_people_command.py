"""`manage.py people`: the operator manages people from a terminal."""

import io
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from playground.teams.models import Role, Workspace
from tests.teams.conftest import AddPerson

pytestmark = pytest.mark.once

type Type = Callable[[str], None]

NEW_PASSWORD = "a long walk home"


def manage(*words: str) -> str:
    out = io.StringIO()
    call_command("people", *words, stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Type:
    """Pass a line to the command's standard input, as `echo ... | manage.py people` does."""
    return lambda line: monkeypatch.setattr("sys.stdin", io.StringIO(f"{line}\n"))


def can_log_in(name: str, password: str) -> bool:
    return Client().post("/login/", {"login": name, "password": password}).status_code == 302


def test_a_printed_invitation_link_admits_a_person(ana: User) -> None:
    link = manage("invite", "--role", "viewer", "--days", "1")
    assert link.startswith("http://127.0.0.1:8000/join/")
    Client().post(urlsplit(link).path, {"username": "bo", "password": "a long walk home"})
    assert manage("list") == "Workspace\n  owner   ana\n  viewer  bo"


def test_a_role_is_given_to_members_and_to_new_members(add_person: AddPerson) -> None:
    add_person("bo", Role.MEMBER)
    add_person("cy", None)
    manage("role", "bo", "owner")
    manage("role", "cy", "viewer", "--workspace", "Workspace")
    assert manage("list").splitlines()[2:] == ["  owner   bo", "  viewer  cy"]
    manage("remove", "cy")
    assert manage("list").splitlines()[2:] == ["  owner   bo", "In no workspace", "          cy"]


def test_the_last_owner_cannot_be_removed_or_demoted(ana: User) -> None:
    with pytest.raises(CommandError, match="only owner"):
        manage("remove", "ana")
    with pytest.raises(CommandError, match="only owner"):
        manage("role", "ana", "viewer")


def test_with_two_workspaces_the_command_requires_a_name(ana: User) -> None:
    manage("workspace", "Studio", "ana")
    with pytest.raises(CommandError, match="Workspace, Studio"):
        manage("invite")
    assert manage("invite", "--workspace", "Studio")


def test_a_superuser_is_created_listed_and_revoked(ana: User) -> None:
    assert manage("grant-superuser", "ana") == "ana is a superuser now."
    assert manage("list") == "Workspace\n  owner   ana (superuser)"
    assert manage("revoke-superuser", "ana") == "ana is no superuser now."
    assert manage("list") == "Workspace\n  owner   ana"


@pytest.mark.parametrize(
    "words",
    [
        ("role", "nobody", "owner"),
        ("remove", "nobody"),
        ("workspace", "x", "nobody"),
        *((act, "nobody") for act in ("password", "reset", "logout", "deactivate", "reactivate")),
        ("forget-second-factor", "nobody"),
        ("grant-superuser", "nobody"),
        ("revoke-superuser", "nobody"),
    ],
)
def test_an_unknown_username_is_reported(ana: User, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="nobody"):
        manage(*words)
    assert Workspace.objects.count() == 1


def test_the_setup_address_is_printed_while_there_is_no_account(
    settings: Settings, tmp_path: Path, db: None
) -> None:
    settings.DATA_DIR = tmp_path
    assert "/setup/?token=" in manage("setup")
    User.objects.create_user("eve")
    assert "already" in manage("setup")


def test_the_first_owner_is_created_without_the_token(
    settings: Settings, tmp_path: Path, db: None, pipe: Type
) -> None:
    settings.DATA_DIR = tmp_path
    manage("setup")
    pipe(NEW_PASSWORD)
    assert manage("owner", "ana", "--workspace", "Studio") == "ana owns Studio."
    assert can_log_in("ana", NEW_PASSWORD)
    assert manage("list") == "Studio\n  owner   ana (superuser)"
    assert not (tmp_path / "setup_token").exists()


def test_another_owner_is_created_for_an_existing_workspace(ana: User, pipe: Type) -> None:
    pipe(NEW_PASSWORD)
    manage("owner", "bo", "--email", "bo@example.com")
    assert manage("list") == "Workspace\n  owner   ana\n  owner   bo"
    pipe(NEW_PASSWORD)
    with pytest.raises(CommandError, match="Name one workspace"):
        manage("owner", "cy", "--workspace", "Nowhere")


@pytest.mark.parametrize(
    ("words", "password", "message"),
    [
        (("ana",), NEW_PASSWORD, "Username: This name is taken"),
        (("a b",), NEW_PASSWORD, "Username: Enter a valid"),
        (("bo", "--email", "bo"), NEW_PASSWORD, "Email: Enter a valid"),
        (("bo",), "12345678", "Password: .*too common"),
        (("bo",), "", "Password: .*required"),
    ],
)
def test_an_invalid_account_is_refused(
    ana: User, pipe: Type, words: tuple[str, ...], password: str, message: str
) -> None:
    pipe(password)
    with pytest.raises(CommandError, match=message):
        manage("owner", *words)
    assert User.objects.count() == 1


def test_open_invitations_are_listed_and_revoked(ana: User) -> None:
    link = manage("invite", "--for", "bo")
    (line,) = manage("invitations", "--workspace", "Workspace").splitlines()
    assert line.endswith("UTC, for bo")
    manage("revoke", line.split()[0])
    assert Client().get(urlsplit(link).path).status_code == 410
    assert manage("invitations") == "No open invitations."


@pytest.mark.parametrize("wanted", ["x", "7b0d6c56-5d55-4d3e-8d9c-3b0a2f1f9e11"])
def test_an_unknown_invitation_is_reported(ana: User, wanted: str) -> None:
    with pytest.raises(CommandError, match=f"called {wanted}"):
        manage("revoke", wanted)


@pytest.mark.parametrize("name", ["", "x" * 101, "a\0b"])
def test_an_invalid_workspace_name_is_refused(ana: User, name: str) -> None:
    with pytest.raises(CommandError, match="Workspace name"):
        manage("rename", name)
    with pytest.raises(CommandError, match="Workspace name"):
        manage("workspace", name, "ana")
    assert manage("rename", "Studio") == "Workspace is called Studio now."
    assert Workspace.objects.get().name == "Studio"


def test_setting_a_password_ends_open_sessions(ana: User, client: Client, pipe: Type) -> None:
    pipe("12345678")
    with pytest.raises(CommandError, match="too common"):
        manage("password", "ana")
    assert client.get("/team/").status_code == 200
    pipe(NEW_PASSWORD)
    manage("password", "ana")
    assert client.get("/team/").status_code == 302
    assert (can_log_in("ana", "correct horse"), can_log_in("ana", NEW_PASSWORD)) == (False, True)


def test_a_printed_reset_link_works_once(ana: User) -> None:
    path = urlsplit(manage("reset", "ana")).path
    browser = Client()
    form = browser.get(path, follow=True).request["PATH_INFO"]
    browser.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert can_log_in("ana", NEW_PASSWORD)
    assert "password1" not in Client().get(path, follow=True).text


def test_logging_a_person_out_everywhere_leaves_others_logged_in(
    client: Client, add_person: AddPerson, ana: User
) -> None:
    elsewhere, bo = Client(), add_person("bo", Role.MEMBER)
    elsewhere.force_login(ana)
    assert "in 2 browsers" in manage("logout", "ana")
    assert [each.get("/team/").status_code for each in (client, elsewhere, bo)] == [302, 302, 200]
    assert can_log_in("ana", "correct horse")


def test_a_deactivated_person_has_no_access_until_reactivated(
    add_person: AddPerson,
) -> None:
    bo = add_person("bo", Role.OWNER)
    manage("deactivate", "bo")
    assert bo.get("/team/").status_code == 302
    assert "bo (deactivated)" in manage("list")
    with pytest.raises(CommandError, match="reactivate"):
        manage("reset", "bo")
    manage("reactivate", "bo")
    assert bo.get("/team/").status_code == 302
    bo.force_login(User.objects.get(username="bo"))
    assert bo.get("/team/").status_code == 200


def test_a_deactivated_owner_does_not_count(add_person: AddPerson) -> None:
    add_person("bo", Role.OWNER)
    manage("deactivate", "bo")
    for words in (("deactivate", "ana"), ("remove", "ana"), ("role", "ana", "member")):
        with pytest.raises(CommandError, match="ana is the only owner of Workspace"):
            manage(*words)
    manage("remove", "bo")
    assert "In no workspace\n          bo (deactivated)" in manage("list")


def test_after_removing_the_second_factor_the_password_suffices(ana: User) -> None:
    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    browser = Client()
    login = {"login": "ana", "password": "correct horse"}
    assert browser.post("/login/", login)["Location"].startswith("/account/mfa/")
    manage("forget-second-factor", "ana")
    assert Client().post("/login/", login)["Location"] == "/"
    with pytest.raises(CommandError, match="no second factor"):
        manage("forget-second-factor", "ana")


def test_the_terminal_asks_for_the_password_twice_without_echo(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter([NEW_PASSWORD, "another one", NEW_PASSWORD, NEW_PASSWORD])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    with pytest.raises(CommandError, match="two different"):
        manage("password", "ana")
    manage("password", "ana")
    assert can_log_in("ana", NEW_PASSWORD)
