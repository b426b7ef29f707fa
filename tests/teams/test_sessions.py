"""Which changes end a person's sessions."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from playground.teams import sessions
from playground.teams.models import Membership, Role, Workspace
from tests.teams.conftest import AddPerson, SendMail

NEW_PASSWORD = "a long walk home"
NEW_PASSWORD_FIELDS = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}


def is_logged_in(client: Client) -> bool:
    return client.get("/account/password/change/").status_code == 200


@pytest.fixture
def browsers(ana: User) -> tuple[Client, Client]:
    """Two clients in which ana is logged in."""
    both = (Client(), Client())
    for each in both:
        each.post("/login/", {"login": "ana", "password": "correct horse"})
    assert [is_logged_in(each) for each in both] == [True, True]
    return both


def test_a_password_change_ends_all_other_sessions(
    browsers: tuple[Client, Client],
) -> None:
    here, elsewhere = browsers
    here.post("/account/password/change/", NEW_PASSWORD_FIELDS | {"oldpassword": "correct horse"})
    assert (is_logged_in(here), is_logged_in(elsewhere)) == (True, False)


def test_a_password_reset_ends_every_session(
    browsers: tuple[Client, Client], send_mail: SendMail
) -> None:
    User.objects.update(email="ana@example.com")
    stranger = Client()
    stranger.post("/account/password/reset/", {"email": "ana@example.com"})
    found = re.search(r"http://127.0.0.1:8000(\S+)", str(send_mail()[0].body))
    assert found
    form = stranger.get(found[1], follow=True).request["PATH_INFO"]
    stranger.post(form, NEW_PASSWORD_FIELDS)
    assert [is_logged_in(each) for each in browsers] == [False, False]


def test_a_script_with_an_ended_session_is_told_to_log_in_again(
    browsers: tuple[Client, Client],
) -> None:
    here, elsewhere = browsers
    here.post("/account/password/change/", NEW_PASSWORD_FIELDS | {"oldpassword": "correct horse"})
    answer = elsewhere.get("/team/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.text) == (401, "Your session has ended. Log in again.")


def test_a_removed_member_loses_access_in_open_sessions(
    client: Client, add_person: AddPerson, other_workspace: Workspace
) -> None:
    bo = add_person("bo", Role.MEMBER)
    Membership.objects.create(workspace=other_workspace, user=User.objects.get(username="bo"))
    assert "Members of Workspace" in bo.get("/team/").text
    membership = Membership.objects.get(user__username="bo", workspace__name="Workspace")
    client.post(f"/team/people/{membership.public_id}/remove/")
    assert "Members of Others" in bo.get("/team/").text


def test_a_deactivated_person_is_logged_out_at_the_next_request(
    browsers: tuple[Client, Client], ana: User
) -> None:
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert [is_logged_in(each) for each in browsers] == [False, False]


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (SAFARI, "Safari on iPhone"),
        (EDGE, "Edge on Windows"),
        ("curl/8", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_session_is_named_by_its_browser_and_system(user_agent: str, name: str) -> None:
    assert sessions.name_device(user_agent) == name


def ids_on(client: Client) -> list[str]:
    page = client.get("/account/sessions/").text
    return re.findall(r'name="session" value="(\w+)"', page)


def test_a_person_sees_their_sessions_with_this_one_marked(
    browsers: tuple[Client, Client], add_person: AddPerson
) -> None:
    here, elsewhere = browsers
    elsewhere.get("/team/", headers={"User-Agent": SAFARI})  # the first visit stored the browser
    add_person("bo", Role.MEMBER).get("/team/")
    page = here.get("/account/sessions/").text
    assert page.count('<li class="session">') == 2
    assert page.count("This browser") == 1
    assert len(ids_on(here)) == 1
    assert all(each.cookies["sessionid"].value not in page for each in browsers)


def test_one_session_can_be_ended(
    browsers: tuple[Client, Client], caplog: pytest.LogCaptureFixture
) -> None:
    here, _elsewhere = browsers
    [other] = ids_on(here)
    with caplog.at_level("INFO", logger="playground.audit"):
        page = here.post("/account/sessions/", {"session": other}, follow=True).text
    assert "Logged out of 1 browser." in page
    assert [is_logged_in(each) for each in browsers] == [True, False]
    assert any("logged out of another browser" in line for line in caplog.messages)
    assert ids_on(here) == []


def test_all_other_sessions_can_be_ended(
    browsers: tuple[Client, Client], caplog: pytest.LogCaptureFixture
) -> None:
    third = Client()
    third.post("/login/", {"login": "ana", "password": "correct horse"})
    here, elsewhere = browsers
    with caplog.at_level("INFO", logger="playground.audit"):
        here.post("/account/sessions/", {"others": "1"})
    assert [is_logged_in(each) for each in (here, elsewhere, third)] == [True, False, False]
    assert any("logged out everywhere else" in line for line in caplog.messages)


@pytest.mark.parametrize("sent", [{}, {"session": ""}, {"session": "0" * 32}])
def test_a_post_without_a_session_ends_none(
    browsers: tuple[Client, Client], sent: dict[str, str]
) -> None:
    here, _elsewhere = browsers
    here.post("/account/sessions/", sent)
    assert [is_logged_in(each) for each in browsers] == [True, True]


def test_nobody_ends_sessions_of_others(
    browsers: tuple[Client, Client], add_person: AddPerson
) -> None:
    here, _elsewhere = browsers
    bo = add_person("bo", Role.MEMBER)
    [other] = ids_on(here)
    bo.post("/account/sessions/", {"session": other})
    bo.post("/account/sessions/", {"others": "1"})
    assert [is_logged_in(each) for each in browsers] == [True, True]


def test_the_current_session_is_not_ended(browsers: tuple[Client, Client]) -> None:
    here, _elsewhere = browsers
    own = sessions.make_public_id(here.cookies["sessionid"].value)
    here.post("/account/sessions/", {"session": own})
    assert is_logged_in(here)


def test_a_session_ended_by_a_password_change_is_not_listed(
    browsers: tuple[Client, Client],
) -> None:
    here, _elsewhere = browsers
    here.post("/account/password/change/", NEW_PASSWORD_FIELDS | {"oldpassword": "correct horse"})
    assert ids_on(here) == []


def test_a_session_is_named_at_its_first_request(ana: User) -> None:
    browser = Client(headers={"User-Agent": FIREFOX})
    browser.force_login(ana)
    assert "Firefox on Linux" in browser.get("/account/sessions/").text
