"""Measures layout shifts, with the browser's Layout Instability API."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

MOST = 0.02  # limit for each page; correct pages are below 0.01
DESK: Any = {"width": 1366, "height": 768}
PHONE: Any = {"width": 390, "height": 844}

WATCH = """
window.shifts = [];
window.noteShifts = (list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;  // what follows a press at once is expected
    const moved = entry.sources.map(({node, previousRect: from, currentRect: to}) =>
      `${node?.id || node?.className || node?.nodeName} ${Math.round(from.x)},${Math.round(from.y)}`
      + ` -> ${Math.round(to.x)},${Math.round(to.y)}`);
    window.shifts.push([entry.value, moved.join("; ")]);
  }
};
window.shiftObserver = new PerformanceObserver(window.noteShifts);
window.shiftObserver.observe({type: "layout-shift", buffered: true});
"""
READ = """() => new Promise((resolve) => {
  // Two frames later all that was drawn is measured.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const entries = window.shiftObserver?.takeRecords() ?? [];
    window.noteShifts?.({getEntries: () => entries});
    resolve(window.shifts);
  }));
})"""
IS_DRAWN = "() => performance.getEntriesByName('first-contentful-paint').length > 0"


def watch_shifts(page: Page) -> None:
    """Measure the shifts of each page that is opened from now on."""
    page.add_init_script(WATCH)


def expect_no_shifts(page: Page) -> None:
    """Fail with the moved elements if the shifts since the page was opened exceed the limit."""
    shifts: list[tuple[float, str]] = page.evaluate(READ)
    assert sum(value for value, _ in shifts) < MOST, shifts


def delay_requests(page: Page, pattern: str, *, method: str = "GET") -> Callable[[], None]:
    """Delay requests until the returned function is called."""
    held: list[Route] = []
    is_released = False

    def handle(route: Route) -> None:
        if is_released or route.request.method != method:
            route.fallback()
        else:
            held.append(route)

    def release() -> None:
        nonlocal is_released
        is_released = True
        for route in held:
            route.continue_()

    page.route(pattern, handle)
    return release
