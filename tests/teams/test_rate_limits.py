"""Rate limits of expensive requests."""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from playground.catalog.models import ModelSpec
from playground.runs.models import Run
from playground.teams.models import ApiKey, Role, Tally
from playground.teams.rate_limits import LIMITS, LimitedAction
from tests.teams.conftest import AddPerson

HTMX = {"HX-Request": "true"}
POST_PATHS = {
    LimitedAction.GENERATE: ("/models/doubao-seedream-5-0-lite/",),
    LimitedAction.CHANGE_FORM: (
        "/models/doubao-seedream-5-0-lite/form/",
        "/models/doubao-seedream-5-0-lite/form/?check",
    ),
    LimitedAction.UPLOAD: ("/uploads/",),
    LimitedAction.ACT_ON_RUN: (f"/runs/{uuid.uuid4()}/again/", f"/runs/{uuid.uuid4()}/hurry/"),
    LimitedAction.CHANGE_KEY: ("/team/keys/", f"/team/keys/{uuid.uuid4()}/check/"),
    LimitedAction.EDIT_MODEL: ("/models/new/", "/models/doubao-seedream-5-0-lite/edit/"),
    LimitedAction.INVITE: ("/team/invitations/", "/team/new/"),
    LimitedAction.DOWNLOAD: ("/team/export/",),
}
GET_PATHS = {LimitedAction.EXPORT: "/team/usage.csv"}


@pytest.fixture
def set_limit(monkeypatch: pytest.MonkeyPatch) -> Callable[[LimitedAction, int], None]:
    def set_limit(costly: LimitedAction, most: int) -> None:
        monkeypatch.setitem(LIMITS, costly, replace(LIMITS[costly], most=most))

    return set_limit


def test_each_rate_limit_has_a_test() -> None:
    assert {*POST_PATHS, *GET_PATHS} == set(LIMITS) == set(LimitedAction)


@pytest.mark.parametrize("costly", POST_PATHS)
def test_posts_are_rate_limited(
    client: Client,
    seedream: ModelSpec,
    set_limit: Callable[[LimitedAction, int], None],
    costly: LimitedAction,
) -> None:
    paths = [path for path in POST_PATHS[costly] for _ in range(2)]
    set_limit(costly, len(paths) - 1)
    answers = [client.post(path, {}, headers=HTMX) for path in paths]
    assert {answer.status_code for answer in answers[:-1]}.isdisjoint({429, 500})
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1]["Retry-After"]) <= LIMITS[costly].seconds
    assert all(client.get(path.partition("?")[0]).status_code != 429 for path in paths)


@pytest.mark.parametrize("costly", GET_PATHS)
def test_gets_are_rate_limited(
    client: Client, set_limit: Callable[[LimitedAction, int], None], costly: LimitedAction
) -> None:
    set_limit(costly, 2)
    answers = [ask(GET_PATHS[costly]) for ask in (client.get, client.head, client.get)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= LIMITS[costly].seconds


def test_a_person_gets_a_429_page_and_a_script_plain_text(
    client: Client, set_limit: Callable[[LimitedAction, int], None]
) -> None:
    set_limit(LimitedAction.INVITE, 0)
    answer, words = (client.post("/team/invitations/", headers=kind) for kind in ({}, HTMX))
    assert words["Content-Type"] == "text/plain; charset=utf-8"
    assert words.text.startswith("Too many requests in a short time")
    assert "<h1>Too many attempts</h1>" in answer.text
    assert words.text.partition(" Wait")[0] in answer.text


def test_a_rate_limited_request_charges_nothing(
    client: Client,
    api_key: ApiKey,
    seedream: ModelSpec,
    set_limit: Callable[[LimitedAction, int], None],
) -> None:
    set_limit(LimitedAction.GENERATE, 2)
    for number in range(4):
        client.post(seedream.get_absolute_url(), {"/prompt": f"lighthouse {number}"})
    assert Run.objects.count() == 2


def test_requests_are_counted_for_each_person(
    client: Client, add_person: AddPerson, set_limit: Callable[[LimitedAction, int], None]
) -> None:
    set_limit(LimitedAction.INVITE, 1)
    bo = add_person("bo", Role.OWNER)
    statuses = [one.post("/team/invitations/").status_code for one in (client, client, bo, bo)]
    assert statuses == [422, 429, 422, 429]


def test_a_count_expires_and_restarts(db: None) -> None:
    assert [Tally.objects.add_one("x", seconds=60)[0] for _ in range(3)] == [1, 2, 3]
    Tally.objects.update(ends_at=time.time())
    used, left_seconds = Tally.objects.add_one("x", seconds=60)
    assert (used, round(left_seconds)) == (1, 60)


def test_expired_counts_are_deleted(db: None) -> None:
    Tally.objects.create(what="long ago", used=1, ends_at=time.time() - 4_000)
    Tally.objects.add_one("x", seconds=60)
    assert [tally.what for tally in Tally.objects.all()] == ["x"]


@pytest.mark.only_on("postgresql")  # threads cannot wait for a lock in an in-memory SQLite database
@pytest.mark.django_db(transaction=True)
def test_concurrent_requests_are_all_counted() -> None:
    def add() -> None:
        for _ in range(10):
            Tally.objects.add_one("x", seconds=60)
        connection.close()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Tally.objects.get().used == 40


def test_counting_takes_one_query(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Tally.objects.add_one("x", seconds=60)
    with django_assert_num_queries(1):
        Tally.objects.add_one("x", seconds=60)


@pytest.mark.django_db(transaction=True)
def test_a_request_that_cannot_be_counted_is_accepted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.teams.models.tally.ADD_ONE", "SELECT 1 WHERE 0 = 1 LIMIT ?")
    assert client.post("/team/invitations/").status_code == 422


@pytest.mark.parametrize("path", ["/join/x/", "/setup/"])
def test_anonymous_requests_are_counted_by_address(db: None, path: str) -> None:
    if path != "/setup/":
        User.objects.create_user("ana")

    def post(address: str) -> HttpResponseBase:
        return Client(REMOTE_ADDR=address).post(path)

    statuses = [post("192.0.2.1").status_code for _ in range(31)]
    assert 429 not in statuses[:-1]
    assert (statuses[-1], post("192.0.2.2").status_code) == (429, statuses[0])
