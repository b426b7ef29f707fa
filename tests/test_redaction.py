"""Log lines contain no URLs whose secrets give access to an account or a file."""

import logging
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.converters import UUIDConverter
from gunicorn.config import Config
from pytest_django.fixtures import Settings

from playground import gunicorn
from playground.redaction import HIDDEN, RedactingFormatter, redact
from playground.teams import access
from playground.teams.models import Invitation, Workspace
from tests.test_canary import routes

pytestmark = pytest.mark.once

TOKEN = "q9XmT_3vLw-8ZkR5bYnA2cD7eF0gH1iJ"
SIGNED = f"eyJ{TOKEN}:1vPq:{TOKEN}"
LINKS = [
    f"/join/{TOKEN}/",
    f"/setup/?token={TOKEN}",
    f"/account/password/reset/key/1-{TOKEN}/",
    f"/account/confirm-email/{SIGNED}/",
    f"/hosted/{SIGNED}/",
    f"/account/oidc/sso/login/callback/?code={TOKEN}&state={TOKEN}",
    f"/account/oidc/sso/login/?process=connect&press={TOKEN}",
]
HARMLESS = {
    "slug",
    "action",
    "provider_id",
    "size",
    "row",
}  # converters of URLs whose values are words, not secrets


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    "line",
    [
        "Not Found: {}",
        "https://play.example.com{}",
        '"GET {} HTTP/1.1" 200',
        "('GET', '{}')",
        'path="{}"',
        "<a href={}>",
        "{}",
    ],
)
def test_a_secret_link_is_redacted_anywhere_in_a_line(link: str, line: str) -> None:
    redacted = redact(line.format(link))
    assert TOKEN not in redacted
    assert HIDDEN in redacted
    assert redacted.startswith(line.partition("{}")[0])
    assert redacted.endswith(line.partition("{}")[2])


@pytest.mark.parametrize("path", ["%2Fjoin%2F{}%2F", "%2fsetup%2f%3ftoken%3d{}%26a=b"])
def test_a_link_inside_an_address_is_redacted(path: str) -> None:
    assert TOKEN not in redact(f"GET /login/?next={path.format(TOKEN)} HTTP/1.1")


@pytest.mark.parametrize(
    "line", ["/runs/5/", "/gallery/?q=join/us", 'joined by="ana"', "/models/x/form/?check", "a=b"]
)
def test_text_that_is_no_secret_link_is_kept(line: str) -> None:
    assert redact(line) == line


def test_each_address_with_a_secret_is_redacted() -> None:
    """A new URL with a text argument must be redacted, or listed as harmless above."""
    secret = []
    for name, converters in routes(get_resolver().url_patterns):
        texts = {part for part, kind in converters.items() if not isinstance(kind, UUIDConverter)}
        if texts - HARMLESS:
            words = dict.fromkeys(converters, TOKEN) | dict.fromkeys(texts & {"uidb36"}, "1")
            assert TOKEN not in redact(reverse(name, kwargs=words)), name
            secret.append(name)
    assert {"join", "hosted_upload", "account_confirm_email"} <= set(secret)


def test_the_exception_of_a_log_record_is_redacted() -> None:
    formatter = RedactingFormatter("{levelname} {message}", style="{")
    try:
        raise ValueError(f"what came from /join/{TOKEN}/")  # noqa: TRY301 - caught below
    except ValueError as error:
        exc_info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", 40, "x", 1, "Went to %s", (LINKS[0],), exc_info)
    assert TOKEN not in formatter.format(record)


def test_our_log_and_gunicorns_logs_are_redacted(settings: Settings, tmp_path: Path) -> None:
    (line,) = settings.LOGGING["formatters"].values()
    assert line["()"].endswith("RedactingFormatter")
    config = Config()
    config.set("accesslog", str(tmp_path / "access"))
    config.set("errorlog", str(tmp_path / "error"))
    log = gunicorn.logger_class(config)
    log.error("Error handling request %s", LINKS[0])
    log.access_log.info('"GET %s HTTP/1.1" 200', LINKS[1])
    for handler in [*log.error_log.handlers, *log.access_log.handlers]:
        handler.close()
    log.error_log.handlers.clear()
    log.access_log.handlers.clear()
    for name in ("access", "error"):
        content = (tmp_path / name).read_text()
        assert HIDDEN in content
        assert TOKEN not in content


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Return the logged records of the test as our formatter writes them."""
    caplog.set_level("DEBUG")
    formatter = RedactingFormatter("{name} {message}", style="{")
    return lambda: "\n".join(map(formatter.format, caplog.get_records("call")))


def test_an_invitation_that_was_filled_in_wrong_or_too_often_is_not_logged(
    workspace: Workspace, ana: User, logged: Callable[[], str]
) -> None:
    _, token = Invitation.objects.issue(workspace=workspace, role="member", days=1)
    for _ in range(31):
        Client().post(f"/join/{token}/", {"username": "a b"})
    assert "/join/[hidden]/" in logged()
    assert token not in logged()


def test_a_reset_that_was_tried_too_often_is_not_logged(
    ana: User, logged: Callable[[], str]
) -> None:
    link = urlsplit(access.make_reset_link(ana)).path
    statuses = [Client().get(link).status_code for _ in range(3)]
    assert statuses == [302] * 3
    answers = [Client().post(link, {"password1": "x"}).status_code for _ in range(25)]
    assert answers[-1] == 429
    assert "/reset/key/[hidden]/" in logged()
    assert link.split("/")[-2] not in logged()


def test_account_log_records_are_redacted_for_other_handlers_too(
    workspace: Workspace, ana: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "playground.audit")
    _, token = Invitation.objects.issue(workspace=workspace, role="member", days=1)
    for _ in range(31):
        Client().post(f"/join/{token}/", {"username": "a b"})
    logged = [each.getMessage() for each in caplog.records if each.name == "playground.audit"]
    assert logged == ['too often from="127.0.0.1" path="/join/[hidden]/"']
