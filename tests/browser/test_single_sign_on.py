"""Login with the single sign-on button, with a service that validates the requests."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Team

pytestmark = pytest.mark.once


def test_a_new_person_signs_up_with_single_sign_on_and_an_invitation(
    team: Team, page: Page
) -> None:
    team.log_in(page)
    link = team.invite(page)
    page.context.clear_cookies()
    page.goto(link)
    page.get_by_role("link", name="Log in with Acme").click()
    page.get_by_role("link", name="Allow").click()
    page.get_by_role("button", name="Join as bo").click()
    expect(page.get_by_role("button", name="You: bo in Studio")).to_be_visible()
    page.context.clear_cookies()
    team.visit(page, "login/")
    page.get_by_role("link", name="Log in with Acme").click()
    page.get_by_role("link", name="Allow").click()
    expect(page.get_by_role("button", name="You: bo in Studio")).to_be_visible()


def test_a_denied_consent_is_reported_on_the_login_page(team: Team, page: Page) -> None:
    team.visit(page, "login/")
    page.get_by_role("link", name="Log in with Acme").click()
    page.get_by_role("link", name="Deny").click()
    expect(page.get_by_role("heading", name="Not logged in")).to_be_visible()
    page.get_by_role("link", name="Back to login").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
