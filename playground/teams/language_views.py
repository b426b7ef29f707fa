"""The switch between languages, in the person's menu and on the login page."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from playground.teams import languages
from playground.teams.middleware import no_workspace


@login_not_required
@no_workspace
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Save the chosen language and redirect back."""
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, None) and back.startswith("/")
    response = redirect(back if is_ours else "home")
    languages.choose(request, response, languages.known(request.POST.get("language", "")))
    return response
