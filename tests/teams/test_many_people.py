"""Many members: pages that list people are paginated and can be searched."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from playground.teams.models import Invitation, Membership, Role, Workspace

MANY = 1_200
HTMX = {"HX-Request": "true"}
MOST_BYTES = 200_000
MOST_QUERIES = 12


@pytest.fixture
def many_members(workspace: Workspace, ana: User) -> list[Membership]:
    users = User.objects.bulk_create(
        User(username=f"person{number:04}", email=f"p{number:04}@mail.example", password="!")
        for number in range(MANY)
    )
    return Membership.objects.bulk_create(
        Membership(workspace=workspace, user=user, role=Role.MEMBER) for user in users
    )


@pytest.mark.parametrize("path", ["/team/", "/team/budget/"])
def test_the_people_page_is_paginated(
    client: Client, many_members: list[Membership], path: str
) -> None:
    with CaptureQueriesContext(connection) as queries:
        page = client.get(path)
    assert len(page.content) < MOST_BYTES
    assert len(queries) <= MOST_QUERIES
    seen, address = set(re.findall(r"person\d{4}", page.text)), path
    link = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert link
    assert len(seen) >= 49
    address = link[1].replace("&amp;", "&")
    more = set(re.findall(r"person\d{4}", client.get(address).text))
    assert len(more) == 50
    assert not more & seen
    last = client.get(f"{path}?page=25").text
    assert 'rel="next"' not in last
    assert "1201 of 1201" in last


@pytest.mark.parametrize("path", ["/team/", "/team/budget/"])
@pytest.mark.parametrize("words", ["person0321", "P0321@mail"])
def test_owners_find_a_person_by_name_or_address(
    client: Client, many_members: list[Membership], path: str, words: str
) -> None:
    page = client.get(path, {"q": words}).text
    assert set(re.findall(r"person\d{4}", page)) == {"person0321"}
    piece = client.get(path, {"q": words}, headers=HTMX).text
    assert "person0321" in piece
    assert "<html" not in piece
    assert "No member has this name" in client.get(path, {"q": "\0%_"}).text


def test_members_cannot_search_people_by_hidden_addresses(
    bo: Client, many_members: list[Membership]
) -> None:
    assert "person0321" in bo.get("/team/", {"q": "person0321"}).text
    assert "person0321" not in bo.get("/team/", {"q": "p0321@mail.example"}).text


def test_a_personal_budget_is_set_without_the_others(
    client: Client, many_members: list[Membership]
) -> None:
    membership = many_members[321]
    address = f"/team/budget/{membership.public_id}/"
    row = client.post(address, {"daily_budget": "2.5"}, headers=HTMX)
    assert (row.status_code, 'value="2.5"' in row.text) == (200, True)
    assert "<html" not in row.text
    membership.refresh_from_db()
    assert membership.daily_budget == 2.5
    response = client.post(address, {"daily_budget": "", "at": "q=person432&page=1"})
    assert response["Location"] == "/team/budget/?q=person432&page=1"
    membership.refresh_from_db()
    assert membership.daily_budget is None


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_an_invalid_amount_is_refused_at_its_row(
    client: Client, many_members: list[Membership], headers: dict[str, str]
) -> None:
    membership = many_members[0]
    sent = {"daily_budget": "much", "at": f"q={membership.user.username}"}
    answer = client.post(f"/team/budget/{membership.public_id}/", sent, headers=headers)
    assert answer.status_code == 422
    assert f'id="of-{membership.public_id}-error"' in answer.text
    assert 'value="much"' in answer.text


def test_viewers_have_no_budget(client: Client, many_members: list[Membership]) -> None:
    Membership.objects.filter(pk=many_members[0].pk).update(role=Role.VIEWER)
    address = f"/team/budget/{many_members[0].public_id}/"
    assert client.post(address, {"daily_budget": "1"}).status_code == 404


def test_after_a_role_change_the_same_page_is_shown(
    client: Client, many_members: list[Membership]
) -> None:
    address = f"/team/people/{many_members[321].public_id}/role/"
    response = client.post(address, {"role": "viewer", "at": "page=7"})
    assert response["Location"] == "/team/?page=7"
    refused = client.post(address, {"role": "king", "at": "page=7"})
    assert refused.status_code == 422
    assert "person0321" in refused.text


@pytest.mark.parametrize("at", ["//evil.example", "page=x", "\0=\0", "q=%00", "a" * 9000])
def test_an_invalid_page_shows_the_list(
    client: Client, many_members: list[Membership], at: str
) -> None:
    address = f"/team/people/{many_members[1].public_id}/role/"
    response = client.post(address, {"role": "viewer", "at": at})
    assert response["Location"].partition("?")[0] == "/team/"
    assert client.get(response["Location"]).status_code == 200


def test_many_invitations_are_paginated(client: Client, workspace: Workspace) -> None:
    for number in range(60):
        Invitation.objects.issue(workspace=workspace, role="member", days=7, note=f"No{number:02}")
    first, second = (client.get("/team/", {"links": page}).text for page in ("1", "2"))
    assert len(re.findall(r">\s*No\d\d\s*<", first)) == 50
    assert len(re.findall(r">\s*No\d\d\s*<", second)) == 10
