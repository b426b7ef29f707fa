"""Dynamic forms: with the keyboard only, and without JavaScript."""

import json
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser import story
from tests.browser.composer import open_settings
from tests.browser.conftest import SLUG, open_without_draft
from tests.launched import Launched
from tests.tables import IS_WHOLE, sample

pytestmark = pytest.mark.once

MOST_TABS = 80
TOO_LATE = "The story ends before it begins."
UNLABELLED = """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
  .filter((control) => !control.hidden && !control.ariaHidden)
  .filter((control) => !control.labels.length && !control.ariaLabel)
  .map((control) => control.outerHTML)"""


@pytest.fixture(scope="session")  # once per program: the model is added once
def story_url(browser: Browser, launched: Launched) -> Iterator[str]:
    """The URL of a model that its owner added by pasting a JSON Schema."""
    page = browser.new_page()
    page.goto(f"{launched.url}models/new/")
    page.get_by_label("Paste documentation or a JSON Schema").fill(json.dumps(story.SCHEMA))
    page.get_by_role("button", name="Find schema").click()
    page.get_by_label("Model ID").fill(story.SLUG)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Story board")).to_be_visible()
    expect(page.get_by_role("button", name="Generate")).to_be_visible()
    yield page.url
    page.close()


@pytest.fixture
def form(page: Page, story_url: str) -> Page:
    open_without_draft(page, story_url)
    open_settings(page)
    expect(
        page.get_by_role("searchbox", name="Search the list")
    ).to_be_visible()  # after the scripts have run
    return page


