"""Actions on a card during polls, on a slow machine, and when responses are lost."""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import IS_THROTTLED, throttle
from tests.browser.test_main_job import TIMEOUT_MS, card_of, expect_done, expect_pictures, generate
from tests.sandbox_process import SandboxProcess
from tests.tables import IS_WHOLE, sample

pytestmark = pytest.mark.once

numbers = itertools.count(1)  # for a distinct prompt of each card

type CreateCard = Callable[[Page, SandboxProcess], Locator]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button on a card.

    create_card  creates a card with the button, whose run goes on changing
    shown        text of the card after the action, or with `makes_run` of the new card
    ends         the button is removed by the action
    """

    button: str
    path: str
    create_card: CreateCard
    shown: str
    makes_run: bool = False
    ends: bool = True


def waiting(page: Page, service: SandboxProcess) -> Locator:
    service.fault("submit", "throttled", retry_after="seconds", seconds=600)
    card = generate(page, f"one too many {next(numbers)}")
    expect(card.locator(".strip").get_by_text("Rate limited, waiting")).to_be_visible(
        timeout=TIMEOUT_MS
    )
    return card


def under_way(page: Page, service: SandboxProcess) -> Locator:
    service.durations(queued=0, processing=600)
    card = generate(page, f"a slow river {next(numbers)}")
    expect(card.get_by_text("Generating")).to_be_visible(timeout=TIMEOUT_MS)
    return card


def postponed(page: Page, service: SandboxProcess) -> Locator:
    card = under_way(page, service)
    card.get_by_role("button", name="Stop tracking").click()
    expect(card.locator(".strip").get_by_text("Not tracked")).to_be_visible()
    return card


def failed(page: Page, service: SandboxProcess) -> Locator:
    service.fault("submit", "unauthorized")
    card = generate(page, f"a door that is shut {next(numbers)}")
    expect(card.locator(".strip").get_by_text("Nothing charged")).to_be_visible(timeout=TIMEOUT_MS)
    return card


def failing(page: Page, service: SandboxProcess) -> Locator:
    service.fault("submit", "gateway", count=1000)
    card = generate(page, f"a road that is closed {next(numbers)}")
    expect(card.get_by_role("button", name="Try now")).to_be_visible(timeout=TIMEOUT_MS)
    return card


def done(page: Page, service: SandboxProcess) -> Locator:
    card = generate(page, f"a quick brook {next(numbers)}")
    expect_done(card)
    service.durations(queued=0, processing=600)
    return card


ACTIONS = [
    Action(button="Run again", path="again", create_card=done, shown="Generating", makes_run=True),
    Action(button="Try again", path="again", create_card=failed, shown="just now", makes_run=True),
    Action(button="Cancel", path="cancel", create_card=waiting, shown="Cancelled"),
    Action(button="Stop tracking", path="set-aside", create_card=under_way, shown="Not tracked"),
    Action(button="Resume tracking", path="wait", create_card=postponed, shown="Generating"),
    Action(button="Try now", path="hurry", create_card=failing, shown="Try now", ends=False),
]
ORDERS = ("news first", "answer first", "news between the clicks")
LOSSES = ("the server is away", "the answer is lost", "a fault")

# `make slow` and `make throttled` test the whole table, `make test` the actions that cost money.
CROSSINGS = [
    (action, order)
    for action, order in itertools.product(ACTIONS, ORDERS)
    if IS_WHOLE or IS_THROTTLED or (action is ACTIONS[0] and order == ORDERS[2])
]
LOST = [
    (action, loss)
    for action, loss in itertools.product(ACTIONS, LOSSES)
    if IS_WHOLE
    or IS_THROTTLED
    or (action is ACTIONS[0] and loss == LOSSES[1])
    or (action is ACTIONS[2] and loss == LOSSES[2])
]
SLOWED = ACTIONS if IS_WHOLE or IS_THROTTLED else ACTIONS[:1]


def name(part: Action | str) -> str:
    return part if isinstance(part, str) else part.button


@dataclass(frozen=True, slots=True)
class HeldRequests:
    """The requests of one action, held back until a test releases them."""

    held: list[Route]

    def wait(self, page: Page) -> Route:
        while not self.held:
            page.wait_for_timeout(20)
        return self.held.pop(0)


def address_of(path: str) -> re.Pattern[str]:
    return re.compile(rf"/runs/[^/]+/{path}/$")


def hold_requests(page: Page, path: str) -> HeldRequests:
    requests = HeldRequests([])
    page.route(address_of(path), lambda route: requests.held.append(route))  # noqa: PLW0108 - Playwright marks it
    return requests


def update_cards(page: Page) -> None:
    """Replace every card of the page, as a poll does when each has a new revision."""
    page.evaluate("""async () => {
      const html = await (await fetch(location.href)).text();
      const shown = new DOMParser().parseFromString(html, "text/html");
      for (const card of shown.querySelectorAll("#runs .run")) {
        if (document.getElementById(card.id)) card.setAttribute("hx-swap-oob", "morph");
        else card.remove();
      }
      const cards = [...shown.querySelectorAll("#runs .run")];
      const news = cards.map((card) => card.outerHTML).join("");
      htmx.swap(document.createElement("div"), news, { swapStyle: "none" });
    }""")


def create_card(action: Action, page: Page, service: SandboxProcess) -> tuple[Locator, int]:
    """Create a card; return its locator, which ignores newer cards, and the number of cards."""
    place = action.create_card(page, service).locator("xpath=..").get_attribute("id")
    return page.locator(f"#{place}"), page.locator("#runs .run").count()


def press(card: Locator, action: Action) -> None:
    """Click twice; the second click may hit nothing if the first one removed the button."""
    card.get_by_role("button", name=action.button).hover()
    mouse = card.page.mouse
    for clicks in (1, 2):
        mouse.down(click_count=clicks)
        mouse.up(click_count=clicks)


def expect_shown(page: Page, action: Action, before: int) -> None:
    """Wait until the card shows the action; a new run is at the top, and exists once."""
    cards = page.locator("#runs .run")
    expect(cards).to_have_count(before + action.makes_run, timeout=TIMEOUT_MS)
    expect(cards.first.get_by_text(action.shown).first).to_be_visible(timeout=TIMEOUT_MS)
    busy = page.locator("#runs button[aria-busy]")
    expect(busy).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize(("action", "order"), CROSSINGS, ids=name)
def test_an_action_works_while_its_card_is_updated(
    playground: Page, service: SandboxProcess, action: Action, order: str
) -> None:
    card, before = create_card(action, playground, service)
    requests = hold_requests(playground, action.path)
    button = card.get_by_role("button", name=action.button)
    if order == "news between the clicks":
        button.hover()
        playground.mouse.down()
        update_cards(playground)
        playground.mouse.up()
        update_cards(playground)
        playground.mouse.down()
        playground.mouse.up()
    else:
        press(card, action)
    expect(button).to_have_attribute("aria-busy", "true")
    answer = requests.wait(playground)
    if order != "answer first":
        update_cards(playground)
        expect(button).to_have_attribute("aria-busy", "true")
    answer.continue_()
    update_cards(playground)
    expect_shown(playground, action, before)
    assert requests.held == []  # clicked twice, sent once


@pytest.mark.parametrize("action", SLOWED, ids=name)
def test_a_double_click_on_a_slow_machine_does_an_action_once(
    playground: Page, service: SandboxProcess, action: Action
) -> None:
    card, before = create_card(action, playground, service)
    sent: list[str] = []
    playground.on(
        "request",
        lambda request: sent.append(request.url) if f"/{action.path}/" in request.url else None,
    )
    throttle(playground, cpu=20, latency_ms=400)
    press(card, action)
    expect_shown(playground, action, before)
    throttle(playground)
    assert len(sent) == 1


def lose_response(route: Route, loss: str) -> None:
    if loss == "the answer is lost":
        route.fetch()
    if loss == "a fault":
        route.fulfill(status=502, body="<h1>Bad gateway</h1>", content_type="text/html")
    else:
        route.abort()


@pytest.mark.parametrize(("action", "loss"), LOST, ids=name)
def test_a_lost_response_to_an_action_is_reported_on_its_card(
    playground: Page, service: SandboxProcess, action: Action, loss: str
) -> None:
    card, before = create_card(action, playground, service)
    requests = hold_requests(playground, action.path)
    press(card, action)
    lose_response(requests.wait(playground), loss)
    if action.makes_run and loss == "the answer is lost":
        expect_shown(playground, action, before)  # the action was done: a poll showed it
        return
    if loss == "the answer is lost" and action.ends:
        update_cards(playground)  # before or after the message about the lost response
    else:
        expect(card.get_by_role("alert").filter(has_text="No answer came")).to_be_visible()
        playground.unroute_all()
        press(card, action)
    expect_shown(playground, action, before)
    expect(card.get_by_role("alert")).to_have_count(0)


def test_pressing_again_after_a_lost_response_does_not_pay_twice(
    playground: Page, service: SandboxProcess
) -> None:
    card = generate(playground, "a bridge in fog")
    expect_pictures(card, 1)
    playground.route("**/runs/live/**", lambda route: route.abort())
    requests = hold_requests(playground, "again")
    before = playground.locator("#runs .run").count()
    press(card, ACTIONS[0])
    route = requests.wait(playground)
    route.fetch()
    route.abort()
    expect(playground.locator("#runs .run:not([id])")).to_have_count(0)  # the temporary card
    old = playground.locator(f"#{playground.locator('#runs .run').first.get_attribute('id')}")
    expect(old.get_by_role("alert").filter(has_text="No answer came")).to_be_visible()
    playground.unroute(address_of("again"))  # polls still find nothing
    press(old, ACTIONS[0])
    expect(playground.locator("#runs .run")).to_have_count(before + 1)
    playground.unroute_all()
    expect_pictures(playground.locator("#runs .run").first, 1)
    assert len(service.ledger()["charges"]) == 2


@pytest.mark.parametrize("loss", sample([LOSSES[1], LOSSES[0], LOSSES[2]], 1))
def test_a_lost_response_to_generate_is_reported_and_pays_once(
    playground: Page, service: SandboxProcess, loss: str
) -> None:
    requests = HeldRequests([])
    playground.route(
        "**/models/*/",
        lambda route: requests.held.append(route) if route.request.method == "POST" else None,
    )
    card = generate(playground, "a harbour at night")
    lose_response(requests.wait(playground), loss)
    playground.unroute_all()
    if loss != "the answer is lost":
        trouble = playground.locator("#trouble")
        expect(trouble).to_contain_text("What you typed is still here")
        expect(trouble).not_to_contain_text("nothing was sent")
        playground.get_by_role("button", name="Generate").click()
    expect_pictures(card, 1)
    expect(playground.locator("#trouble")).to_be_hidden()
    assert len(service.ledger()["charges"]) == 1


@pytest.mark.slow
def test_a_second_prompt_is_sent_while_the_first_request_is_pending(
    playground: Page, service: SandboxProcess
) -> None:
    generate(playground, "the first of two")
    generate(playground, "the second of two")
    for prompt in ("the first of two", "the second of two"):
        expect_pictures(card_of(playground, prompt), 1)
    assert len(service.ledger()["charges"]) == 2


@pytest.mark.slow
def test_an_open_menu_and_the_focus_survive_an_update(
    playground: Page, service: SandboxProcess
) -> None:
    card = under_way(playground, service)
    card.get_by_role("button", name="More").click()
    link = card.get_by_role("link", name="Open with another model")
    link.focus()
    update_cards(playground)
    expect(link).to_be_visible()
    expect(link).to_be_focused()


@pytest.mark.slow
@pytest.mark.parametrize("status", sample([0, 401, 403, 500], 1))
def test_a_failed_poll_says_that_updates_fail_not_that_nothing_was_sent(
    playground: Page, service: SandboxProcess, status: int
) -> None:
    def fail(route: Route) -> None:
        if status:
            route.fulfill(status=status, body="no")
        else:
            route.abort()

    under_way(playground, service)
    trouble = playground.locator("#trouble")
    playground.route("**/runs/live/**", fail)
    expect(trouble).to_contain_text("updated", timeout=TIMEOUT_MS)
    expect(trouble).not_to_contain_text("nothing was sent")
    playground.unroute_all()
    expect(trouble).to_be_hidden(timeout=TIMEOUT_MS)
