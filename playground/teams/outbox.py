"""Mail about accounts (outbox pattern): web processes insert rows, the worker sends them.

No request waits for a mail server, and response times do not reveal whether an address is known
(account enumeration): a password reset stores the typed address, and the worker looks up the
account.
"""

import json
import logging
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override

from playground import wake_ups
from playground.public_url import absolute_url, site_name
from playground.teams import access, languages
from playground.teams.models import Mail

logger = logging.getLogger(__name__)

RESET = "account/email/password_reset_key"
CONFIRM = "account/email/email_confirmation"
# Values of allauth's context that may be stored: no links, keys or codes.
LANGUAGE = "language"  # of the page from which the mail was requested
FACTS = ("timestamp", "ip", "user_agent", "from_email", "to_email", "deleted_email", "provider")

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
LIFETIME = timedelta(days=1)
RESET_LIFETIME = timedelta(hours=1)  # after that, nobody waits for it
LONGEST = 320  # of an address, and of the column
REFUSED_FOR_GOOD = 500  # RFC 5321 §4.2.1: 4yz may pass, 5yz does not


class NoServerBackend(BaseEmailBackend):
    """The mail backend without EMAIL_URL: sends no mail and prints no text of it."""

    def send_messages(self, email_messages: Any) -> int:
        for message in email_messages:
            logger.info("No mail server: a mail was not sent: %s", json.dumps(str(message.subject)))
        return len(email_messages)


def has_server() -> bool:
    """Whether EMAIL_URL names a mail server."""
    backend: str = settings.MAILERS["default"].get("BACKEND", "")
    return not backend.endswith(NoServerBackend.__name__)


def add_mail(template: str, address: str, user: User | None = None, **context: Any) -> None:
    """Queue a mail, in the transaction of the change that it is about."""
    facts = {name: write_fact(context[name]) for name in FACTS if name in context}
    facts[LANGUAGE] = get_language()
    Mail.objects.create(template=template, address=address[:LONGEST], user=user, facts=facts)
    wake_ups.wake_workers()


def write_fact(value: Any) -> str:
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return text.replace("\0", "")  # PostgreSQL's JSON has no null character


def send(pk: int) -> None:
    """Send one due mail; skip mails that another worker is sending."""
    mail = Mail.objects.claim(pk)
    if mail is None:
        return
    if timezone.now() > mail.made_at + lifetime_of(mail):
        give_up(mail, mail.problem or "No worker was running to send it in time.")
    elif mail.template == RESET and mail.user is None:
        find_whose(mail)
    else:
        deliver(mail)


def find_whose(request: Mail) -> None:
    """Replace a requested password reset by a mail for each account of the address, if any."""
    users = filter_users_by_email(
        request.address, is_active=True, prefer_verified=True, for_login=True
    )
    with transaction.atomic():
        for user in users:
            Mail.objects.create(
                template=RESET,
                address=request.address,
                user=user,
                made_at=request.made_at,
                facts=request.facts,
            )
        request.delete()


def deliver(mail: Mail) -> None:
    message = compose_for_reader(mail)
    if message is None:
        mail.delete()
    elif has_server():
        send_to_server(mail, message)
    else:
        log_unsent_mail(mail, message.subject)
        mail.delete()


def compose_for_reader(mail: Mail) -> EmailMessage | None:
    """Render the mail in the recipient's language."""
    asked_in: str = mail.facts.get(LANGUAGE, "")
    language = (
        languages.language_of(mail.user, asked_in) if mail.user else languages.known(asked_in)
    )
    with override(language or settings.LANGUAGE_CODE):
        return compose(mail)


def compose(mail: Mail) -> EmailMessage | None:
    """Render the mail with new links; None if it is obsolete."""
    links = LINKS.get(mail.template, no_link)(mail)
    if links is None:
        return None
    facts = {name: fact for name, fact in mail.facts.items() if name != LANGUAGE}
    if "timestamp" in facts:
        facts["timestamp"] = datetime.fromisoformat(facts["timestamp"])
    context = {"email": mail.address, "user": mail.user, "site_name": site_name()}
    message: EmailMessage = get_adapter().render_mail(
        mail.template, mail.address, context | facts | links
    )
    return message


