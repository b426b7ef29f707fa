"""Scripts show the texts in the page, in the right plural form of the page's language."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.launched import ROOT

pytestmark = pytest.mark.once

SCRIPT = (ROOT / "static/js/texts.js").read_text()
PAGE = """<!doctype html><html lang="{lang}">
<script type="application/json" id="texts-frame">{frame}</script>
<script type="application/json" id="texts-form">{form}</script></html>"""
FRAME = {"sent": "Sent %(name)s in %(seconds)d s"}
CHOOSE = "([name, values]) => import('/texts.js').then(({ text }) => text(name, values))"


def say(page: Page, lang: str, forms: dict[str, str], text: str, **values: Any) -> str:
    """Return the text that a script looks up on a page in a language."""
    html = PAGE.format(lang=lang, frame=json.dumps(FRAME), form=json.dumps({"files": forms}))
    page.route(
        "https://page.test/*",
        lambda route: (
            route.fulfill(body=SCRIPT, content_type="text/javascript")
            if route.request.url.endswith(".js")
            else route.fulfill(body=html, content_type="text/html; charset=utf-8")
        ),
    )
    page.goto("https://page.test/")
    return str(page.evaluate(CHOOSE, [text, values]))


def test_named_placeholders_are_filled_in(page: Page) -> None:
    said = say(page, "en", {"other": ""}, "sent", name="a $& b", seconds=4)
    assert said == "Sent a $& b in 4 s"


@pytest.mark.parametrize(
    ("lang", "forms", "count", "said"),
    [
        ("en", {"one": "a file", "other": "%(count)s files"}, 1, "a file"),
        ("en", {"one": "a file", "other": "%(count)s files"}, 1234, "1,234 files"),
        ("zh-hans", {"other": "%(count)s个文件"}, 1, "1个文件"),
        ("ar", {"two": "ملفان", "other": "%(count)s"}, 2, "ملفان"),
    ],
)
def test_a_number_selects_the_plural_form(
    page: Page, lang: str, forms: dict[str, str], count: int, said: str
) -> None:
    assert say(page, lang, forms, "files", count=count) == said


@pytest.mark.parametrize(
    ("message", "announced"),
    [
        ("Saved", "Saved. Undo: at the end of the page."),
        ("Not saved.", "Not saved. Undo: at the end of the page."),
    ],
)
def test_a_message_with_a_button_is_announced_with_one_full_stop(
    page: Page, message: str, announced: str
) -> None:
    texts = {
        "close": "Close",
        "saidWithActions": "%(message)s. %(actions)s: at the end of the page.",
    }
    html = PAGE.format(lang="en", frame=json.dumps(texts), form="{}")
    body = '<main id="main"></main><p id="announcement"></p>'
    page.route(
        "https://page.test/**",
        lambda route: (
            route.fulfill(path=ROOT / "static/js" / route.request.url.rpartition("/")[2])
            if route.request.url.endswith(".js")
            else route.fulfill(body=html + body, content_type="text/html; charset=utf-8")
        ),
    )
    page.goto("https://page.test/")
    page.evaluate(
        "words => import('/toast.js').then(({ toast }) => toast(words, [['Undo', () => {}]]))",
        message,
    )
    assert page.locator("#announcement").text_content() == announced
