"""How far a page moved under the eyes of a reader: layout shifts, as browsers measure them."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

MOST = 0.02  # what no page may exceed; without a fault it is below 0.01
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
    """Measure from now on, on each page that is opened."""
    page.add_init_script(WATCH)


def expect_stillness(page: Page) -> None:
    """Fail with what moved if, since the page was opened, more moved than may."""
    shifts: list[tuple[float, str]] = page.evaluate(READ)
    assert sum(value for value, _ in shifts) < MOST, shifts


def hold_back(page: Page, pattern: str, *, method: str = "GET") -> Callable[[], None]:
    """Keep requests waiting until the function that is returned is called."""
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
