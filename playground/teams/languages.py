"""Which language a page, a mail or an export is in.

In order: the person's setting, the choice in this browser before login (a cookie), the workspace's
setting, Accept-Language.
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
    """Activate the browser's language (cookie or Accept-Language) for each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(language_of_browser(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response


class LanguageSettingMiddleware:
    """Activate the language that the person or their workspace has set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        use_setting(request)


def use_setting(request: HttpRequest) -> None:
    """Activate the language that the person or their workspace has set, if any."""
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
    """Return a person's language for texts outside of requests, such as mail.

    user       None for a stranger
    otherwise  the fallback if neither the person nor their first workspace has set one
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
    """Save a person's choice in their account, and in a cookie for the login page.

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
    """Yield the chunks of a streaming download in the language of its request."""
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
    """Return the code if it is an available language, else ""."""
    return code if code in dict(settings.LANGUAGES) else ""
