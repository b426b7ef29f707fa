"""The report of an experiment, opened as a local file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.layout_shifts import DESK

pytestmark = pytest.mark.once

type Visit = Callable[..., Page]
DECODED = """() => Promise.all(
    [...document.images].map((image) => image.decode().then(() => image.naturalWidth)))"""


def test_a_report_is_complete_in_one_file(visit: Visit, tmp_path: Path) -> None:
    page = visit("short", "experiment", viewport=DESK)
    with page.expect_download() as download:
        page.get_by_role("link", name="Report").click()
    file = tmp_path / "report.html"
    download.value.save_as(file)
    page.context.set_offline(True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", name="Grid")).to_be_visible()
    assert min(page.evaluate(DECODED)) > 0
    assert page.locator("script").count() == 0
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
