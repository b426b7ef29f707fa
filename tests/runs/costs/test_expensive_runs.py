"""The price shown, consented to, reserved and charged is the same, also for expensive requests."""

import html
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from playground import money
from playground.catalog.models import ModelSpec
from playground.runs.costs import budgets, prices
from playground.runs.models import Run, Status
from playground.runs.worker import steps
from playground.teams.models import Membership, Workspace
from tests.compose.test_generate import HTMX, post
from tests.runs.costs.conftest import MakePaidRun
from tests.sandbox_process import SandboxProcess

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("api_key")]

GROUP = {"/sequential_image_generation": '"auto"'}
MAX_IMAGES = "/sequential_image_generation_options/max_images"
PROMPT = "Fifteen pictures of a lighthouse"
EXPENSIVE_REQUESTS: dict[str, tuple[dict[str, str], str]] = {
    "a group of 15": (GROUP | {MAX_IMAGES: "15"}, "0.4725"),
    "a group of 15 at 4k": (GROUP | {MAX_IMAGES: "15", "/resolution": '"4k"'}, "0.945"),
    "a group without a number": (GROUP, "0.4725"),
    "15 single ones": ({"/n": "15"}, "0.4725"),
    "15 single ones at 3k": ({"/n": "15", "/resolution": '"3k"'}, "0.675"),
    "one at 4k": ({"/resolution": '"4k"'}, "0.063"),
}


@pytest.fixture(params=EXPENSIVE_REQUESTS)
def expensive_request(request: pytest.FixtureRequest) -> tuple[dict[str, str], Decimal]:
    fields, most = EXPENSIVE_REQUESTS[request.param]
    return {"/prompt": PROMPT, **fields}, Decimal(most)


@pytest.fixture(autouse=True)
def _small_pictures(sandbox: SandboxProcess) -> None:
    sandbox.small_pictures(64)


def used(membership: Membership) -> Decimal:
    membership.workspace.refresh_from_db()
    return budgets.list_statuses(membership)[0].used


def test_the_past_cost_is_shown_before_generate(
    client: Client,
    seedream: ModelSpec,
    monkeypatch: pytest.MonkeyPatch,
    expensive_request: tuple[dict[str, str], Decimal],
) -> None:
    monkeypatch.setattr(prices, "is_free", lambda _: False)  # as for a real provider
    fields, most = expensive_request
    drawn = client.post(f"{seedream.get_absolute_url()}form/?check", fields, headers=HTMX)
    price = html.unescape(drawn.text).partition('id="price"')[2].partition("</small>")[0]
    at_most = re.search(r"at most (\S+)$", price)
    shown = at_most or re.search(r"<span>~?(\S+)</span>", price)
    assert shown
    with money.in_unit("$"):
        assert shown[1] == (money.format_at_most if at_most else money.format_about)(most)


def test_consent_is_asked_for_the_highest_price(
    client: Client, seedream: ModelSpec, expensive_request: tuple[dict[str, str], Decimal]
) -> None:
    fields, most = expensive_request
    Workspace.objects.update(ask_above=most - Decimal("0.0001"))
    asked = post(client, seedream, HTMX, **fields)
    assert asked.status_code == 422
    (agreed,) = re.findall(r'name="agreed" value="([^"]*)"', asked.text)
    assert Decimal(agreed) == most
    assert not Run.objects.exists()
    assert post(client, seedream, HTMX, **fields, agreed=agreed).status_code == 200


def test_a_budget_below_the_highest_price_refuses_the_run(
    client: Client, seedream: ModelSpec, expensive_request: tuple[dict[str, str], Decimal]
) -> None:
    fields, most = expensive_request
    Workspace.objects.update(monthly_budget=most - Decimal("0.0001"))
    assert post(client, seedream, HTMX, **fields).status_code == 422
    assert not Run.objects.exists()
    Workspace.objects.update(monthly_budget=most)
    assert post(client, seedream, HTMX, **fields).status_code == 200


def test_a_run_is_reserved_then_estimated_then_charged(
    client: Client, seedream: ModelSpec, membership: Membership, work_off: Callable[[], None],
    expensive_request: tuple[dict[str, str], Decimal],
) -> None:  # fmt: skip
    fields, most = expensive_request
    Workspace.objects.update(monthly_budget=10)
    post(client, seedream, HTMX, **fields)
    assert used(membership) == most
    run = Run.objects.get()
    steps.run_due_step(run.pk)
    run.refresh_from_db()
    assert run.cost_estimate
    assert used(membership) == run.cost_estimate <= most
    work_off()
    run.refresh_from_db()
    assert used(membership) == run.cost_actual
    assert run.cost_actual == most or (run.cost_actual < most and GROUP.items() <= fields.items())


@pytest.mark.parametrize("amount", ["0", None])
def test_a_missing_cost_of_the_provider_settles_nothing(
    client: Client, seedream: ModelSpec, membership: Membership, amount: str | None
) -> None:
    Workspace.objects.update(monthly_budget=10)
    post(client, seedream, HTMX, **GROUP)
    Run.objects.update(
        status=Status.QUEUED, task_id="task", cost_estimate=amount, cost_actual=amount
    )
    assert used(membership) == Decimal("0.4725")


def test_expensive_earlier_runs_do_not_refuse_a_single_picture(
    client: Client, seedream: ModelSpec, make_paid_run: MakePaidRun
) -> None:
    options: dict[str, Any] = {"max_images": 15}
    for _ in range(4):
        make_paid_run(
            "0.4725",
            sequential_image_generation="auto",
            sequential_image_generation_options=options,
        )
    Workspace.objects.update(monthly_budget=Decimal("1.89") + Decimal("0.041"), ask_above="0.1")
    assert post(client, seedream, HTMX).status_code == 200
    assert post(client, seedream, HTMX, **GROUP).status_code == 422
