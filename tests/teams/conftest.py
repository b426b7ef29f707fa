"""People with other roles, a second workspace, the audit log, and sending mail."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client

from playground.teams import outbox
from playground.teams.audit import AuditEvent
from playground.teams.models import Mail, Membership, Role, Workspace

type AddPerson = Callable[..., Client]
type SendMail = Callable[[], list[EmailMessage]]


@pytest.fixture
def add_person(workspace: Workspace, ana: User) -> AddPerson:
    """Create a person with a role in a workspace, and return their logged-in client."""

    def add(name: str, role: Role | None, at: Workspace = workspace) -> Client:
        user, _ = User.objects.get_or_create(username=name)
        if role:
            Membership.objects.create(workspace=at, user=user, role=role)
        client = Client()
        client.force_login(user)
        return client

    return add


@pytest.fixture
def other_workspace(db: None) -> Workspace:
    return Workspace.objects.create(name="Others")


class AuditLog:
    """The lines of the audit log."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self.caplog = caplog

    def __call__(self) -> list[str]:
        records = self.caplog.get_records("call")
        return [each.getMessage() for each in records if each.name == "playground.audit"]

    def last(self, event: AuditEvent) -> str:
        return next(line for line in reversed(self()) if line.startswith(event))


@pytest.fixture
def audit_log(caplog: pytest.LogCaptureFixture) -> AuditLog:
    caplog.set_level("INFO", "playground.audit")
    return AuditLog(caplog)


@pytest.fixture
def send_mail(db: None) -> SendMail:
    """Send all due mail, as the worker does; return all mail sent in this test."""

    def send() -> list[EmailMessage]:
        while waiting := list(Mail.objects.due().values_list("pk", flat=True)):
            for pk in waiting:
                outbox.send(pk)
        return list(mail.outbox)

    return send
