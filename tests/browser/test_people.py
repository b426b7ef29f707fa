"""Owners and members, each in a separate browser, by role and label."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, SLUG, Team

pytestmark = pytest.mark.once


@pytest.fixture
def owner(team: Team, page: Page) -> Page:
    """The browser of ana, who is logged in."""
    page.context.add_cookies(team.cookies)
    return page


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """The browser of another person."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def sign_up(page: Page, link: str, name: str) -> None:
    """Sign up with an invitation link."""
    page.goto(link)
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account and join").click()
    expect(page.get_by_role("button", name=f"You: {name} in Studio")).to_be_visible()


def create_workspace(team: Team, page: Page, name: str) -> None:
    team.visit(page, "team/general/")
    page.get_by_label("Workspace name").last.fill(name)
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page).to_have_title(f"Members of {name} · Playground")


def switch(page: Page, name: str) -> None:
    page.get_by_role("button", name="You: ").click()
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("button", name=f"in {name}")).to_be_visible()


def test_the_menu_switches_between_two_workspaces(team: Team, owner: Page) -> None:
    create_workspace(team, owner, "Side project")
    switch(owner, "Studio")
    team.visit(owner, "team/")
    expect(owner).to_have_title("Members of Studio · Playground")
    switch(owner, "Side project")
    team.visit(owner, "team/")
    expect(owner).to_have_title("Members of Side project · Playground")
    switch(owner, "Studio")


@pytest.mark.slow
def test_a_form_left_open_in_another_workspace_is_refused_with_a_message(
    team: Team, owner: Page
) -> None:
    create_workspace(team, owner, "Elsewhere")
    team.visit(owner, f"models/{SLUG}/")
    tab = owner.context.new_page()
    team.visit(tab, "team/")
    switch(tab, "Studio")
    owner.get_by_label("Prompt").fill("a lighthouse")
    owner.get_by_role("button", name="Generate").click()
    expect(owner.get_by_role("alert").filter(has_text="another workspace")).to_be_visible()


def test_an_invitation_admits_a_logged_in_person_and_names_them(
    team: Team, owner: Page, other: Page
) -> None:
    sign_up(other, team.invite(owner), "cy")
    create_workspace(team, owner, "Third")
    link = team.invite(owner, "Viewer")
    other.goto(link)
    other.get_by_role("button", name="Join as cy").click()
    expect(other.get_by_role("button", name="You: cy in Third")).to_be_visible()
    other.goto(link)
    expect(other.get_by_role("heading", name="Invitation no longer valid")).to_be_visible()
    expect(other.get_by_text("has been used")).to_be_visible()
    switch(owner, "Studio")


@pytest.mark.slow
def test_a_revoked_invitation_says_so(team: Team, owner: Page, other: Page) -> None:
    link = team.invite(owner)
    owner.get_by_role("button", name="Revoke").first.click()
    other.goto(link)
    expect(other.get_by_text("was revoked")).to_be_visible()


def test_the_only_owner_cannot_leave(team: Team, owner: Page) -> None:
    team.visit(owner, "team/")
    owner.get_by_text("Leave", exact=True).click()
    owner.get_by_role("button", name="Leave Studio").click()
    expect(owner.get_by_role("alert")).to_contain_text("ana is the only owner of Studio")


@pytest.mark.slow
def test_a_removed_member_loses_access_in_an_open_page(
    team: Team, owner: Page, other: Page
) -> None:
    sign_up(other, team.invite(owner), "dora")
    team.visit(other, f"models/{SLUG}/")
    team.visit(owner, "team/")
    owner.get_by_label("Remove dora", exact=True).click()
    owner.get_by_role("button", name="Remove dora").click()
    expect(owner.get_by_text("dora", exact=True)).to_have_count(0)
    other.reload()
    expect(other.get_by_role("heading", name="You are not in a workspace")).to_be_visible()
