"""Passwords, second factors, sessions and rate limits of logins."""

import re
import time
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from playground.catalog.models import ModelSpec
from playground.teams.sessions import AGE_KEY
from tests.teams.conftest import SendMail

pytestmark = pytest.mark.once

CREDENTIALS = {"login": "ana", "password": "correct horse"}
NEW_PASSWORD = "a long walk home"


def can_log_in(password: str) -> bool:
    return Client().post("/login/", CREDENTIALS | {"password": password}).status_code == 302


def test_changing_a_password_requires_the_old_one(client: Client, ana: User) -> None:
    assert "Password" in client.get("/account/password/change/").text
    wrong = client.post(
        "/account/password/change/",
        {"oldpassword": "x", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert "field__error" in wrong.text
    client.post(
        "/account/password/change/",
        {"oldpassword": "correct horse", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert client.get("/team/").status_code == 200
    assert (can_log_in("correct horse"), can_log_in(NEW_PASSWORD)) == (False, True)


def test_a_forgotten_password_is_reset_by_mail(ana: User, send_mail: SendMail) -> None:
    User.objects.update(email="ana@example.com")
    client = Client()
    client.post("/account/password/reset/", {"email": "ana@example.com"})
    (message,) = send_mail()
    found = re.search(r"http://127.0.0.1:8000(\S+)", str(message.body))
    assert found
    page = client.get(found[1], follow=True)
    client.post(page.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert (can_log_in("correct horse"), can_log_in(NEW_PASSWORD)) == (False, True)
    assert "no longer valid" in Client().get(found[1], follow=True).text


def test_login_attempts_are_counted_across_processes(settings: Settings, db: None) -> None:
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    call_command("createcachetable", verbosity=0)  # as `release` does at each deployment


@pytest.mark.parametrize("forwarded", ["", "x", "1.2.3.4", "1.2.3.4, 5.6.7.8"])
def test_a_malformed_forwarded_header_breaks_nothing(
    ana: User, settings: Settings, forwarded: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    answer = Client().post("/login/", CREDENTIALS, headers={"X-Forwarded-For": forwarded})
    assert answer.status_code == 302


def test_signup_requires_an_invitation(ana: User) -> None:
    fields = {"username": "eve", "email": "", "password1": NEW_PASSWORD}
    answer = Client().post("/account/signup/", fields)
    assert answer.status_code < 500
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "path",
    [
        "/login/",
        "/account/signup/",
        "/account/password/reset/",
        "/account/password/reset/done/",
        "/account/password/reset/key/x-y/",
        "/account/password/reset/key/done/",
        "/account/inactive/",
        "/account/sso/login/cancelled/",
        "/account/sso/login/error/",
    ],
)
def test_the_login_pages_use_the_design_of_the_program(ana: User, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code in {200, 401}
    assert 'class="bar"' in answer.text
    assert "style=" not in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/account/password/change/",
        "/account/mfa/",
        "/account/email/",
        "/account/sso/",
        "/account/reauthenticate/",
        "/logout/",
    ],
)
def test_the_account_pages_use_the_design_of_the_program(client: Client, path: str) -> None:
    client.post("/login/", CREDENTIALS)
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    assert 'class="bar"' in answer.text
    assert "style=" not in answer.text
    assert "<script>" not in answer.text


def test_a_second_factor_is_required_and_its_secret_stored_encrypted(
    ana: User, seedream: ModelSpec
) -> None:
    client = Client()
    client.post("/login/", CREDENTIALS)
    activate = "/account/mfa/totp/activate/"
    sure = {"password": CREDENTIALS["password"], "next": activate}
    page = client.post("/account/reauthenticate/", sure, follow=True).text
    found = re.search(r'id="authenticator_secret"[^>]* value="([A-Z2-7]+)"', page)
    assert found, page
    client.post(activate, {"code": code_of(found[1])})
    assert found[1] not in str(Authenticator.objects.get(type="totp").data)
    again = Client()
    assert again.post("/login/", CREDENTIALS)["Location"].startswith("/account/mfa/authenticate/")
    assert again.get(seedream.get_absolute_url()).status_code == 302


def test_the_recovery_codes_are_shown_one_per_line(ana: User) -> None:
    client = Client()
    client.post("/login/", CREDENTIALS)
    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(ana)
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    page = "/account/mfa/recovery-codes/"
    sure = {"password": CREDENTIALS["password"], "next": page}
    text = client.post("/account/reauthenticate/", sure, follow=True).text
    shown = re.search(r'id="recovery_codes"[^>]*>([^<]*)<', text)
    assert shown
    assert shown[1].split() == codes


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def test_without_single_sign_on_no_button_offers_it(ana: User) -> None:
    assert "Log in with" not in Client().get("/login/").text


AN_HOUR = 60 * 60
A_WEEK = 7 * 24 * AN_HOUR


@pytest.mark.parametrize(
    ("began", "seen", "status"),
    [
        (A_WEEK, A_WEEK - AN_HOUR, 200),
        (A_WEEK + AN_HOUR, A_WEEK + AN_HOUR, 302),
        (4 * A_WEEK, AN_HOUR, 200),
        (5 * A_WEEK, AN_HOUR, 302),
    ],
)
def test_a_session_expires_by_age_and_idle_time(
    client: Client, began: int, seen: int, status: int
) -> None:
    client.get("/team/")
    session = client.session
    session[AGE_KEY] = (time.time() - began, time.time() - seen)
    session.save()
    assert client.get("/team/").status_code == status
    assert client.get("/team/").status_code == status


def test_the_last_activity_of_a_session_is_written_rarely(client: Client) -> None:
    client.get("/team/")
    age = client.session[AGE_KEY]
    client.get("/team/")
    assert client.session[AGE_KEY] == age
    session = client.session
    session[AGE_KEY] = (age[0], age[1] - AN_HOUR)
    session.save()
    client.get("/team/")
    assert client.session[AGE_KEY][0] == age[0]
    assert client.session[AGE_KEY][1] >= age[1]


def test_password_fields_have_autocomplete_hints(ana: User) -> None:
    page = Client().get("/login/").text
    assert re.search(r'name="login"[^>]*autocomplete="username"', page)
    assert re.search(r'name="password"[^>]*autocomplete="current-password"', page)


def test_a_password_reset_link_expires_after_an_hour(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_at = datetime.now(tz=None)  # noqa: DTZ005 - as Django does
    token = default_token_generator.make_token(ana)
    good = []
    for minutes in (59, 61):
        then = made_at + timedelta(minutes=minutes)
        monkeypatch.setattr(default_token_generator, "_now", lambda then=then: then)
        good.append(default_token_generator.check_token(ana, token))
    assert good == [True, False]


def test_changing_the_e_mail_address_requires_reauthentication(client: Client) -> None:
    new = {"email": "new@example.com", "action_add": ""}
    page = client.post("/account/email/", new, follow=True)
    assert "Confirm it’s you" in page.text
    assert not EmailAddress.objects.exists()
    client.post("/account/reauthenticate/", {"password": "correct horse"})
    client.post("/account/email/", new)
    assert EmailAddress.objects.get().email == "new@example.com"
