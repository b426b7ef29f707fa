"""Steps of a person in the form of a model, which on a phone is a sheet that opens first."""

from playwright.sync_api import Locator, Page, expect


def open_sheet(page: Page) -> None:
    dock = page.locator("#dock")
    if dock.is_visible():
        dock.click()
        expect(page.locator("#generate")).to_be_visible()


def pill(page: Page, title: str) -> Locator:
    """Return the pill of a short choice."""
    return page.locator("button.pill").filter(has_text=f"{title}:")


def choose(page: Page, title: str, option: str) -> None:
    """Choose one of the options of a pill."""
    open_sheet(page)
    pill(page, title).click()
    page.get_by_role("radio", name=option, exact=True).check()
    expect(pill(page, title)).to_contain_text(option)
    if page.locator(".popover:popover-open").count():  # a chosen option is not clicked again
        page.keyboard.press("Escape")


def set_images(page: Page, number: str) -> None:
    open_sheet(page)
    pill(page, "Images").click()
    page.get_by_label("Images", exact=True).fill(number)
    page.keyboard.press("Escape")


def open_settings(page: Page) -> None:
    """Open the Settings of the form."""
    open_sheet(page)
    if page.locator(".settings-fold:not([open])").count():
        page.locator(".settings-fold > summary").click()
