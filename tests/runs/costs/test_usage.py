"""The usage page: what was spent on what, and charges without outputs."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from playground.catalog.models import ModelSpec
from playground.runs.costs import usage
from playground.runs.models import Run
from playground.teams.models import Membership, Role, Workspace
from tests.html import parse
from tests.runs.costs.conftest import MakePaidRun

PAGE = "/team/usage/"


def shown(client: Client, query: str = "") -> str:
    return " ".join(client.get(f"{PAGE}{query}").text.split())


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    text = client.get(f"/team/usage.csv{query}").getvalue().decode()
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def bo(membership: Membership) -> User:
    user = User.objects.create_user("bo")
    Membership.objects.create(workspace=membership.workspace, user=user, role=Role.MEMBER)
    return user


def test_usage_is_summed_by_person_model_and_day(
    membership: Membership, make_paid_run: MakePaidRun, bo: User
) -> None:
    other = ModelSpec.objects.publish("other", title="Other", schema={})
    make_paid_run("1", {"cost_expected": "0.5"})
    make_paid_run("2", {"author": bo})
    make_paid_run("4", {"author": bo, "spec": other})
    make_paid_run(None, {"status": "queued", "finished_at": None, "cost_expected": "3"})
    found = usage.read_usage(membership, usage.read_month(""))
    assert [(line.label, line.runs) for line in found.people] == [("bo", 2), ("ana", 2)]
    assert [line.charged for line in found.people] == [6, 1]
    assert {line.label: line.counted for line in found.models} == {"Seedream 5 Lite": 6, "Other": 4}
    assert [line.runs for line in found.days] == [4]
    sums = (found.total.charged, found.total.open, found.total.foreseen)
    assert sums == (Decimal(7), Decimal(3), Decimal("0.5"))


def test_models_are_named_in_the_language_of_the_reader(
    client: Client, make_paid_run: MakePaidRun, seedream: ModelSpec
) -> None:
    texts = {"x-i18n": {"zh-Hans": {"title": "梦境"}}}
    seedream.schema |= texts
    seedream.save()
    gone = ModelSpec.objects.publish(
        "gone", title="Gone", workspace=Workspace.objects.create(name="B"), schema=texts
    )
    make_paid_run("1"), make_paid_run("1", {"spec": gone})
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    assert shown(client).count("梦境") == 2
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "梦境" not in shown(client)


def test_the_page_compares_estimates_with_charges(
    client: Client, make_paid_run: MakePaidRun
) -> None:
    make_paid_run("0.0375", {"cost_expected": "0.03"})
    page = shown(client)
    assert "<dt>Spent</dt><dd>$0.0375</dd>" in page
    assert '<dd> $0.03 <span class="off">+25%</span> </dd>' in page


def test_without_runs_the_usage_page_is_empty(client: Client, api_key: object) -> None:
    assert "<dt>Runs</dt><dd>0</dd>" in shown(client)
    assert rows(client) == []


def test_charges_without_outputs_are_listed_with_their_ids(
    client: Client, make_paid_run: MakePaidRun
) -> None:
    make_paid_run("0.7", {"status": "failed", "request_id": "req_9", "task_id": "task_9"})
    make_paid_run(None, {"status": "failed", "request_id": "req_8", "cost_expected": "0.1"})
    make_paid_run("0", {"status": "failed", "request_id": "req_free"})
    page = shown(client)
    assert "req_9" in page
    assert "task_9" in page
    assert "<strong>$0.10</strong> perhaps" in page
    assert "req_free" not in page


def test_one_month_is_shown_with_links_to_its_neighbours(
    client: Client, make_paid_run: MakePaidRun
) -> None:
    old = make_paid_run("3")
    Run.objects.filter(pk=old.pk).update(created_at=datetime(2026, 1, 31, 23, 59, tzinfo=UTC))
    make_paid_run("1")
    page = shown(client, "?month=2026-01")
    assert "January 2026" in page
    assert "<dt>Spent</dt><dd>$3.00</dd>" in page
    assert "?month=2025-12" in page
    assert "?month=2026-02" in page
    assert [row["charged"] for row in rows(client, "?month=2026-01")] == ["3"]


@pytest.mark.parametrize("text", ["", "x", "2026-13", "9999-12", "2026-1-1", "٢٠٢٦-٠١x", "0000-01"])
def test_an_invalid_month_shows_the_current_month(text: str) -> None:
    assert usage.read_month(text) == usage.read_month("")


def test_the_first_month_has_no_earlier_month() -> None:
    assert usage.add_months(date(1, 1, 1), -1) == date(1, 12, 1)


def test_members_see_their_own_usage_and_owners_all(
    client: Client, membership: Membership, make_paid_run: MakePaidRun, bo: User
) -> None:
    make_paid_run("1")
    make_paid_run("2", {"author": bo})
    member = Client()
    member.force_login(bo)
    assert "By person" in shown(client)
    assert "<dt>Spent</dt><dd>$2.00</dd>" in shown(member)
    main = parse(shown(member)).find(".//main")
    assert main is not None
    assert "ana" not in " ".join(main.itertext())  # a token in an attribute may have it
    assert [row["person"] for row in rows(member)] == ["bo"]


def test_a_viewer_sees_no_usage(client: Client, membership: Membership) -> None:
    Membership.objects.update(role=Role.VIEWER)
    assert {client.get(path).status_code for path in (PAGE, "/team/usage.csv")} == {403}


def test_usage_contains_no_prompt(client: Client, make_paid_run: MakePaidRun) -> None:
    make_paid_run("1", {"status": "failed"}, prompt="our secret")
    assert "our secret" not in shown(client)
    assert "our secret" not in str(rows(client))


def test_csv_cells_are_not_formulas(client: Client, make_paid_run: MakePaidRun, bo: User) -> None:
    User.objects.filter(pk=bo.pk).update(username="@SUM(A1)")
    make_paid_run("1", {"author": bo, "request_id": "=1+1"})
    (row,) = rows(client)
    assert (row["person"], row["request id"]) == ("'@SUM(A1)", "'=1+1")


def test_the_number_of_queries_does_not_grow_with_runs(
    client: Client,
    make_paid_run: MakePaidRun,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(30):
        make_paid_run("1", {"status": "failed"})
    client.get(PAGE)  # the first request writes the session
    with django_assert_max_num_queries(16):
        client.get(PAGE)