def subject_of(mail: Mail) -> str:
    """Return the subject of a mail."""
    return " ".join(render_to_string(f"{mail.template}_subject.txt", mail.facts).split())


def send_to_server(mail: Mail, message: EmailMessage) -> None:
    try:
        message.send()
    except (OSError, ValueError) as error:  # SMTP's errors are OSErrors; a bad header a ValueError
        note_failure(mail, error)
    else:
        Mail.objects.filter(pk=mail.pk).delete()


def note_failure(mail: Mail, error: Exception) -> None:
    """Schedule a retry with backoff, or give up when it is too late."""
    problem = describe_error(error)
    logger.warning("A mail could not be sent (%s, try %d): %s", mail, mail.tries, problem)
    wait = min(FIRST_RETRY * 2 ** (mail.tries - 1), LONGEST_RETRY)
    due_at = timezone.now() + wait
    if is_final(error) or due_at > mail.made_at + lifetime_of(mail):
        give_up(mail, problem)
    else:
        mine = Mail.objects.filter(pk=mail.pk, tries=mail.tries)
        mine.update(due_at=due_at, problem=problem)


def give_up(mail: Mail, problem: str) -> None:
    logger.error("A mail will not be sent (%s): %s", mail, problem)
    mine = Mail.objects.filter(pk=mail.pk, tries=mail.tries)
    mine.update(failed_at=timezone.now(), facts={}, problem=problem)


def is_final(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= REFUSED_FOR_GOOD for code, _ in error.recipients.values())
    return isinstance(error, ValueError)


def describe_error(error: Exception) -> str:
    """Return only an error's type and code.

    The mail server's message may quote the mail, including a valid link.
    """
    kind = type(error).__name__
    match error:
        case smtplib.SMTPRecipientsRefused():
            return f"{kind} {sorted({code for code, _ in error.recipients.values()})}"
        case smtplib.SMTPResponseException():
            return f"{kind} {error.smtp_code}"
        case OSError(strerror=str(words)) if not isinstance(error, smtplib.SMTPException):
            return f"{kind}: {words}"[:200]
    return kind


def log_unsent_mail(mail: Mail, subject: object) -> None:
    """Log an unsent mail, without its content."""
    name = mail.user.get_username() if mail.user else "somebody"
    way = f", or use: manage.py people reset {json.dumps(name)}" if mail.template == RESET else ""
    facts = (json.dumps(name), json.dumps(str(subject)), way)
    logger.info("A mail would go to %s: %s. Set EMAIL_URL%s", *facts)


def lifetime_of(mail: Mail) -> timedelta:
    return RESET_LIFETIME if mail.template == RESET else LIFETIME


def no_link(mail: Mail) -> dict[str, str]:
    del mail
    return {}


def link_for_reset(mail: Mail) -> dict[str, str] | None:
    if mail.user is None or not mail.user.is_active:
        return None
    link = access.make_reset_link(mail.user)
    return {"password_reset_url": link, "username": mail.user.get_username()}


def link_for_confirmation(mail: Mail) -> dict[str, str] | None:
    """Return the link that confirms an address; None if it was confirmed or removed since."""
    waiting = EmailAddress.objects.filter(user=mail.user, email=mail.address, verified=False)
    address = waiting.first()
    if address is None:
        return None
    key = EmailConfirmationHMAC(address).key
    return {"activate_url": absolute_url(reverse("account_confirm_email", args=[key]))}


def link_to_reset_page(mail: Mail) -> dict[str, str]:
    del mail
    return {"password_reset_url": absolute_url(reverse("account_reset_password"))}


LINKS: dict[str, Callable[[Mail], dict[str, str] | None]] = {
    RESET: link_for_reset,
    CONFIRM: link_for_confirmation,
    f"{CONFIRM}_signup": link_for_confirmation,
    "account/email/account_already_exists": link_to_reset_page,
}
