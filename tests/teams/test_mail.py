"""The mails about accounts: their texts and their recipients."""

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.test import Client

from tests.teams.conftest import SendMail
from tests.teams.test_accounts import code_of

type Action = Callable[[Client], None]

ORIGIN = "http://127.0.0.1:8000"
NEW_PASSWORD = "a long walk home"
CREDENTIALS = {"login": "ana", "password": "correct horse"}
PASSWORD_CHANGE = {
    "oldpassword": "correct horse",
    "password1": NEW_PASSWORD,
    "password2": NEW_PASSWORD,
}
RESET = "/account/password/reset/"


@pytest.fixture
def ana(ana: User) -> User:
    ana.email = "ana@example.com"
    ana.save()
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    return ana


@pytest.fixture
def client(ana: User) -> Client:
    """A client in which ana has just entered her password."""
    client = Client()
    client.post("/login/", CREDENTIALS)
    client.post("/account/reauthenticate/", {"password": CREDENTIALS["password"]})
    return client


def test_the_password_reset_mail_says_what_to_do(ana: User, send_mail: SendMail) -> None:
    Client().post(RESET, {"email": "ANA@example.com"})
    (message,) = send_mail()
    assert (message.to, message.subject) == (
        ["ana@example.com"],
        "Playground: Choose a new password",
    )
    assert re.search(rf"^{ORIGIN}/account/password/reset/key/\S+$", str(message.body), re.MULTILINE)
    assert "Hello ana," in message.body
    assert "Your username is ana." in message.body
    assert "If it was not you, do nothing" in message.body
    assert message.body.endswith("Playground at 127.0.0.1:8000")


def change_password(client: Client) -> None:
    client.post("/account/password/change/", PASSWORD_CHANGE)


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


@pytest.mark.django_db(transaction=True)  # some mails are sent on commit
@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (change_password, "The password of your account was changed"),
        (set_up_second_factor, "An authenticator app was set up"),
        (remove_address, "old@example.com was removed"),
    ],
)
def test_account_changes_are_announced_by_mail(
    client: Client, send_mail: SendMail, action: Action, expected: str
) -> None:
    action(client)
    message = send_mail()[0]
    assert expected in message.body
    assert "If it was not, choose another password at once" in message.body
    assert "127.0.0.1" in message.body
    assert re.search(r"That was on \d+ \w+ \d{4}, \d\d:\d\d UTC", str(message.body))


def test_a_new_address_is_confirmed_by_a_link(client: Client, send_mail: SendMail) -> None:
    add_address(client)
    (message,) = send_mail()
    assert message.to == ["new@example.com"]
    found = re.search(rf"{ORIGIN}(\S+)", str(message.body))
    assert found
    page = " ".join(client.get(found[1]).text.split())
    assert "new@example.com was given for the account ana" in page
    client.post(found[1])
    assert EmailAddress.objects.get(email="new@example.com").verified


def test_an_address_removed_meanwhile_gets_no_link(client: Client, send_mail: SendMail) -> None:
    add_address(client)
    EmailAddress.objects.filter(email="new@example.com").delete()
    assert send_mail() == []


def test_mails_are_plain_text_without_remote_content(client: Client, send_mail: SendMail) -> None:
    for action in (change_password, add_address, remove_address):
        action(client)
    Client().post(RESET, {"email": "ana@example.com"})
    messages = send_mail()
    assert len(messages) == 4
    for message in messages:
        assert message.message().get_content_type() == "text/plain"
        assert "<" not in message.body
        assert "&#" not in message.body
        assert "  " not in message.subject


def test_unconfirmed_addresses_are_notified_too(client: Client, send_mail: SendMail) -> None:
    EmailAddress.objects.all().delete()  # like the address of a person who accepted an invitation
    change_password(client)
    assert [message.to for message in send_mail()] == [["ana@example.com"]]


def test_a_person_without_an_address_gets_no_mail(client: Client, send_mail: SendMail) -> None:
    EmailAddress.objects.all().delete()
    User.objects.update(email="")
    TOTP.activate(User.objects.get(), "JBSWY3DPEHPK3PXP")
    change_password(client)
    assert send_mail() == []
