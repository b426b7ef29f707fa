"""The laws of the form engine in Chromium, with JavaScript and without.

The schemas are those of `tests/schemas/` with values that browsers change or do not send: line
ends, unusual names, texts that typed inputs sanitise, unchecked boxes.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict
from playwright.sync_api import Browser, Page

from playground.schema import ABSENT, SchemaForm
from playground.schema.values import compact
from tests.browser.form_server import FormServer
from tests.schema.browser import submit
from tests.schema.test_conformance import CASES
from tests.tables import sample

pytestmark = pytest.mark.once


SCHEMAS = (
    "colour", "date-and-time", "enum-ratio", "file-list", "if-then-else", "map-beside-properties",
    "name-escapes", "name-of-root", "null-or-absent", "number-texts", "object-asked",
    "rows-of-objects", "rows-unique-enum", "text-lengths", "text-lines", "text-outer-spaces",
    "tuple", "union-shapes", "untouched-lines", "untouched-spellings",
)  # fmt: skip
OF_THE_PAGE = (
    "csrfmiddlewaretoken", "submission", "workspace", "seen_by", "pasted", "picture",
)  # fmt: skip
REFUSED = """() => [...document.forms[0].elements]
  .filter((control) => !control.checkValidity()).map((control) => control.outerHTML)"""

by_name = pytest.mark.parametrize("name", sample(SCHEMAS, 1))


@pytest.fixture(scope="module")
def server() -> Iterator[FormServer]:
    with FormServer() as server:
        yield server


@pytest.fixture(scope="module", params=[True, False], ids=["scripted", "plain"])
def tab(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def send(tab: Page, server: FormServer, html: str) -> MultiValueDict[str, Any]:
    """Press Generate below an unchanged form; return what the browser sent for it."""
    server.show(html)
    tab.goto(server.url)
    tab.get_by_role("button", name="Generate").click()
    sent = server.receive()
    for name in OF_THE_PAGE:
        sent.pop(name, None)
    return sent


@by_name
def test_values_survive_a_round_trip_through_a_browser(
    name: str, tab: Page, server: FormServer
) -> None:
    form = SchemaForm(CASES[name]["schema"])
    for value in CASES[name]["values"]:
        back = form.parse(send(tab, server, form.render(value)), initial=value)
        assert compact(back.value) == compact(value)
        assert back.errors == {}


@by_name
def test_a_browser_round_trip_does_not_change_validity(
    name: str, tab: Page, server: FormServer
) -> None:
    form = SchemaForm(CASES[name]["schema"])
    for post in [each for each in CASES[name].get("posts", ()) if "by_hand" not in each]:
        initial = post.get("initial", ABSENT)
        typed = form.parse(MultiValueDict(post["texts"]), initial)
        back = form.parse(send(tab, server, form.render(typed, typed.errors)), initial)
        assert (back.value, back.errors) == (typed.value, typed.errors)


@by_name
@pytest.mark.parametrize("tab", [False], ids=["plain"], indirect=True)
def test_a_browser_posts_the_same_fields_as_the_test_client(
    name: str, tab: Page, server: FormServer
) -> None:
    html = SchemaForm(CASES[name]["schema"]).render()
    assert dict(send(tab, server, html).lists()) == dict(submit(html).lists())


def test_a_browser_accepts_valid_values(page: Page) -> None:
    for case in CASES.values():
        form = SchemaForm(case["schema"])
        for value in case["values"]:
            page.set_content(f"<form>{form.render(value)}</form>")
            assert page.evaluate(REFUSED) == []
