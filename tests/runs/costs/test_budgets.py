"""Budgets: reserved when a run is accepted, settled with the actual cost, and never exceeded."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from playground.catalog.models import ModelSpec
from playground.compose.submission import read_agreed
from playground.runs import lifecycle
from playground.runs.costs import budgets
from playground.runs.models import Run
from playground.teams.models import Membership, Role, Workspace
from tests.compose.test_generate import HTMX, post
from tests.runs.costs.conftest import MakePaidRun

PRICE = Decimal("0.0315")
pytestmark = pytest.mark.usefixtures("api_key")


@pytest.fixture
def set_budgets(membership: Membership) -> Callable[..., None]:
    def set_budgets(**amounts: str) -> None:
        Workspace.objects.update(**amounts)

    return set_budgets


def used(membership: Membership) -> Decimal:
    membership.workspace.refresh_from_db()
    return budgets.list_statuses(membership)[0].used


def test_the_expected_cost_of_a_run_is_reserved_when_it_is_accepted(
    client: Client, seedream: ModelSpec, membership: Membership, set_budgets: Callable[..., None]
) -> None:
    set_budgets(monthly_budget="1")
    post(client, seedream, HTMX, **{"/n": "2"})
    assert used(membership) == 2 * PRICE


def test_a_reservation_is_settled_with_the_actual_cost(
    client: Client, seedream: ModelSpec, membership: Membership, set_budgets: Callable[..., None],
    work_off: Callable[[], None],
) -> None:  # fmt: skip
    set_budgets(monthly_budget="1")
    post(client, seedream, HTMX, **{"/resolution": '"4k"'})
    assert used(membership) == 2 * PRICE
    Run.objects.update(cost_expected=1, cost_most=1)
    work_off()
    assert used(membership) == Run.objects.get().cost_actual == 2 * PRICE


@pytest.mark.parametrize(
    ("facts", "counted"),
    [
        ({"status": "pending"}, "1"),
        ({"status": "pending", "cost_estimate": "2"}, "2"),
        ({"status": "queued", "task_id": "t", "cost_estimate": "2"}, "2"),
        ({"status": "succeeded", "task_id": "t", "cost_actual": "0.5"}, "0.5"),
        ({"status": "succeeded", "task_id": "t"}, "1"),  # the provider reported no cost
        ({"status": "cancelled"}, "0"),
        ({"status": "failed"}, "0"),  # the provider accepted nothing
        ({"status": "failed", "sent_at": timezone.now()}, "1"),  # in doubt
        ({"status": "failed", "task_id": "t"}, "1"),
        ({"status": "failed", "task_id": "t", "cost_actual": "0"}, "0"),
        ({"status": "failed", "task_id": "t", "cost_actual": "3"}, "3"),
        ({"status": "cancelled", "task_id": "t", "cost_actual": "0"}, "0"),
        ({"status": "queued", "task_id": "t", "cost_estimate": "0"}, "1"),  # it reported no cost
        ({"status": "succeeded", "task_id": "t", "cost_actual": "0"}, "1"),
        ({"status": "succeeded", "task_id": "t", "cost_actual": "0", "cost_estimate": "2"}, "2"),
        ({"status": "pending", "cost_most": None}, "0.5"),  # without a highest price
    ],
)
def test_the_counted_cost_of_a_run_follows_from_its_row(
    run: Run, facts: dict[str, Any], counted: str
) -> None:
    ended = facts["status"] in {"succeeded", "failed", "cancelled"}
    finished_at = timezone.now() if ended else None
    expected = {"cost_expected": "0.5", "cost_most": "1", "finished_at": finished_at}
    Run.objects.update(**(expected | facts))
    run.refresh_from_db()
    assert run.cost_counted == Decimal(counted)


def test_a_cancelled_run_releases_its_reservation(
    client: Client, seedream: ModelSpec, membership: Membership, set_budgets: Callable[..., None]
) -> None:
    set_budgets(monthly_budget=str(PRICE))
    post(client, seedream, HTMX)
    assert post(client, seedream, HTMX).status_code == 422
    lifecycle.cancel(Run.objects.get())
    assert post(client, seedream, HTMX).status_code == 200


def test_a_run_over_budget_is_refused_with_the_rest_and_input_is_kept(
    client: Client, seedream: ModelSpec, set_budgets: Callable[..., None]
) -> None:
    set_budgets(monthly_budget="0.05")
    response = post(client, seedream, HTMX, **{"/n": "2"})
    assert response.status_code == 422
    assert "This can cost $0.07, but only $0.05 of the workspace" in response.text
    assert "a lighthouse</textarea>" in response.text
    assert not Run.objects.exists()


def test_an_exhausted_budget_refuses_every_run(
    client: Client,
    seedream: ModelSpec,
    set_budgets: Callable[..., None],
    make_paid_run: MakePaidRun,
) -> None:
    ModelSpec.objects.update(price={})
    set_budgets(monthly_budget="0.5")
    make_paid_run("0.5", {"spec": ModelSpec.objects.publish("other", title="Other", schema={})})
    assert "is used up" in post(client, seedream, HTMX).text
    assert Run.objects.count() == 1


def test_the_daily_budget_is_counted_for_each_person(
    client: Client,
    seedream: ModelSpec,
    membership: Membership,
    set_budgets: Callable[..., None],
    make_paid_run: MakePaidRun,
) -> None:
    bo = User.objects.create_user("bo")
    Membership.objects.create(workspace=membership.workspace, user=bo, role=Role.MEMBER)
    set_budgets(daily_budget="0.05")
    make_paid_run(str(PRICE), {"author": bo})
    assert post(client, seedream, HTMX).status_code == 200
    refused = post(client, seedream, HTMX, **{"/prompt": "another lighthouse"}).text
    assert "only $0.0185 of your budget for today ($0.05) is left" in refused
    assert Run.objects.filter(author=membership.user).count() == 1


def test_a_personal_budget_overrides_the_default(membership: Membership) -> None:
    membership.workspace.daily_budget = Decimal(1)
    assert membership.budget_of_a_day == 1
    membership.daily_budget = Decimal(0)
    assert membership.budget_of_a_day == 0


def test_spend_before_this_month_and_day_does_not_count(
    membership: Membership, set_budgets: Callable[..., None], make_paid_run: MakePaidRun
) -> None:
    set_budgets(monthly_budget="5", daily_budget="5")
    old = make_paid_run("1")
    Run.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=32))
    membership.workspace.refresh_from_db()
    assert [standing.used for standing in budgets.list_statuses(membership)] == [0, 0]


def test_sandbox_spend_is_separate_from_real_spend(
    membership: Membership,
    set_budgets: Callable[..., None],
    make_paid_run: MakePaidRun,
    settings: Any,
) -> None:
    set_budgets(monthly_budget="5")
    make_paid_run("1")
    assert used(membership) == 1
    settings.SANDBOX_URL = ""
    assert used(membership) == 0


def test_a_double_click_on_the_last_affordable_run_creates_one_run(
    client: Client, seedream: ModelSpec, set_budgets: Callable[..., None]
) -> None:
    set_budgets(monthly_budget=str(PRICE))
    token = str(uuid.uuid4())
    answers = [post(client, seedream, HTMX, submission=token) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert Run.objects.count() == 1


def test_sending_again_needs_budget_too(
    client: Client, run: Run, set_budgets: Callable[..., None], membership: Membership
) -> None:
    Run.objects.update(status="failed", problem="task_failed", finished_at=timezone.now())
    set_budgets(monthly_budget="0")
    response = client.post(f"{run.get_absolute_url()}again/")
    assert response["Location"].endswith(f"?from={run.pk}&again")
    assert Run.objects.count() == 1


@pytest.mark.parametrize(("spent", "words"), [
    ("0.79", 'class="form__notices"> </div>'),
    ("0.8", ": 80% used, $0.20 left."),
    ("1.5", "of $1.00 is used up"),
])  # fmt: skip
def test_from_80_percent_on_the_page_shows_a_warning(
    client: Client,
    set_budgets: Callable[..., None],
    make_paid_run: MakePaidRun,
    spent: str,
    words: str,
) -> None:
    set_budgets(monthly_budget="1")
    run = make_paid_run(spent)
    page = " ".join(client.get(run.spec.get_absolute_url()).text.split())
    assert words in page


def test_the_run_that_reaches_80_percent_brings_the_warning(
    client: Client, seedream: ModelSpec, set_budgets: Callable[..., None]
) -> None:
    set_budgets(monthly_budget="0.035")
    assert ": 90% used" in post(client, seedream, HTMX).text


# Runs above the price from which consent is asked for


def test_an_expensive_run_needs_consent_and_is_then_created(
    client: Client, seedream: ModelSpec, set_budgets: Callable[..., None]
) -> None:
    set_budgets(ask_above="0.1")
    asked = post(client, seedream, HTMX, **{"/n": "4"})
    assert asked.status_code == 422
    assert "This will cost about $0.13, above your $0.10 limit." in asked.text
    assert "a lighthouse</textarea>" in asked.text
    assert not Run.objects.exists()
    assert post(client, seedream, HTMX, agreed="0.1260", **{"/n": "4"}).status_code == 200
    assert post(client, seedream, HTMX, **{"/n": "3"}).status_code == 200


def test_consent_holds_for_that_price_only(
    client: Client, seedream: ModelSpec, set_budgets: Callable[..., None]
) -> None:
    set_budgets(ask_above="0.1")
    response = post(client, seedream, HTMX, agreed="0.126", **{"/n": "5"})
    assert "This will cost about $0.16" in response.text
    assert not Run.objects.exists()


def test_answering_removes_the_request_for_consent(
    client: Client, seedream: ModelSpec, set_budgets: Callable[..., None]
) -> None:
    set_budgets(ask_above="0.01")
    accepted = post(client, seedream, HTMX, agreed="1").text
    assert 'id="question"' in accepted
    assert 'name="agreed"' not in accepted


@given(text=st.text() | st.sampled_from(["NaN", "Infinity", "-Infinity", "sNaN", "1e999999"]))
def test_any_consented_amount_is_parsed_or_ignored(text: str) -> None:
    agreed = read_agreed(text)
    assert agreed is None or agreed.is_finite()


# The page of budgets


FIELDS = {"monthly_budget": "10", "daily_budget": "", "ask_above": "0.5"}


def test_owners_set_budgets(client: Client, membership: Membership) -> None:
    response = client.post("/team/budget/", FIELDS, follow=True)
    assert "Saved" in response.text
    membership.refresh_from_db()
    found = membership.workspace
    assert (found.monthly_budget, found.daily_budget, found.ask_above) == (10, None, Decimal("0.5"))
    assert 'value="10"' in response.text


@pytest.mark.parametrize(("name", "amount"), [
    ("monthly_budget", "-1"), ("daily_budget", "much"), ("ask_above", "1e99"),
    ("monthly_budget", "NaN"),
])  # fmt: skip
def test_an_invalid_amount_is_refused_at_its_field_and_nothing_is_saved(
    client: Client, membership: Membership, name: str, amount: str
) -> None:
    response = client.post("/team/budget/", FIELDS | {name: amount})
    assert response.status_code == 422
    assert f'id="id_{name}_error"' in response.text
    membership.workspace.refresh_from_db()
    assert membership.workspace.monthly_budget is None


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_only_owners_set_budgets(client: Client, membership: Membership, role: Role) -> None:
    Membership.objects.update(role=role)
    assert client.post("/team/budget/", FIELDS).status_code == 403
    assert client.get("/team/budget/").status_code == 403


def test_the_budget_of_a_person_is_set_without_javascript(
    client: Client, membership: Membership
) -> None:
    address = f"/team/budget/{membership.public_id}/"
    refused = client.post(address, {"daily_budget": "much"})
    assert refused.status_code == 422
    assert 'value="much"' in refused.text
    saved = client.post(address, {"daily_budget": "2.5"}, follow=True)
    assert "Saved. Applies to new runs." in saved.text
    membership.refresh_from_db()
    assert membership.daily_budget == Decimal("2.5")
