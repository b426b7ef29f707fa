"""The mails about accounts: what they say, to whom, and that a lost mail breaks nothing."""

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django.fixtures import Settings

from tests.providers.scripted import closed_port
from tests.teams.test_accounts import code_of

type Act = Callable[[Client], None]

NEXT = "a long walk home"
RIGHT = {"login": "ana", "password": "correct horse"}
CHANGE = {"oldpassword": "correct horse", "password1": NEXT, "password2": NEXT}
RESET = "/account/password/reset/"


@pytest.fixture
def ana(ana: User) -> User:
    ana.email = "ana@example.com"
    ana.save()
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    return ana


@pytest.fixture
def client(ana: User) -> Client:
    """A browser in which ana has just entered her password."""
    client = Client()
    client.post("/login/", RIGHT)
    client.post("/account/reauthenticate/", {"password": RIGHT["password"]})
    return client


def only_mail() -> EmailMessage:
    (message,) = mail.outbox
    assert isinstance(message, EmailMessage)
    return message


def test_the_mail_about_a_forgotten_password_says_what_to_do(ana: User) -> None:
    Client().post(RESET, {"email": "ANA@example.com"})
    message = only_mail()
    assert (message.to, message.subject) == (
        ["ana@example.com"],
        "Playground: Choose a new password",
    )
    assert re.search(
        r"^http://testserver/account/password/reset/key/\S+$", str(message.body), re.MULTILINE
    )
    assert "Your user name is ana." in message.body
    assert "If it was not you, do nothing" in message.body
    assert message.body.endswith("Playground at testserver")


def change_password(client: Client) -> None:
    client.post("/account/password/change/", CHANGE)


def set_up_second_factor(client: Client) -> None:
    page = client.get("/account/mfa/totp/activate/").text
    secret = re.search(r'id="authenticator_secret" value="([A-Z2-7]+)"', page)
    assert secret, page
    answer = client.post("/account/mfa/totp/activate/", {"code": code_of(secret[1])})
    assert answer.status_code == 302, answer.text


def add_address(client: Client) -> None:
    client.post("/account/email/", {"email": "new@example.com", "action_add": ""})


def remove_address(client: Client) -> None:
    EmailAddress.objects.create(user=User.objects.get(), email="old@example.com")
    client.post("/account/email/", {"email": "old@example.com", "action_remove": ""})


@pytest.mark.django_db(transaction=True)  # some mails wait until it is committed
@pytest.mark.parametrize(
    ("act", "said"),
    [
        (change_password, "the password of your account was changed"),
        (set_up_second_factor, "an authenticator app was set up"),
        (remove_address, "old@example.com was removed"),
    ],
)
def test_a_change_of_the_account_is_told_with_what_to_do_about_it(
    client: Client, act: Act, said: str
) -> None:
    act(client)
    message = mail.outbox[0]
    assert isinstance(message, EmailMessage)
    assert said in message.body
    assert "If it was not, choose another password at once" in message.body
    assert "127.0.0.1" in message.body


def test_a_new_address_is_confirmed_by_a_link(client: Client) -> None:
    add_address(client)
    message = only_mail()
    assert message.to == ["new@example.com"]
    found = re.search(r"http://testserver(\S+)", str(message.body))
    assert found
    assert "new@example.com was given for the account ana" in client.get(found[1]).text
    client.post(found[1])
    assert EmailAddress.objects.get(email="new@example.com").verified


def test_mails_are_plain_text_without_anything_to_load(client: Client) -> None:
    for act in (change_password, add_address, remove_address):
        act(client)
    Client().post(RESET, {"email": "ana@example.com"})
    assert len(mail.outbox) == 4
    for message in mail.outbox:
        assert message.message().get_content_type() == "text/plain"
        assert "<" not in message.body
        assert "&#" not in message.body
        assert "  " not in message.subject


@pytest.fixture
def no_mail_server(settings: Settings) -> None:
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    address = {"host": "127.0.0.1", "port": closed_port()}
    settings.MAILERS = {"default": {"BACKEND": smtp, "OPTIONS": address}}


def test_without_a_mail_server_nobody_learns_who_has_an_account(
    ana: User, no_mail_server: None
) -> None:
    answers = [
        Client().post(RESET, {"email": email}, follow=True)
        for email in ("ana@example.com", "nobody@example.com")
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert all("If an account has this address" in answer.text for answer in answers)


def test_without_a_mail_server_a_change_is_made_and_the_lost_mail_said(
    client: Client, no_mail_server: None
) -> None:
    answer = client.post("/account/password/change/", CHANGE, follow=True)
    assert "Your password is changed" in answer.text
    assert "could not be sent" in answer.text
    assert Client().post("/login/", RIGHT | {"password": NEXT}).status_code == 302


def test_an_address_that_was_never_confirmed_is_told_too(client: Client) -> None:
    EmailAddress.objects.all().delete()  # as it is for whoever came by an invitation
    change_password(client)
    assert only_mail().to == ["ana@example.com"]


def test_who_has_no_address_is_told_nothing_by_mail(client: Client) -> None:
    EmailAddress.objects.all().delete()
    User.objects.update(email="")
    TOTP.activate(User.objects.get(), "JBSWY3DPEHPK3PXP")
    change_password(client)
    assert mail.outbox == []
