"""A person's display preferences, kept in cookies that scripts may set, too.

Without JavaScript, a form sends the choice in the query string, and the response sets the cookie.
"""

from django.http import HttpRequest, HttpResponse

DENSITY, DENSITIES, USUAL_DENSITY = "density", ("s", "m", "l"), "m"
NOTE, OFF = "demo_note", "off"  # the notice that a demo's results are placeholder drawings
HINTS = "hints"  # hints for beginners below the examples
FOLD, UNFOLDED = "settings", "open"  # of the form
KEPT_SECONDS = 365 * 24 * 3600


def density_of(request: HttpRequest) -> str:
    """Return the size of picture rows: "s", "m" or "l"."""
    chosen = request.GET.get(DENSITY) or request.COOKIES.get(DENSITY, "")
    return chosen if chosen in DENSITIES else USUAL_DENSITY


def is_note_dismissed(request: HttpRequest) -> bool:
    return OFF in (request.GET.get(NOTE), request.COOKIES.get(NOTE))


def is_unfolded(request: HttpRequest) -> bool:
    """Whether the settings of a form were expanded last time."""
    return request.COOKIES.get(FOLD) == UNFOLDED


def save_preferences(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Save the preferences in the query string."""
    if request.GET.get(DENSITY) in DENSITIES:
        set_preference(request, response, DENSITY, density_of(request))
    for name in (NOTE, HINTS):
        if request.GET.get(name) == OFF:
            set_preference(request, response, name, OFF)
    return response


def set_preference(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    secure = request.is_secure()
    response.set_cookie(name, value, max_age=KEPT_SECONDS, samesite="Lax", secure=secure)