@pytest.fixture
def plain(browser: Browser, story_url: str) -> Iterator[Page]:
    """The same form without JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_without_draft(page, story_url)
    open_settings(page)
    yield page
    context.close()


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def focus(target: Locator, key: str = "Tab") -> None:
    """Press a key until a control has the focus."""
    for _ in range(MOST_TABS):
        if target.evaluate("control => control === document.activeElement"):
            return
        target.page.keyboard.press(key)
    raise AssertionError(f"the keyboard does not come to {target}")


def add_scenes(page: Page, *texts: str) -> None:
    """Add a scene for each text, with the keyboard only."""
    for number, text in enumerate(texts):
        focus(button(page, "Add: Scenes"))
        page.keyboard.press("Enter")
        expect(field(page, "What happens").nth(number)).to_be_focused()
        page.keyboard.type(text)


def expect_scenes(page: Page, *texts: str) -> None:
    expect(field(page, "What happens")).to_have_count(len(texts))
    for number, text in enumerate(texts):
        expect(field(page, "What happens").nth(number)).to_have_value(text)


def fill_what_is_required(page: Page) -> None:
    field(page, "Prompt").fill("a fox")
    field(page, "Words").fill("Once")


# With the keyboard only


@pytest.mark.slow
def test_the_keyboard_alone_builds_a_list(form: Page) -> None:
    add_scenes(form, "one", "two", "three")
    expect_scenes(form, "one", "two", "three")


@pytest.mark.slow
def test_the_last_row_that_fits_gets_the_focus(form: Page) -> None:
    add_scenes(form, "one", "two", "three", "four")
    expect_scenes(form, "one", "two", "three", "four")
    expect(button(form, "Add: Scenes")).to_have_count(0)


def test_the_keyboard_alone_reorders_a_list(form: Page) -> None:
    add_scenes(form, "one", "two", "three")
    focus(button(form, "Move down: Scene 1"), "Shift+Tab")
    form.keyboard.press("Enter")
    expect_scenes(form, "two", "one", "three")
    expect(button(form, "Move down: Scene 2")).to_be_focused()
    form.keyboard.press("Enter")
    expect_scenes(form, "two", "three", "one")
    expect(button(form, "Move up: Scene 3")).to_be_focused()


def test_the_focus_stays_while_the_form_is_redrawn(form: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    add_scenes(form, "one", "two")
    form.route(re.compile(r"/form/$"), hold)
    with form.expect_request(re.compile(r"/form/$")):
        field(form, "Voice").fill("An")  # adds another field
    moving = button(form, "Move down: Scene 1")
    focus(moving, "Shift+Tab")
    with form.expect_response(re.compile(r"/form/$")):
        held[0].continue_()
    form.unroute_all()
    form.wait_for_function("() => !document.querySelector('#fields.htmx-request')")
    expect(moving).to_be_focused()
    form.keyboard.press("Enter")
    expect_scenes(form, "two", "one")


@pytest.mark.slow
def test_the_keyboard_alone_empties_a_list(form: Page) -> None:
    add_scenes(form, "one", "two", "three")
    for left in (["one", "three"], ["one"], []):
        focus(button(form, f"Remove: Scene {min(2, len(left) + 1)}"), "Shift+Tab")
        form.keyboard.press("Enter")
        expect_scenes(form, *left)
        expect(button(form, "Add: Scenes")).to_be_focused()


@pytest.mark.slow
def test_switching_a_branch_and_back_keeps_its_values(form: Page) -> None:
    words, latitude = field(form, "Words"), field(form, "Latitude")
    focus(words)
    form.keyboard.type("Once")
    focus(form.get_by_role("radio", name="From words"), "Shift+Tab")
    form.keyboard.press("ArrowRight")
    focus(latitude)
    form.keyboard.type("52.5")
    focus(form.get_by_role("radio", name="From a place"), "Shift+Tab")
    form.keyboard.press("ArrowLeft")
    expect(words).to_have_value("Once")
    form.keyboard.press("ArrowRight")
    expect(latitude).to_have_value("52.5")


def test_a_conditional_field_appears_and_the_caret_stays(form: Page) -> None:
    focus(field(form, "Voice"))
    form.keyboard.type("Aa")
    form.keyboard.press("ArrowLeft")
    expect(field(form, "Accent")).to_be_visible()
    form.keyboard.type("n")
    expect(field(form, "Voice")).to_have_value("Ana")
    field(form, "Voice").fill("")
    expect(field(form, "Accent")).to_have_count(0)


def test_text_typed_while_the_form_is_redrawn_is_kept(form: Page) -> None:
    held: list[Route] = []
    form.route(re.compile(r"/form/$"), lambda route: held.append(route))  # noqa: PLW0108 - no builtin
    with form.expect_request(re.compile(r"/form/$")):
        field(form, "Voice").fill("An")
    form.keyboard.type("a")
    field(form, "Prompt").fill("a fox")
    held[0].continue_()
    expect(field(form, "Accent")).to_be_visible()
    expect(field(form, "Voice")).to_have_value("Ana")
    expect(field(form, "Prompt")).to_have_value("a fox")


@pytest.mark.slow
def test_a_checkbox_adds_an_optional_object(form: Page) -> None:
    expect(field(form, "Lens")).to_be_hidden()
    focus(form.get_by_role("checkbox", name="Camera"))
    form.keyboard.press("Space")
    focus(field(form, "Lens"))
    form.keyboard.type("50 mm")
    expect(field(form, "Lens")).to_have_value("50 mm")


@pytest.mark.slow
def test_a_recursive_schema_opens_one_level_at_a_time(form: Page) -> None:
    for names in (1, 2):
        focus(button(form, "Add: Chapter"))
        form.keyboard.press("Enter")
        expect(field(form, "Name")).to_have_count(names + 1)
        expect(field(form, "Name").nth(names)).to_be_focused()


@pytest.mark.slow
def test_a_custom_property_name_is_added_and_removed(form: Page) -> None:
    focus(button(form, "Add: Credits"))
    form.keyboard.press("Enter")
    expect(field(form, "Name of Credits 1")).to_be_focused()
    form.keyboard.type("Music")
    form.keyboard.press("Tab")
    form.keyboard.type("Clara")
    button(form, "Remove: Credits 1").press("Enter")
    expect(field(form, "Name of Credits 1")).to_have_count(0)


@pytest.mark.slow
def test_open_details_stay_open_after_a_redraw(form: Page) -> None:
    form.get_by_text("Advanced", exact=True).press("Enter")
    expect(field(form, "Seed")).to_be_visible()
    add_scenes(form, "one")
    expect(field(form, "Seed")).to_be_visible()


# During typing


def test_an_error_is_shown_after_leaving_a_field_and_removed_when_fixed(form: Page) -> None:
    field(form, "Prompt").fill("a fox, a tree and a very long winter")
    form.keyboard.press("Tab")
    error = form.get_by_text("Enter at most 20 characters; now there are 36")
    expect(error).to_be_visible()
    expect(form.locator("[aria-invalid]")).to_have_count(1)
    field(form, "Prompt").fill("a fox")
    expect(error).to_have_count(0)
    expect(form.locator("[aria-invalid]")).to_have_count(0)


def test_a_rule_across_fields_is_checked_while_typing(form: Page) -> None:
    field(form, "First year").fill("2000")
    field(form, "Last year").fill("1990")
    form.keyboard.press("Tab")
    expect(form.get_by_text(TOO_LATE)).to_be_visible()
    field(form, "First year").fill("1980")
    expect(form.get_by_text(TOO_LATE)).to_have_count(0)


@pytest.mark.slow
def test_an_error_survives_a_change_of_the_form(form: Page) -> None:
    field(form, "First year").fill("2000")
    field(form, "Last year").fill("1990")
    form.keyboard.press("Tab")
    expect(form.get_by_text(TOO_LATE)).to_be_visible()
    button(form, "Add: Credits").click()
    expect(field(form, "Name of Credits 1")).to_be_visible()
    expect(form.get_by_text(TOO_LATE)).to_be_visible()


@pytest.mark.slow
def test_a_rule_error_shows_on_generate_and_its_summary_goes_when_fixed(form: Page) -> None:
    fill_what_is_required(form)
    field(form, "First year").fill("2000")
    field(form, "Last year").fill("1990")
    button(form, "Generate").click()
    summary = form.get_by_role("alert").get_by_role("link", name=TOO_LATE)
    expect(summary).to_be_focused()
    form.keyboard.press("Enter")
    expect(field(form, "Last year")).to_be_focused()
    field(form, "Last year").fill("2010")
    expect(form.get_by_text(TOO_LATE)).to_have_count(0)


def overlapping(one: Locator, others: list[Locator]) -> list[str]:
    """Return the names of the elements that overlap one."""
    box = one.bounding_box()
    assert box
    return [
        other.inner_text()
        for other in others
        if (its := other.bounding_box())
        and max(box["x"], its["x"]) < min(box["x"] + box["width"], its["x"] + its["width"])
        and max(box["y"], its["y"]) < min(box["y"] + box["height"], its["y"] + its["height"])
    ]


@pytest.mark.slow
def test_characters_are_counted_as_graphemes(form: Page) -> None:
    field(form, "Prompt").fill("a fox 🦊")
    counter = form.get_by_text("7 / 20")
    expect(counter).to_be_visible()
    buttons = form.locator(".composer__tools > *")
    for width in (1024, 1440):
        form.set_viewport_size({"width": width, "height": 800})
        assert not overlapping(counter, [buttons.nth(at) for at in range(buttons.count())])


def test_a_slider_and_its_number_field_update_each_other(form: Page) -> None:
    number, slider = field(form, "Strength"), form.locator("input[data-mirrors$=strength]")
    slider.fill("0.8")
    expect(number).to_have_value("0.8")
    number.fill("0.2")
    expect(slider).to_have_value("0.2")


@pytest.mark.slow
def test_a_slider_without_a_value_is_dim_at_its_start(form: Page) -> None:
    number, slider = field(form, "Strength"), form.locator("input[data-mirrors$=strength]")
    expect(slider).not_to_have_attribute("data-unset", "")
    number.fill("")
    expect(slider).to_have_attribute("data-unset", "")
    expect(slider).to_have_value("0.5")
    expect(slider).to_have_css("opacity", "0.45")
    slider.fill("0.7")
    expect(number).to_have_value("0.7")
    expect(slider).not_to_have_attribute("data-unset", "")


def test_choosing_grouped_generation_shows_its_number(page: Page, launched: Launched) -> None:
    open_without_draft(page, f"{launched.url}models/{SLUG}/")
    open_settings(page)
    number = field(page, "Max images")
    expect(number).to_be_hidden()
    group = page.get_by_role("group", name="Grouped generation", exact=True)
    group.get_by_role("radio", name="auto").check()
    expect(number).to_be_visible()
    group.get_by_role("radio", name="disabled").check()
    expect(number).to_be_hidden()


def test_a_press_while_the_form_is_redrawn_is_not_lost(
    playground: Page,
) -> None:
    held: list[Route] = []
    playground.route(re.compile(r"/form/$"), lambda route: held.append(route))  # noqa: PLW0108
    field(playground, "Prompt").fill("A fox")
    open_settings(playground)
    group = playground.get_by_role("group", name="Grouped generation", exact=True)
    with playground.expect_request(re.compile(r"/form/$")):
        group.get_by_role("radio", name="auto").check()  # shows another field
    button(playground, "Generate").click()
    expect(playground.locator(".run").filter(has_text="A fox")).to_be_visible()
    assert len(held) == 1


@pytest.mark.slow
def test_a_changed_field_is_reset_to_its_initial_value(form: Page) -> None:
    field(form, "Strength").fill("0.9")
    add_scenes(form, "one")  # redraws the form
    form.wait_for_load_state("networkidle")
    reset = button(form, "Reset").and_(form.locator("[aria-describedby*=strength]"))
    reset.press("Enter")
    expect(field(form, "Strength")).to_have_value("0.5")
    expect(field(form, "Strength")).to_be_focused()
    expect(reset).to_have_count(0)


def test_a_long_list_of_options_is_searched_by_keyboard(form: Page) -> None:
    focus(form.get_by_role("searchbox", name="Search the list"))
    form.keyboard.type("storm")
    expect(field(form, "Mood").get_by_role("option")).to_have_text(["Not set", "stormy"])
    form.keyboard.press("Enter")
    expect(field(form, "Mood")).to_have_value('"stormy"')
    button(form, "Reset").press("Enter")
    expect(field(form, "Mood")).to_have_value("")


@pytest.mark.slow
def test_the_entered_values_are_those_that_are_sent(form: Page) -> None:
    fill_what_is_required(form)
    add_scenes(form, "one", "two")
    form.get_by_role("checkbox", name="Camera").check()
    field(form, "Lens").fill("50 mm")
    form.get_by_role("checkbox", name="Camera").uncheck()
    button(form, "Generate").click()
    form.get_by_role("article", name="a fox").get_by_role("link", name="Vary").click()
    expect(form).to_have_url(re.compile("from="))
    expect_scenes(form, "one", "two")
    form.get_by_role("checkbox", name="Camera").check()
    expect(field(form, "Lens")).to_have_value("")


# Without JavaScript


@pytest.mark.slow
def test_lists_have_their_buttons_without_javascript(plain: Page) -> None:
    for number, text in enumerate(("one", "two", "three")):
        button(plain, "Add: Scenes").click()
        field(plain, "What happens").nth(number).fill(text)
    button(plain, "Move up: Scene 3").click()
    expect_scenes(plain, "one", "three", "two")
    for number in (1, 1, 1):
        button(plain, f"Remove: Scene {number}").click()
    expect_scenes(plain)


@pytest.mark.slow
def test_branches_have_their_buttons_without_javascript(plain: Page) -> None:
    field(plain, "Words").fill("Once")
    plain.get_by_role("radio", name="From a place").check()
    button(plain, "Show: Start").click()
    field(plain, "Latitude").fill("52.5")
    plain.get_by_role("radio", name="From words").check()
    button(plain, "Show: Start").click()
    expect(field(plain, "Words")).to_have_value("Once")


def test_optional_objects_and_conditions_work_without_javascript(plain: Page) -> None:
    fill_what_is_required(plain)
    field(plain, "Voice").fill("Ana")
    plain.get_by_role("checkbox", name="Camera").check()
    field(plain, "Lens").fill("")
    button(plain, "Generate").click()
    expect(plain.get_by_role("alert").filter(has_text="Lens")).to_be_visible()
    expect(field(plain, "Accent")).to_be_visible()
    expect(field(plain, "Voice")).to_have_value("Ana")


# Accessibility


PAGES = ["", "new/", "new/edit/", f"{SLUG}/", f"{story.SLUG}/", f"{story.SLUG}/edit/"]
EACH = [(page, scheme) for page in PAGES for scheme in ("light", "dark")]
SOME = [(page, ("light", "dark")[number % 2]) for number, page in enumerate(PAGES)]


@pytest.mark.slow
@pytest.mark.parametrize(("address", "colour_scheme"), EACH if IS_WHOLE else sample(SOME, 3))
def test_every_form_page_passes_axe(
    page: Page, launched: Launched, story_url: str, address: str, colour_scheme: str
) -> None:
    page.emulate_media(color_scheme=colour_scheme)  # type: ignore[arg-type]
    page.goto(f"{launched.url}models/{address}")
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate(UNLABELLED) == []


@pytest.mark.slow
@pytest.mark.parametrize("colour_scheme", sample(["dark", "light"], 1))
def test_a_form_in_use_passes_axe(form: Page, colour_scheme: str) -> None:
    form.emulate_media(color_scheme=colour_scheme)  # type: ignore[arg-type]
    add_scenes(form, "one", "two")
    form.get_by_role("checkbox", name="Camera").check()
    button(form, "Generate").click()
    expect(form.get_by_role("alert").filter(has_text="to fix:")).to_be_visible()
    found = Axe().run(form)
    assert found.violations_count == 0, found.generate_report()
    assert form.evaluate(UNLABELLED) == []
