"""Which language a page, a mail or an export is in.

The order is: the person's setting, what was chosen in this browser before the login (a cookie), the
workspace's setting, what the browser asks for (Accept-Language).
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from playground.teams.models import Membership, Preferences


class LanguageMiddleware:
    """Answer each request in the language that its browser asks for, refusals included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(language_of_browser(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response


class LanguageSettingMiddleware:
    """Show pages in the language that the person or their workspace has set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        use_setting(request)


def use_setting(request: HttpRequest) -> None:
    """Change to the language that the person or their workspace has set, if there is one."""
    if not getattr(request, "memberships", []):
        return
    membership: Membership = request.membership  # type: ignore[attr-defined]  # see web.HtmxRequest
    own = known(own_language(membership.user)) or chosen_here(request)
    if language := own or known(membership.workspace.language):
        translation.activate(language)


def language_of_browser(request: HttpRequest) -> str:
    return chosen_here(request) or translation.get_language_from_request(request)


def chosen_here(request: HttpRequest) -> str:
    return known(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))


def language_of(user: User | None, otherwise: str = "") -> str:
    """Return the language for what a person gets outside of a page, as a mail.

    user       None for a stranger
    otherwise  the language where neither the person nor their first workspace has set one
    """
    set_here: list[str] = []
    if user is not None:
        memberships = Membership.objects.of(user)
        set_here = [own_language(user), *(each.workspace.language for each in memberships[:1])]
    return next(filter(None, map(known, [*set_here, otherwise])), settings.LANGUAGE_CODE)


def own_language(user: User) -> str:
    preferences: Preferences | None = getattr(user, "preferences", None)
    return preferences.language if preferences else ""


def choose(request: HttpRequest, response: HttpResponse, language: str) -> None:
    """Keep a person's choice: with their account, and in this browser for its login page.

    language  "" for no choice
    """
    if isinstance(request.user, User):
        Preferences.objects.update_or_create(user=request.user, defaults={"language": language})
    if language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 60 * 60,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")


def kept_in_language(pieces: Iterator[bytes] | Iterator[str]) -> Iterator[Any]:
    """Return the pieces of a download in the language of its page, which has ended by then."""
    return in_language(translation.get_language(), pieces)


def in_language(language: str, pieces: Iterator[bytes] | Iterator[str]) -> Iterator[Any]:
    while True:
        with translation.override(language):
            try:
                piece = next(pieces)
            except StopIteration:
                return
        yield piece


def known(code: str) -> str:
    """Return a code if there is a language of that code here, else ""."""
    return code if code in dict(settings.LANGUAGES) else ""
