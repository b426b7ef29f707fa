"""Pages store mail, and the worker sends it: once, retried after a failure, or given up."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail as sent
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import F
from django.tasks import task_backends
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from playground.runs.worker.clock import Clock
from playground.runs.worker.housekeeping import Housekeeping
from playground.teams import outbox
from playground.teams.models import Mail
from tests.launched import ROOT
from tests.providers.scripted import closed_port
from tests.teams.conftest import SendMail
from tests.teams.mail_server import MailServer, run_mail_server
from tests.teams.test_mail import add_address, change_password, remove_address, set_up_second_factor

type Action = Callable[[Client], None]

RESET = "/account/password/reset/"
CREDENTIALS = {"login": "ana", "password": "correct horse"}
ACCOUNT_TEMPLATES = sorted(
    path.relative_to(ROOT / "templates").as_posix().removesuffix("_message.txt")
    for path in (ROOT / "templates").glob("*/email/*_message.txt")
    if path.name != "base_message.txt"
)


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


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with run_mail_server() as server:
        settings.MAILERS = server.mailers
        yield server


def request_reset_for(address: str = "ana@example.com") -> None:
    answer = Client().post(RESET, {"email": address}, follow=True)
    assert "If an account has this address" in answer.text


def request_reset_of_another(client: Client) -> None:
    del client
    request_reset_for("nobody@example.com")


def request_reset(client: Client) -> None:
    del client
    request_reset_for()


@pytest.mark.parametrize(
    ("action", "mails"),
    [
        (request_reset, 1),
        (request_reset_of_another, 0),
        (change_password, 1),
        (set_up_second_factor, 1),
        (add_address, 1),
        (remove_address, 1),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_no_request_connects_to_the_mail_server(
    client: Client, server: MailServer, send_mail: SendMail, action: Action, mails: int
) -> None:
    action(client)
    assert server.connections == 0
    assert Mail.objects.exists()
    send_mail()
    assert min(len(server.received), 1) == mails
    assert not Mail.objects.exists()


def test_an_unresponsive_mail_server_delays_no_page(ana: User, server: MailServer) -> None:
    server.holds = True
    request_reset_for()
    assert server.connections == 0


def query_shapes(address: str) -> list[str]:
    """Return the queries of a password reset, without their values."""
    with CaptureQueriesContext(connection) as queries:
        request_reset_for(address)
    return [re.sub(r"'[^']*'|\bs\d+_x\d+|\b\d[\d.]*\b", "?", each["sql"]) for each in queries]


def test_a_reset_makes_the_same_queries_whether_the_address_is_known_or_not(ana: User) -> None:
    request_reset_for("somebody@example.com")  # the first request fills caches
    known, unknown = query_shapes("ana@example.com"), query_shapes("nobody@example.com")
    assert known == unknown
    assert not [sql for sql in known if "account_emailaddress" in sql or "auth_user" in sql]


@pytest.mark.parametrize("address", ["nobody@example.com", "ana@example.com", ""])
def test_the_response_to_a_password_reset_does_not_reveal_accounts(
    ana: User, send_mail: SendMail, address: str
) -> None:
    answer = Client().post(RESET, {"email": address})
    assert answer.status_code == (302 if address else 200)
    assert len(send_mail()) == (address == "ana@example.com")


def test_a_deactivated_person_gets_no_reset_link(ana: User, send_mail: SendMail) -> None:
    request_reset_for()
    User.objects.update(is_active=False)
    assert send_mail() == []
    assert not Mail.objects.exists()


def test_each_account_of_an_address_gets_its_own_mail(ana: User, send_mail: SendMail) -> None:
    EmailAddress.objects.all().delete()
    User.objects.create_user("bo", email="ana@example.com")
    request_reset_for()
    assert sorted(re.findall(r"Your username is (\w+)", "".join(map(body_of, send_mail())))) == [
        "ana",
        "bo",
    ]


def body_of(message: EmailMessage) -> str:
    return str(message.body)


def test_the_outbox_never_stores_a_link(client: Client, server: MailServer) -> None:
    server.replies = {"DATA": "450 later"}
    for action in (request_reset, add_address, change_password):
        action(client)
    assert_no_link()
    for _ in range(2):
        for pk in Mail.objects.due().values_list("pk", flat=True):
            outbox.send(pk)
    assert_no_link()
    assert Mail.objects.count() == 3


def assert_no_link() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM teams_mail")
        kept = str(cursor.fetchall())
    assert "http" not in kept
    assert not re.search(r"[\w-]{24}", kept.replace("-", ""))  # tokens are at least this long


@pytest.mark.parametrize(
    ("replies", "drops", "problem", "is_given_up"),
    [
        ({"RCPT": "550 nobody here"}, "", "SMTPRecipientsRefused [550]", True),
        ({"RCPT": "450 busy"}, "", "SMTPRecipientsRefused [450]", False),
        ({"MAIL": "451 busy"}, "", "SMTPSenderRefused 451", False),
        ({"DATA": "554 no"}, "", "SMTPDataError 554", False),
        ({}, "DATA", "SMTPServerDisconnected", False),
        ({}, "EHLO", "SMTPServerDisconnected", False),
    ],
)
def test_a_refused_mail_is_retried_or_given_up(
    ana: User,
    server: MailServer,
    replies: dict[str, str],
    drops: str,
    problem: str,
    *,
    is_given_up: bool,
) -> None:
    request_reset_for()
    server.replies, server.drops = replies, drops
    send_all()
    mail = Mail.objects.get()
    assert mail.problem == problem
    assert (mail.failed_at is not None) == is_given_up
    server.replies, server.drops = {}, ""
    Mail.objects.update(due_at=timezone.now())
    send_all()
    assert len(server.received) == (not is_given_up)


def send_all() -> None:
    """Send all due mail, and then the mail that this created."""
    for _ in range(2):
        for pk in list(Mail.objects.due().values_list("pk", flat=True)):
            outbox.send(pk)


def test_an_unreachable_mail_server_is_retried_with_growing_pauses(
    ana: User, settings: Settings
) -> None:
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    address = {"host": "127.0.0.1", "port": closed_port()}
    settings.MAILERS = {"default": {"BACKEND": smtp, "OPTIONS": address}}
    request_reset_for()
    send_all()
    waits = []
    while Mail.objects.filter(failed_at=None).exists():
        mail = Mail.objects.get()
        wait = mail.due_at - timezone.now()
        waits.append(round(wait.total_seconds() / 30))
        Mail.objects.update(made_at=F("made_at") - wait, due_at=timezone.now())
        outbox.send(mail.pk)
    assert waits == [1, 2, 4, 8, 16, 32]  # the next attempt would be after the link expires
    mail = Mail.objects.get()
    assert (mail.facts, mail.problem) == ({}, "ConnectionRefusedError: Connection refused")


def test_a_mail_that_waited_too_long_is_not_sent(ana: User, send_mail: SendMail) -> None:
    request_reset_for()
    Mail.objects.update(made_at=timezone.now() - timedelta(minutes=61))
    assert send_mail() == []
    assert Mail.objects.get().problem == "No worker was running to send it in time."


def test_a_mail_given_up_is_deleted_after_a_week(ana: User) -> None:
    for days in (6, 8):
        failed_at = timezone.now() - timedelta(days=days)
        Mail.objects.create(template=outbox.RESET, address="x", user=ana, failed_at=failed_at)
    Housekeeping().do_what_is_due()
    mail = Mail.objects.get()
    assert mail.failed_at
    assert (timezone.now() - mail.failed_at).days == 6


def test_two_workers_send_a_mail_once(
    ana: User, send_mail: SendMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second worker starts while the first one is connected to the mail server."""
    request_reset_for()
    send = EmailMessage.send

    def send_slowly(message: EmailMessage, **options: object) -> int:
        for pk in Mail.objects.values_list("pk", flat=True):
            outbox.send(pk)
        return send(message, **options)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(EmailMessage, "send", send_slowly)
    assert len(send_mail()) == 1


