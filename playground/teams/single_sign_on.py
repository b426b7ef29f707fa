"""Single sign-on by OpenID Connect, with the checks before a login."""

import logging
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

import jwt
import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.socialaccount.views import ConnectionsView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from playground.public_url import absolute_url
from playground.teams import outbox
from playground.teams.accounts import find_invitation
from playground.teams.middleware import no_workspace

type View = Callable[..., HttpResponseBase]

logger = logging.getLogger(__name__)

CONNECT_KEY = "connect"  # session key: the token that a link to connect must contain
ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
# Asymmetric signatures only. Accepting HMAC too would allow algorithm confusion: a public key used
# as secret.
ALGORITHMS = [f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)]
CLOCKS_DIFFER_SECONDS = 60
LONGEST_SUB = 191  # length of django-allauth's column
KEPT = ("sub", "email", "preferred_username", "name", "given_name", "family_name")


class UntrustedAnswerError(OAuth2Error):  # type: ignore[misc]  # allauth has no types
    """The ID token is invalid; the message is for the log."""


def template_context(request: HttpRequest) -> dict[str, bool]:
    """Whether single sign-on is configured; the library would query the database on each page.

    Also whether a mail server is configured.
    """
    del request
    has_single_sign_on = bool(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"])
    return {"has_single_sign_on": has_single_sign_on, "has_mail_server": outbox.has_server()}


class SignOnAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """Reads the identity from an ID token and verifies its signature.

    The library does not verify the signature, because the token comes directly from the identity
    provider: safe with TLS, but this one may be in a private network without it. No nonce is sent:
    PKCE and state bind the response to this browser.
    Source  OpenID Connect Core 1.0 §3.1.3.7 (ID token), §5.3.2 (sub of userinfo)
    """

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return the redirect URI, which is registered at the identity provider."""
        del app
        path = reverse("openid_connect_callback", kwargs={"provider_id": self.provider_id})
        return absolute_url(path, request)

    @property
    def openid_config(self) -> dict[str, Any]:
        found = super().openid_config
        if not isinstance(found, dict) or not all(isinstance(found.get(n), str) for n in ENDPOINTS):
            raise ValueError(f"its discovery document does not name each of {ENDPOINTS}")
        return found

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        claims = self.read_id_token(app, kwargs["response"].get("id_token"))
        if "userinfo_endpoint" in self.openid_config:
            about = self._fetch_user_info(token.token)
            if not isinstance(about, dict) or about.get("sub") != claims["sub"]:
                raise UntrustedAnswerError("userinfo names another person than the ID token")
            claims |= about
        return self.get_provider().sociallogin_from_response(
            request, {"userinfo": kept_claims(claims)}
        )

    def read_id_token(self, app: SocialApp, id_token: Any) -> dict[str, Any]:
        if not isinstance(id_token, str):
            raise UntrustedAnswerError("it gave no ID token")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        try:
            keys = jwt.PyJWKSet.from_dict(answer.json())
            claims: dict[str, Any] = jwt.decode(
                id_token,
                keys[jwt.get_unverified_header(id_token)["kid"]],
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=CLOCKS_DIFFER_SECONDS,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, LookupError, TypeError, AttributeError) as error:
            raise UntrustedAnswerError(f"its ID token is not good: {error!r}") from error
        if not 0 < len(claims["sub"]) <= LONGEST_SUB or "\0" in claims["sub"]:
            raise UntrustedAnswerError("its name for the person is empty, too long or not a text")
        return claims


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # see above
    """New accounts by single sign-on need an invitation.

    With an invitation, an account is created; the person then accepts the invitation on its page.
    """

    def get_provider(self, *args: Any, **options: Any) -> Any:
        """Use the same redirect URI for the request and the callback."""
        provider = super().get_provider(*args, **options)
        provider.oauth2_adapter_class = SignOnAdapter
        return provider

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        del sociallogin
        return find_invitation(request) is not None

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, **more: Any
    ) -> None:
        """Log the reason, without codes and tokens."""
        del request, provider
        exception = more.get("exception")
        reason = exception if isinstance(exception, UntrustedAnswerError) else type(exception)
        logger.warning("Nobody was logged in by single sign-on (%s): %s", error, reason)


def kept_claims(claims: dict[str, Any]) -> dict[str, Any]:
    """Return the claims to store.

    PostgreSQL rejects texts with a null character, which would cause a 500.
    """
    wanted = {n: claims[n] for n in KEPT if isinstance(claims.get(n), str)}
    kept: dict[str, Any] = {n: text for n, text in wanted.items() if "\0" not in text}
    return kept | {"email_verified": claims.get("email_verified") is True}


def show_trouble(view: View) -> View:
    """Show an error page if the identity provider does not respond, or sends an invalid response.

    The library does not validate the shape of responses, so several exceptions are possible.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error
        except (requests.RequestException, LookupError, ValueError, TypeError, AttributeError):
            logger.exception("Single sign-on is unavailable as it should")
            return render(request, "teams/sso_away.html", status=503)

    return guarded


@login_not_required
@never_cache
@show_trouble
def begin_login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Redirect to the identity provider; connecting an account needs the token of that page (CSRF).

    Otherwise another site could log a person in at the identity provider as the attacker and
    connect that identity to the person's account (login CSRF).
    """
    given = request.GET.get("press", "")
    wanted = request.session.get(CONNECT_KEY, "")
    is_pressed = bool(wanted) and secrets.compare_digest(given.encode(), wanted.encode())
    wants = {request.GET.get("process", "login"), request.POST.get("process", "login")}
    if wants != {"login"} and not is_pressed:
        raise PermissionDenied(_("Connect your account on the page Single sign-on, in the menu."))
    view: View = OAuth2LoginView.adapter_view(SignOnAdapter(request, provider_id))
    return view(request)


@login_not_required
@never_cache
@show_trouble
def finish_login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Handle the response of the service to a login."""
    view: View = OAuth2CallbackView.adapter_view(SignOnAdapter(request, provider_id))
    return view(request)


class Connections(ConnectionsView):  # type: ignore[misc]  # see above
    """Connects an identity of the provider with an account here."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        press = self.request.session.setdefault(CONNECT_KEY, secrets.token_urlsafe(16))
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"press": press}


show_connections = no_workspace(never_cache(Connections.as_view()))
