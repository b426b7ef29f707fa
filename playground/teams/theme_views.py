"""The light/dark theme switch in the person's menu, stored in a cookie.

templates/base.html renders each page in the theme, so that no page flashes.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from playground.teams.middleware import no_workspace
from playground.web import is_script

COOKIE, THEMES = "theme", ("light", "dark")  # else the system's preference
KEPT_SECONDS = 365 * 24 * 3600


@login_not_required
@no_workspace
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Save the theme; without JavaScript, redirect back."""
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, None) and back.startswith("/")
    way = back if is_ours else "home"
    response = HttpResponse(status=204) if is_script(request) else redirect(way)
    remember(request, response, request.POST.get("theme", ""))
    return response


def remember(request: HttpRequest, response: HttpResponse, theme: str) -> None:
    if theme in THEMES:
        response.set_cookie(
            COOKIE,
            theme,
            max_age=KEPT_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
