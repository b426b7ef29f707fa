"""The board: sizes of rows, selection, the title of the tab, and phones."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from tests.browser.conftest import open_without_draft
from tests.browser.layout_shifts import PHONE, WATCH, expect_no_shifts, watch_shifts
from tests.browser.test_main_job import (
    TIMEOUT_MS,
    expect_done,
    expect_pictures,
    finish,
    generate,
    run_of,
)
from tests.launched import Launched
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once

SCREEN: Any = {"width": 1440, "height": 900}
HIDE = "() => Object.defineProperty(document, 'hidden', {value: true, configurable: true})"


def multiply(program: Launched, blocker: DjangoDbBlocker, count: int) -> None:
    """Copy the only run of a program until there are `count` runs."""
    from playground.runs.models import Output, Run  # noqa: PLC0415 - only where Django is set up
    from tests.chaos.invariants import ALIAS, open_database  # noqa: PLC0415

    with blocker.unblock(), open_database(program.environment["DATABASE_URL"]):
        run = Run.objects.using(ALIAS).get()
        output = run.outputs.using(ALIAS).get()
        facts = {
            field.attname: getattr(run, field.attname)
            for field in Run._meta.concrete_fields
            if field.name not in {"id", "submission_token", "idempotency_key", "cost_counted"}
        }
        copies = [Run(**facts) for _ in range(count - 1)]
        # In bulk, without signals: the search index of the gallery is in another database.
        Run.objects.using(ALIAS).bulk_create(copies)
        Output.objects.using(ALIAS).bulk_create(
            Output(run=copy, position=0, file=output.file, stored_at=output.stored_at)
            for copy in copies
        )


def height(locator: Locator) -> float:
    return float(locator.evaluate("element => element.getBoundingClientRect().height"))


def height_of_row(page: Page) -> float:
    return height(page.locator("#rows .tile").first)


def test_thirty_runs_fit_on_three_screens_and_the_row_size_is_remembered(
    playground: Page, launched: Launched, django_db_blocker: DjangoDbBlocker
) -> None:
    playground.set_viewport_size(SCREEN)
    expect_done(generate(playground, "one of thirty"))
    multiply(launched, django_db_blocker, 30)
    playground.reload()
    expect(playground.locator("#runs .tile")).to_have_count(30)
    tall = playground.evaluate("() => document.documentElement.scrollHeight")
    assert tall <= 3 * SCREEN["height"]
    usual = height_of_row(playground)
    playground.get_by_role("radio", name="Small").check()
    assert height_of_row(playground) < usual
    small = height_of_row(playground)
    open_without_draft(
        playground, playground.url
    )  # without a draft, of which the form has a notice
    watch_shifts(playground)
    playground.reload()
    expect(playground.get_by_role("radio", name="Small")).to_be_checked()
    assert height_of_row(playground) == small
    expect_no_shifts(playground)
    playground.get_by_role("radio", name="Medium").check()


@pytest.mark.slow
def test_selected_pictures_go_to_the_trash_and_are_restored(playground: Page) -> None:
    card = generate(playground, "to be thrown away")
    expect_done(card)
    playground.get_by_role("button", name="Select", exact=True).click()
    box = card.get_by_role("checkbox", name=re.compile("to be thrown away"))
    expect(box).to_be_visible()
    box.check()
    expect(playground.locator("#picked [data-count]")).to_contain_text("1")
    playground.get_by_role("button", name="Select", exact=True).click()
    expect(box).not_to_be_checked()
    card.get_by_role("button", name="More").first.click()
    card.get_by_role("button", name="Move to trash").click()
    expect(card).to_be_hidden()
    playground.get_by_role("button", name="Undo").click()
    expect_pictures(card, 1)


@pytest.mark.slow
def test_the_tab_title_counts_running_runs_and_announces_unseen_results(
    playground: Page, service: SandboxProcess
) -> None:
    service.durations(queued=0, processing=600)
    card = generate(playground, "watched from afar")
    expect(card.get_by_text("Generating")).to_be_visible(timeout=TIMEOUT_MS)
    expect(playground).to_have_title(re.compile(r"^\(1\) Seedream"))
    playground.evaluate(HIDE)
    finish(service)
    expect(playground).to_have_title(re.compile("^✓ Seedream"), timeout=TIMEOUT_MS)
    service.fault("submit", "unauthorized")
    generate(playground, "refused from afar")
    expect(playground).to_have_title(re.compile("^✗ Seedream"), timeout=TIMEOUT_MS)
    playground.evaluate("""() => {
      delete document.hidden;
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    expect(playground).to_have_title(re.compile("^Seedream"))


@pytest.mark.slow
def test_on_a_phone_a_new_result_is_one_line_until_it_is_tapped(
    playground: Page, service: SandboxProcess
) -> None:
    expect_done(generate(playground, "the one before"))
    service.durations(queued=0, processing=600)
    playground.set_viewport_size(PHONE)
    card = generate(playground, "the one that comes")
    expect(card.get_by_text("Generating")).to_be_visible(timeout=TIMEOUT_MS)
    playground.locator("#hero").scroll_into_view_if_needed()
    stage = card.locator(".run__stage")
    assert height(stage) == 48
    playground.evaluate(WATCH)
    finish(service)
    expect_done(card)
    expect(card.locator("a.picture img").last).to_be_visible()
    assert height(stage) == 48
    expect_no_shifts(playground)
    playground.keyboard.press("Shift")
    expect(run_of(card)).not_to_have_attribute("data-held", "")
    assert height(stage) > 200


def test_a_colleague_s_run_waits_behind_a_button_on_the_team_board(
    playground: Page, launched: Launched, django_db_blocker: DjangoDbBlocker
) -> None:
    expect_done(generate(playground, "seen by the team"))
    playground.get_by_label("Whose results").get_by_role("link", name="Team").click()
    expect(playground.locator("#runs .tile")).to_have_count(1)
    other = playground.context.new_page()
    other.goto(playground.url.split("?")[0])
    generate(other, "started elsewhere")
    shown = playground.get_by_role("button", name="1 new")
    expect(shown).to_be_visible(timeout=TIMEOUT_MS)
    shown.click()
    expect(playground.get_by_role("article", name="started elsewhere")).to_be_visible()
    expect(shown).to_be_hidden()
