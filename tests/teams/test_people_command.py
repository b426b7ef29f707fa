"""`manage.py people`: the operator does what owners do."""

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
from tests.teams.conftest import Enter

pytestmark = pytest.mark.once

type Type = Callable[[str], None]

NEXT = "a long walk home"


def manage(*words: str) -> str:
    out = io.StringIO()
    call_command("people", *words, stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Type:
    """Pipe a line into the command, as `echo ... | manage.py people` does."""
    return lambda line: monkeypatch.setattr("sys.stdin", io.StringIO(f"{line}\n"))


def logs_in(name: str, password: str) -> bool:
    return Client().post("/login/", {"login": name, "password": password}).status_code == 302


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
    assert manage("list").splitlines()[2:] == ["  owner   bo", "In no workspace", "          cy"]


def test_the_last_owner_cannot_be_removed_or_demoted(ana: User) -> None:
    with pytest.raises(CommandError, match="only owner"):
        manage("remove", "ana")
    with pytest.raises(CommandError, match="only owner"):
        manage("role", "ana", "viewer")


def test_a_workspace_is_made_and_then_has_to_be_named(ana: User) -> None:
    manage("workspace", "Studio", "ana")
    with pytest.raises(CommandError, match="Workspace, Studio"):
        manage("invite")
    assert manage("invite", "--workspace", "Studio")


def test_a_superuser_is_made_named_and_unmade(ana: User) -> None:
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


def test_the_first_owner_is_made_without_the_token(
    settings: Settings, tmp_path: Path, db: None, pipe: Type
) -> None:
    settings.DATA_DIR = tmp_path
    manage("setup")
    pipe(NEXT)
    assert manage("owner", "ana", "--workspace", "Studio") == "ana owns Studio."
    assert logs_in("ana", NEXT)
    assert manage("list") == "Studio\n  owner   ana (superuser)"
    assert not (tmp_path / "setup_token").exists()


def test_one_more_owner_is_made_of_a_workspace_that_is_there(ana: User, pipe: Type) -> None:
    pipe(NEXT)
    manage("owner", "bo", "--email", "bo@example.com")
    assert manage("list") == "Workspace\n  owner   ana\n  owner   bo"
    pipe(NEXT)
    with pytest.raises(CommandError, match="Name one workspace"):
        manage("owner", "cy", "--workspace", "Nowhere")


@pytest.mark.parametrize(
    ("words", "password", "said"),
    [
        (("ana",), NEXT, "Username: This name is taken"),
        (("a b",), NEXT, "Username: Enter a valid"),
        (("bo", "--email", "bo"), NEXT, "Email: Enter a valid"),
        (("bo",), "12345678", "Password: .*too common"),
        (("bo",), "", "Password: .*required"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    ana: User, pipe: Type, words: tuple[str, ...], password: str, said: str
) -> None:
    pipe(password)
    with pytest.raises(CommandError, match=said):
        manage("owner", *words)
    assert User.objects.count() == 1


def test_open_invitations_are_listed_and_one_is_taken_back(ana: User) -> None:
    link = manage("invite", "--for", "bo")
    (line,) = manage("invitations", "--workspace", "Workspace").splitlines()
    assert line.endswith("UTC, for bo")
    manage("revoke", line.split()[0])
    assert Client().get(urlsplit(link).path).status_code == 410
    assert manage("invitations") == "No open invitations."


@pytest.mark.parametrize("wanted", ["x", "7b0d6c56-5d55-4d3e-8d9c-3b0a2f1f9e11"])
def test_an_invitation_that_is_not_there_is_named(ana: User, wanted: str) -> None:
    with pytest.raises(CommandError, match=f"called {wanted}"):
        manage("revoke", wanted)


@pytest.mark.parametrize("name", ["", "x" * 101, "a\0b"])
def test_a_workspace_gets_a_proper_name_only(ana: User, name: str) -> None:
    with pytest.raises(CommandError, match="Workspace name"):
        manage("rename", name)
    with pytest.raises(CommandError, match="Workspace name"):
        manage("workspace", name, "ana")
    assert manage("rename", "Studio") == "Workspace is called Studio now."
    assert Workspace.objects.get().name == "Studio"


def test_a_password_is_set_anew_and_open_browsers_are_logged_out(
    ana: User, client: Client, pipe: Type
) -> None:
    pipe("12345678")
    with pytest.raises(CommandError, match="too common"):
        manage("password", "ana")
    assert client.get("/team/").status_code == 200
    pipe(NEXT)
    manage("password", "ana")
    assert client.get("/team/").status_code == 302
    assert (logs_in("ana", "correct horse"), logs_in("ana", NEXT)) == (False, True)


def test_a_printed_reset_link_works_once(ana: User) -> None:
    path = urlsplit(manage("reset", "ana")).path
    browser = Client()
    form = browser.get(path, follow=True).request["PATH_INFO"]
    browser.post(form, {"password1": NEXT, "password2": NEXT})
    assert logs_in("ana", NEXT)
    assert "password1" not in Client().get(path, follow=True).text


def test_somebody_is_logged_out_everywhere_and_others_are_not(
    client: Client, enter: Enter, ana: User
) -> None:
    elsewhere, bo = Client(), enter("bo", Role.MEMBER)
    elsewhere.force_login(ana)
    assert "in 2 browsers" in manage("logout", "ana")
    assert [each.get("/team/").status_code for each in (client, elsewhere, bo)] == [302, 302, 200]
    assert logs_in("ana", "correct horse")


def test_a_deactivated_person_is_out_at_once_until_they_are_reactivated(
    enter: Enter,
) -> None:
    bo = enter("bo", Role.OWNER)
    manage("deactivate", "bo")
    assert bo.get("/team/").status_code == 302
    assert "bo (deactivated)" in manage("list")
    with pytest.raises(CommandError, match="reactivate"):
        manage("reset", "bo")
    manage("reactivate", "bo")
    assert bo.get("/team/").status_code == 302
    bo.force_login(User.objects.get(username="bo"))
    assert bo.get("/team/").status_code == 200


def test_a_deactivated_owner_does_not_count(enter: Enter) -> None:
    enter("bo", Role.OWNER)
    manage("deactivate", "bo")
    for words in (("deactivate", "ana"), ("remove", "ana"), ("role", "ana", "member")):
        with pytest.raises(CommandError, match="ana is the only owner of Workspace"):
            manage(*words)
    manage("remove", "bo")
    assert "In no workspace\n          bo (deactivated)" in manage("list")


def test_who_lost_the_second_factor_comes_in_by_the_password(ana: User) -> None:
    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    browser = Client()
    login = {"login": "ana", "password": "correct horse"}
    assert browser.post("/login/", login)["Location"].startswith("/account/mfa/")
    manage("forget-second-factor", "ana")
    assert Client().post("/login/", login)["Location"] == "/"
    with pytest.raises(CommandError, match="no second factor"):
        manage("forget-second-factor", "ana")


def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter([NEXT, "another one", NEXT, NEXT])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    with pytest.raises(CommandError, match="two different"):
        manage("password", "ana")
    manage("password", "ana")
    assert logs_in("ana", NEXT)