@pytest.mark.only_on("postgresql")  # threads cannot wait for a lock in an in-memory SQLite database
@pytest.mark.django_db(transaction=True)
def test_many_concurrent_workers_send_a_mail_once(ana: User) -> None:
    Mail.objects.create(template=outbox.RESET, address="ana@example.com", user=ana)
    pk, together = Mail.objects.get().pk, threading.Barrier(6)

    def work() -> None:
        together.wait(10)
        outbox.send(pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent.outbox) == 1


def test_a_mail_of_a_killed_worker_is_sent_by_another(ana: User, send_mail: SendMail) -> None:
    Mail.objects.create(template=outbox.RESET, address="ana@example.com", user=ana)
    assert Mail.objects.claim(Mail.objects.get().pk)
    assert send_mail() == []
    Mail.objects.update(due_at=F("due_at") - timedelta(minutes=11))
    assert len(send_mail()) == 1


def test_the_clock_hands_out_a_mail_once(ana: User) -> None:
    request_reset_for()
    clock = Clock()
    for _ in range(3):
        clock._next_mail = 0
        clock.tick()
    results = task_backends["default"].results  # type: ignore[attr-defined]
    assert [(each.task.queue_name, each.args) for each in results] == [
        ("mail", [Mail.objects.get().pk])
    ]


