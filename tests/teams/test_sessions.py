"""Which changes end the browsers in which a person is logged in."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from playground.teams.models import Membership, Role, Workspace
from tests.teams.conftest import Enter, Post

NEXT = "a long walk home"
TWICE = {"password1": NEXT, "password2": NEXT}


def is_in(client: Client) -> bool:
    return client.get("/account/password/change/").status_code == 200


@pytest.fixture
def browsers(ana: User) -> tuple[Client, Client]:
    """Two in which ana is logged in."""
    both = (Client(), Client())
    for each in both:
        each.post("/login/", {"login": "ana", "password": "correct horse"})
    assert [is_in(each) for each in both] == [True, True]
    return both


def test_a_change_of_the_password_ends_all_but_the_browser_of_the_change(
    browsers: tuple[Client, Client],
) -> None:
    here, elsewhere = browsers
    here.post("/account/password/change/", TWICE | {"oldpassword": "correct horse"})
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_a_forgotten_password_set_anew_ends_every_browser(
    browsers: tuple[Client, Client], post: Post
) -> None:
    User.objects.update(email="ana@example.com")
    stranger = Client()
    stranger.post("/account/password/reset/", {"email": "ana@example.com"})
    found = re.search(r"http://127.0.0.1:8000(\S+)", str(post()[0].body))
    assert found
    form = stranger.get(found[1], follow=True).request["PATH_INFO"]
    stranger.post(form, TWICE)
    assert [is_in(each) for each in browsers] == [False, False]


def test_a_script_of_an_ended_browser_is_told_to_log_in_again(
    browsers: tuple[Client, Client],
) -> None:
    here, elsewhere = browsers
    here.post("/account/password/change/", TWICE | {"oldpassword": "correct horse"})
    answer = elsewhere.get("/team/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.text) == (401, "Your session has ended. Log in again.")


def test_who_is_removed_sees_nothing_of_it_in_an_open_browser(
    client: Client, enter: Enter, others: Workspace
) -> None:
    bo = enter("bo", Role.MEMBER)
    Membership.objects.create(workspace=others, user=User.objects.get(username="bo"))
    assert "Members of Workspace" in bo.get("/team/").text
    membership = Membership.objects.get(user__username="bo", workspace__name="Workspace")
    client.post(f"/team/people/{membership.public_id}/remove/")
    assert "Members of Others" in bo.get("/team/").text


def test_who_is_switched_off_is_out_with_the_next_press(
    browsers: tuple[Client, Client], ana: User
) -> None:
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert [is_in(each) for each in browsers] == [False, False]
