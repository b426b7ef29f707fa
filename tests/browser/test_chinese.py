"""The most frequent tasks in Simplified Chinese, by role and by Chinese label."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import SLUG, Team
from tests.launched import Launched
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once

TIMEOUT_MS = 60_000  # milliseconds, on a busy machine
LIGHTHOUSE = "日落时分，悬崖上的灯塔，水粉画风格"
HARBOUR, SNOW = "晨雾中的港口", "雪中的小屋"
DOG = "一只在花园里玩耍的金毛犬，阳光明媚"


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "zh-CN"}


@pytest.fixture
def form(page: Page, launched: Launched, service: SandboxProcess) -> Page:
    """The form of the first model, without the draft of another test."""
    del service
    page.goto(f"{launched.url}models/{SLUG}/")
    if page.locator("#draft time").count():
        page.get_by_role("button", name="历史记录", exact=True).click()
        page.get_by_role("button", name="恢复默认设置").click()
    expect(page.locator("#draft time")).to_have_count(0)
    return page


@pytest.fixture
def owner(browser: Browser, team: Team) -> Iterator[Page]:
    """A page of ana, whose language is reset afterwards."""
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce")
    context.add_cookies(team.cookies)
    page = context.new_page()
    yield page
    team.visit(page, "team/general/")
    page.locator("button[name=language]").first.evaluate(
        "button => { button.value = ''; button.click(); }"
    )
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    context.close()


def generate(page: Page, prompt: str) -> Locator:
    """Generate a picture; return the card of its run when it shows the picture."""
    page.get_by_label("提示词", exact=True).fill(prompt)
    page.get_by_role("button", name="生成", exact=True).click()
    card = page.get_by_role("article", name=prompt).first
    expect(card.get_by_role("img", name=f"图片1/1：{prompt}")).to_be_visible(timeout=TIMEOUT_MS)
    expect(card.locator("xpath=..")).to_have_attribute(
        "data-status", "succeeded", timeout=TIMEOUT_MS
    )
    return card


def find(page: Page, words: str) -> None:
    page.get_by_role("searchbox", name="搜索图片").fill(words)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="移除搜索词")).to_contain_text(f"“{words}”")


def test_the_main_task_works_in_chinese(form: Page, photo: Path) -> None:
    form.get_by_label("参考图").set_input_files(photo)
    expect(form.get_by_role("img", name="photo.png")).to_be_visible()
    card = generate(form, LIGHTHOUSE)
    card.get_by_role("img", name="图片1/1").click()
    viewer = form.get_by_role("dialog")
    expect(viewer.get_by_role("heading", name=LIGHTHOUSE)).to_be_visible()
    viewer.get_by_role("button", name="4星").click()
    expect(viewer.get_by_role("group", name="评分：4星")).to_be_visible()
    expect(viewer.get_by_text("用时")).to_be_visible()
    with form.expect_download() as download:
        viewer.get_by_role("link", name="下载", exact=True).click()
    assert download.value.suggested_filename.endswith((".jpg", ".jpeg"))


def test_an_empty_form_shows_its_errors_in_chinese(form: Page) -> None:
    form.get_by_label("提示词", exact=True).fill("")
    form.get_by_role("button", name="生成", exact=True).click()
    expect(form.get_by_role("alert").first).to_contain_text("提示词：请输入提示词")


@pytest.mark.slow
def test_the_gallery_is_in_chinese(form: Page, launched: Launched) -> None:
    for prompt in (HARBOUR, DOG):
        generate(form, prompt)
    form.goto(f"{launched.url}gallery/")
    find(form, "金毛犬")
    tiles = form.locator(".tiles").get_by_role("link", name=DOG)
    expect(tiles).to_have_count(1)
    expect(form.get_by_role("link", name=HARBOUR)).to_have_count(0)
    form.get_by_role("button", name="模型", exact=True).click()
    form.get_by_role("dialog", name="模型").get_by_role("link", name="Seedream 5 Lite").click()
    expect(form.get_by_role("button", name=re.compile("^模型： ?Seedream 5 Lite"))).to_be_visible()
    pick(form, DOG)
    form.get_by_title("标签", exact=True).click()
    form.get_by_role("combobox", name="标签").fill("小狗")
    form.get_by_role("button", name="添加标签").click()
    expect(form.get_by_text("已为1张图片添加标签“小狗”").first).to_be_visible()
    form.get_by_role("link", name="清除筛选").click()
    expect(form.get_by_role("link", name="移除搜索词")).to_have_count(0)
    pick(form, DOG)
    form.keyboard.press("Delete")
    expect(form.get_by_text("已将1张图片移到回收站").first).to_be_visible()
    expect(tiles).to_have_count(0)
    form.get_by_role("button", name="撤销").click()
    expect(tiles).to_have_count(1)


def pick(page: Page, prompt: str) -> None:
    box = page.get_by_role("checkbox", name=f"选择“{prompt}”")
    if not box.is_checked():
        box.check(force=True)
    expect(page.get_by_text("已选择1项")).to_be_visible()


def test_the_login_page_switches_its_language(page: Page, team: Team) -> None:
    team.visit(page, "login/")
    expect(page.get_by_label("用户名")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("Username")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="简体中文").click()
    expect(page.get_by_label("用户名")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")


@pytest.mark.slow
def test_the_menu_switches_the_language(owner: Page, team: Team) -> None:
    team.visit(owner, "team/general/")
    owner.get_by_role("button", name="你：ana").first.click()
    owner.get_by_role("button", name="English").click()
    expect(owner.get_by_role("heading", name="General")).to_be_visible()
    owner.get_by_role("button", name="You: ana").first.click()
    owner.get_by_role("button", name="简体中文").click()
    expect(owner.get_by_role("heading", name="通用")).to_be_visible()


@pytest.mark.slow
def test_settings_are_in_chinese(owner: Page, team: Team) -> None:
    team.visit(owner, "team/keys/")
    expect(owner.get_by_role("heading", name="API密钥", exact=True)).to_be_visible()
    owner.get_by_label("API密钥").fill("密钥")
    owner.get_by_role("button", name="检查并添加").click()
    expect(owner.get_by_text("至少需要8个字符，目前2个。")).to_be_visible()
    owner.get_by_role("navigation", name="设置").get_by_role("link", name="通用").click()
    owner.get_by_label("工作区名称").first.fill("")
    owner.get_by_role("button", name="保存更改").click()
    expect(owner.get_by_role("alert")).to_have_text("未保存。请检查下方标出的字段。")
    owner.get_by_label("工作区名称").first.fill("Studio")
    owner.get_by_role("button", name="保存更改").click()
    expect(owner.get_by_role("status").filter(has_text="已保存")).to_be_visible()


@pytest.mark.slow
def test_the_main_pages_pass_axe_and_declare_their_language(form: Page, launched: Launched) -> None:
    generate(form, SNOW)
    for path in (f"models/{SLUG}/", "gallery/", "team/general/"):
        form.goto(f"{launched.url}{path}")
        html = form.locator("html")
        expect(html).to_have_attribute("lang", "zh-hans")
        expect(html).to_have_attribute("dir", re.compile("^(ltr)?$"))
        found = Axe().run(form)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