@pytest.mark.parametrize("template", ACCOUNT_TEMPLATES)
def test_each_mail_template_is_rendered_completely_by_the_worker(ana: User, template: str) -> None:
    EmailAddress.objects.create(user=ana, email="new@example.com")
    facts = dict.fromkeys(outbox.FACTS, "a fact") | {"timestamp": timezone.now()}
    outbox.add_mail(template, "new@example.com", ana, **facts)
    message = outbox.compose(Mail.objects.get())
    assert message
    text = f"{message.subject}\n{message.body}"
    assert text.startswith("Playground: ")
    assert not re.search(r"\bNone\b|\{|\}|page:\n\n\n|, from the address  ", text)
    wants_link = re.search(r"\w+_url", (ROOT / f"templates/{template}_message.txt").read_text())
    assert bool(wants_link) == ("http://127.0.0.1:8000/" in text)


def test_a_malformed_user_agent_changes_nothing(client: Client, send_mail: SendMail) -> None:
    client.defaults["HTTP_USER_AGENT"] = 'x\0"\n{{ user.password }}'
    change_password(client)
    (message,) = send_mail()
    assert "{{ user.password }}" in body_of(message)


def test_no_log_contains_a_link_even_if_the_mail_server_quotes_it(
    ana: User, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    server.replies, server.quotes = {"DATA": "554 you wrote"}, True
    request_reset_for()
    send_all()
    assert Mail.objects.get().problem == "SMTPDataError 554"
    assert "SMTPDataError 554" in caplog.text
    assert "/reset/key/" not in caplog.text


@pytest.fixture
def no_mail_server(settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "playground.teams.outbox.NoServerBackend"}}


@pytest.mark.usefixtures("no_mail_server")
def test_without_a_mail_server_the_log_has_recipient_and_subject_but_no_link(
    client: Client, caplog: pytest.LogCaptureFixture, send_mail: SendMail
) -> None:
    caplog.set_level("INFO", "playground.teams.outbox")
    for action in (request_reset, request_reset_of_another, add_address):
        action(client)
    send_mail()
    EmailMessage("Hello", "the words http://x/join/abc/", to=["bo@example.com"]).send()
    logged = {record.getMessage() for record in caplog.get_records("call")}
    reset = 'A mail would go to "ana": "Playground: Choose a new password". Set EMAIL_URL'
    assert logged == {
        f'{reset}, or use: manage.py people reset "ana"',
        'A mail would go to "ana": "Playground: Confirm your email address". Set EMAIL_URL',
        'No mail server: a mail was not sent: "Hello"',
    }
    assert not Mail.objects.exists()


@pytest.mark.usefixtures("no_mail_server")
def test_without_a_mail_server_pages_do_not_offer_mail(ana: User) -> None:
    page = Client().get(RESET).text
    for address in ("ana@example.com", "nobody@example.com"):
        page += Client().post(RESET, {"email": address}, follow=True).text
    assert page.count("sends no mail") == 3
    assert "on its way" not in page


def test_the_outbox_stores_only_facts(ana: User) -> None:
    outbox.add_mail(
        "account/email/password_set", "x@example.com", ana, key="s3cret", ip="192.0.2.1"
    )
    assert Mail.objects.get().facts == {"ip": "192.0.2.1", "language": "en"}


def test_no_other_module_sends_mail() -> None:
    senders = [
        path.relative_to(ROOT).as_posix()
        for path in Path(ROOT / "playground").rglob("*.py")
        if re.search(r"\bsend_mail\(|mail_admins|EmailM\w+\(|\.send\(\)", path.read_text())
    ]
    assert sorted(senders) == ["playground/teams/accounts.py", "playground/teams/outbox.py"]
