"""Single sign-on from the button to the page, against an OpenID Connect provider."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from playground.teams.models import Invitation, Membership, Workspace
from tests.providers.scripted import closed_port
from tests.teams.sign_on_service import (
    KEY,
    OTHER_KEY,
    Claims,
    SignOnService,
    run_sign_on_service,
    sign,
)

pytestmark = pytest.mark.once

BEGIN = "/account/oidc/sso/login/"


@pytest.fixture
def service(ana: User, settings: Settings) -> Iterator[SignOnService]:
    with run_sign_on_service() as service:
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"APPS": [service.app], "OAUTH_PKCE_ENABLED": True}
        }
        yield service


@pytest.fixture
def link(workspace: Workspace) -> str:
    _, token = Invitation.objects.issue(workspace=workspace, role="member", days=1)
    return f"/join/{token}/"


@pytest.fixture
def bo(service: SignOnService) -> User:
    """A person who has logged in by the provider before."""
    user = User.objects.create_user("bo")
    SocialAccount.objects.create(user=user, provider="sso", uid=service.person.sub)
    Membership.objects.create(workspace=Workspace.objects.first_one(), user=user)
    return user


def sign_on(
    client: Client, service: SignOnService, page: str = "/login/", answer: str = "allow"
) -> Any:
    """Follow the button of a page, answer at the provider, and return to the callback."""
    found = re.search(rf'href="({BEGIN}[^"]*)"', client.get(page).text)
    assert found
    location = client.get(found[1].replace("&amp;", "&"))["Location"]
    return client.get(service.answer_consent(location, answer), follow=True)


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_connected_account_logs_in(service: SignOnService, bo: User) -> None:
    client = Client()
    sign_on(client, service)
    assert "Members of Workspace" in client.get("/team/").text
    assert client.session["_auth_user_id"] == str(bo.pk)


def test_a_new_person_with_an_invitation_gets_an_account_and_joins(
    service: SignOnService, link: str
) -> None:
    client = Client()
    page = sign_on(client, service, link)
    assert "Join as bo" in page.text
    client.post(link)
    assert "Members of Workspace" in client.get("/team/").text
    assert Membership.objects.get(user__username="bo").role == "member"
    assert not User.objects.get(username="bo").has_usable_password()


def test_a_new_person_without_an_invitation_is_refused_with_a_message(
    service: SignOnService,
) -> None:
    client = Client()
    page = sign_on(client, service)
    assert "You need an invitation" in page.text
    assert 'class="bar"' in page.text
    assert (is_logged_in(client), User.objects.count()) == (False, 1)


def test_an_equal_email_address_takes_over_no_account(
    service: SignOnService, ana: User, link: str
) -> None:
    User.objects.update(email="bo@example.com")
    EmailAddress.objects.create(user=ana, email="bo@example.com", verified=True, primary=True)
    client = Client()
    page = sign_on(client, service, link)
    assert "log in with your password" in page.text
    again = client.post("/account/sso/signup/", {"username": "bo", "email": "bo@example.com"})
    assert "already exists" in again.text
    assert (is_logged_in(client), SocialAccount.objects.count()) == (False, 0)


def test_an_existing_account_can_be_connected_to_single_sign_on(
    service: SignOnService, ana: User, client: Client
) -> None:
    assert "Confirm it’s you" in sign_on(client, service, "/account/sso/").text
    assert not SocialAccount.objects.exists()
    password = {"password": "correct horse"}
    assert "bo@example.com" in client.post("/account/reauthenticate/", password, follow=True).text
    elsewhere = Client()
    sign_on(elsewhere, service)
    assert elsewhere.session["_auth_user_id"] == str(ana.pk)


def test_a_cross_site_request_connects_no_single_sign_on(
    service: SignOnService, client: Client
) -> None:
    client.get("/account/sso/")
    for press in ("", "&press=guessed", "&press=%C5%BC"):
        answer = client.get(f"{BEGIN}?process=connect{press}")
        assert answer.status_code == 403
        assert "on the page Single sign-on" in answer.text


def test_a_deactivated_person_is_refused_with_a_message(service: SignOnService, bo: User) -> None:
    User.objects.filter(pk=bo.pk).update(is_active=False)
    client = Client()
    assert "This account is deactivated" in sign_on(client, service).text
    assert not is_logged_in(client)


def test_a_denied_consent_is_reported(service: SignOnService, bo: User) -> None:
    client = Client()
    page = sign_on(client, service, answer="deny")
    assert "You cancelled single sign-on. Nothing was changed." in page.text
    assert not is_logged_in(client)


@pytest.mark.parametrize("state", ["", "wrong", "%00", "used"])
def test_a_sign_on_response_is_accepted_only_in_the_browser_that_started_it(
    service: SignOnService, bo: User, state: str
) -> None:
    began, other = Client(), Client()
    back = service.answer_consent(began.get(BEGIN)["Location"])
    if state != "used":
        back = re.sub(r"state=[^&]+", f"state={state}", back)
    answer = (other if state == "used" else began).get(back)
    assert answer.status_code == 401
    assert "Single sign-on gave no usable answer." in answer.text
    assert not is_logged_in(other)


def test_an_authorization_code_works_once(service: SignOnService, bo: User) -> None:
    client = Client()
    back = service.answer_consent(client.get(BEGIN)["Location"])
    service.grants.clear()
    answer = client.get(back)
    assert (answer.status_code, is_logged_in(client)) == (401, False)


def without(name: str) -> Callable[[Claims], str]:
    return lambda claims: sign({key: value for key, value in claims.items() if key != name})


def signed_by_secret(claims: Claims) -> str:
    secret = "a secret of thirty-two characters and more"
    return jwt.encode(claims, secret, "HS256", headers={"kid": "1"})


BAD_TOKENS: dict[str, Callable[[Claims], Any]] = {
    "expired": lambda claims: sign(claims | {"exp": claims["iat"] - 3600}),
    "signed by another": lambda claims: jwt.encode(
        claims, OTHER_KEY, "RS256", headers={"kid": "1"}
    ),
    "signed with an unknown key": lambda claims: jwt.encode(
        claims, KEY, "RS256", headers={"kid": "2"}
    ),
    "without the name of a key": lambda claims: jwt.encode(claims, KEY, "RS256"),
    "not signed": lambda claims: jwt.encode(claims, "", "none", headers={"kid": "1"}),
    "signed by a secret": signed_by_secret,
    "for another client": lambda claims: sign(claims | {"aud": "them"}),
    "of another service": lambda claims: sign(claims | {"iss": "https://evil.example.com"}),
    "about somebody else": lambda claims: sign(claims | {"sub": "1"}),
    "about nobody": lambda claims: sign(claims | {"sub": ""}),
    "about a null character": lambda claims: sign(claims | {"sub": "\0"}),
    "about a number": lambda claims: sign(claims | {"sub": 7}),
    "without end": without("exp"),
    "without a person": without("sub"),
    "no token": lambda _: None,
    "not a token": lambda _: "x.y",
    "a number": lambda _: 7,
}


@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_an_invalid_id_token_logs_nobody_in(service: SignOnService, bo: User, kind: str) -> None:
    service.id_token = BAD_TOKENS[kind]
    client = Client()
    page = sign_on(client, service)
    assert page.status_code == 401
    assert "Single sign-on gave no usable answer." in page.text
    assert not is_logged_in(client)


def test_an_unreachable_sign_on_service_is_reported(
    service: SignOnService, settings: Settings
) -> None:
    (app,) = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    app["settings"] = {"server_url": f"http://127.0.0.1:{closed_port()}"}
    answer = Client().get(BEGIN)
    assert answer.status_code == 503
    assert "the login service is not working correctly" in answer.text


@pytest.mark.parametrize("lie", [b"", b"<html>", b"[]", b"7", b"{}"])
def test_a_malformed_answer_of_the_sign_on_service_is_reported(
    service: SignOnService, lie: bytes
) -> None:
    service.wrong_responses["/.well-known/openid-configuration"] = lie
    assert Client().get(BEGIN).status_code == 503


ENDPOINTS = ("/.well-known/openid-configuration", "/token", "/userinfo", "/keys")


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    "lie", [None, b"", b"<html>", b"[]", b"null", b"7", b'{"keys": 7}', b'{"access_token": []}']
)
def test_any_error_in_the_callback_is_reported(
    service: SignOnService, bo: User, path: str, lie: bytes | None
) -> None:
    client = Client()
    back = service.answer_consent(client.get(BEGIN)["Location"])
    if lie is None:
        service.down.add(path)
    else:
        service.wrong_responses[path] = lie
    answer = client.get(back)
    assert answer.status_code in {401, 503}
    assert "<h1>" in answer.text
    assert not is_logged_in(client)


@pytest.mark.parametrize(
    "odd",
    [
        {"sub": "x" * 300},
        {"sub": "a\0b"},
        {"email": "a\0b@example.com"},
        {"preferred_username": "a\0b"},
        {"email": 7},
    ],
)
def test_malformed_claims_about_a_new_person_break_nothing(
    service: SignOnService, link: str, odd: dict[str, Any]
) -> None:
    for name, value in odd.items():
        setattr(service.person, name, value)
    assert sign_on(Client(), service, link).status_code in {200, 401, 503}


def test_only_names_and_address_of_the_claims_are_stored(service: SignOnService, link: str) -> None:
    service.id_token = lambda claims: sign(claims | {"groups": ["staff"], "phone_number": "1"})
    sign_on(Client(), service, link)
    assert "staff" not in str(SocialAccount.objects.get().extra_data)


def test_the_second_factor_is_required_after_single_sign_on_too(
    service: SignOnService, bo: User
) -> None:
    from allauth.mfa.totp.internal.auth import TOTP  # noqa: PLC0415 - only after the settings

    TOTP.activate(bo, "JBSWY3DPEHPK3PXP")
    client = Client()
    assert "code" in sign_on(client, service).text
    assert not is_logged_in(client)
