"""Links begin with PUBLIC_BASE_URL, whatever host and port the request named."""

import io
import itertools
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from playground.runs.files import references
from playground.teams.models import Mail
from tests.launched import ROOT
from tests.tables import sample
from tests.teams.conftest import SendMail, send_mail
from tests.teams.sign_on_service import run_sign_on_service

pytestmark = pytest.mark.once

__all__ = ["send_mail"]

PUBLIC = "https://play.example.com"
HERE = "http://127.0.0.1:8000"
NEXT = "a long walk home"
RIGHT = {"login": "ana", "password": "correct horse"}
HOSTS = [
    *("play.example.com", "PLAY.Example.com", "play.example.com:31337", "play.example.com."),
    *("other.example.com", "other.example.com:8080"),
    *("localhost", "localhost:31337", "127.0.0.1", "127.0.0.1:8000", "[::1]:9", "LOCALHOST."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkContext:
    """What the functions below need: ana's browser, sent mail, settings and a folder."""

    browser: Client
    send_mail: SendMail
    settings: Settings
    folder: Path


type Make = Callable[[LinkContext], str]


def make_invitation(context: LinkContext) -> str:
    page = context.browser.post("/team/invitations/", {"role": "member", "days": "1"}).text
    return find(r'value="(https?://[^"]+/join/[^"]+)"', page)


def make_reset_mail(context: LinkContext) -> str:
    context.browser.logout()
    context.browser.post("/account/password/reset/", {"email": "ana@example.com"})
    return find(r"(https?://\S+/account/password/reset/key/\S+)", str(context.send_mail()[-1].body))


def make_confirmation_mail(context: LinkContext) -> str:
    context.browser.post("/login/", RIGHT)
    context.browser.post("/account/reauthenticate/", {"password": "correct horse"})
    context.browser.post("/account/email/", {"email": "new@example.com", "action_add": ""})
    return find(r"(https?://\S+/account/confirm-email/\S+)", str(context.send_mail()[-1].body))


def make_foot_of_mail(context: LinkContext) -> str:
    change = {"oldpassword": "correct horse"} | dict.fromkeys(("password1", "password2"), NEXT)
    context.browser.post("/account/password/change/", change)
    name = find(r"Playground at (\S+)$", str(context.send_mail()[-1].body))
    return f"{'https' if name.endswith('.com') else 'http'}://{name}/"


def print_reset(_: LinkContext) -> str:
    return printed("reset", "ana")


def print_invitation(_: LinkContext) -> str:
    return printed("invite")


def print_setup(context: LinkContext) -> str:
    context.settings.DATA_DIR = context.folder
    User.objects.all().delete()
    return printed("setup")


def printed(*words: str) -> str:
    out = io.StringIO()
    call_command("people", *words, stdout=out)
    return out.getvalue().strip()


def lead_to_single_sign_on(context: LinkContext) -> str:
    """Return the redirect URL that is sent to the single sign-on service."""
    context.browser.logout()
    with run_sign_on_service() as service:
        context.settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"APPS": [service.app], "OAUTH_PKCE_ENABLED": True}
        }
        location = context.browser.get("/account/oidc/sso/login/")["Location"]
    return parse_qs(urlsplit(location).query)["redirect_uri"][0]


def find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]


ON_PAGES: tuple[Make, ...] = (make_invitation, lead_to_single_sign_on)
ELSEWHERE: tuple[Make, ...] = (
    *(make_reset_mail, make_confirmation_mail, make_foot_of_mail),
    *(print_reset, print_invitation, print_setup),
)


@pytest.fixture
def client(ana: User, settings: Settings) -> Client:
    User.objects.update(email="ana@example.com")
    loopback = settings.LOOPBACK_NAMES
    settings.ALLOWED_HOSTS = [*loopback, "play.example.com", "other.example.com"]
    browser = Client()
    browser.force_login(ana)
    return browser


@pytest.fixture
def context(client: Client, send_mail: SendMail, settings: Settings, tmp_path: Path) -> LinkContext:
    return LinkContext(browser=client, send_mail=send_mail, settings=settings, folder=tmp_path)


@pytest.mark.parametrize(
    ("make", "host"), sample(itertools.product([*ON_PAGES, *ELSEWHERE], HOSTS), 12)
)
def test_each_link_begins_with_public_base_url_at_any_host(
    context: LinkContext, make: Make, host: str
) -> None:
    context.settings.PUBLIC_BASE_URL = PUBLIC
    context.browser.defaults["HTTP_HOST"] = host
    assert make(context).startswith(f"{PUBLIC}/")


@pytest.mark.parametrize(("make", "host"), sample(itertools.product(ELSEWHERE, HOSTS), 10))
def test_without_a_public_address_mail_and_terminal_lead_to_this_machine(
    context: LinkContext, make: Make, host: str
) -> None:
    context.browser.defaults["HTTP_HOST"] = host
    assert make(context).startswith(f"{HERE}/")


@pytest.mark.parametrize(("make", "host"), sample(itertools.product(ON_PAGES, HOSTS), 7))
def test_without_a_public_address_the_links_of_a_page_lead_where_the_page_is(
    context: LinkContext, make: Make, host: str
) -> None:
    context.browser.defaults["HTTP_HOST"] = host
    assert make(context).startswith(f"http://{host}/")


def test_the_signed_address_of_a_reference_is_public(settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = PUBLIC
    tomorrow = timezone.now() + timedelta(days=1)
    assert references.host(uuid.uuid4(), tomorrow).startswith(f"{PUBLIC}/hosted/")


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    "elsewhere", ["//localhost/", "http://127.0.0.1/", "https://evil.example/"]
)
def test_login_redirects_to_no_other_host(
    client: Client, settings: Settings, host: str, elsewhere: str
) -> None:
    client.logout()
    settings.PUBLIC_BASE_URL = PUBLIC
    client.defaults["HTTP_HOST"] = host
    answer = client.post(f"/login/?next={elsewhere}", RIGHT | {"next": elsewhere})
    home = answer["Location"]
    assert home == "/" or urlsplit(home).netloc == host  # the host of the page


def test_links_are_built_in_one_place() -> None:
    makers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "playground").rglob("*.py")
        if re.search(r"build_absolute_uri|get_current_site|settings\.PORT\b", path.read_text())
    }
    compares = {"playground/teams/demo_login.py"}  # the Host header with the printed URL
    starts = {"playground/gunicorn.py", "playground/launch.py"}
    assert makers == {"playground/public_url.py", *starts, *compares}


LOOPBACK = ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:31337", "[::1]", "localhost."]
ELSEWHERE_FROM: dict[str, dict[str, str]] = {
    "another machine": {"REMOTE_ADDR": "192.0.2.7"},
    "a proxy here": {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"},
    "a socket": {"REMOTE_ADDR": ""},
}


@pytest.mark.parametrize("host", LOOPBACK)
@pytest.mark.parametrize("source", ELSEWHERE_FROM)
def test_pages_at_a_loopback_host_redirect_to_public_base_url(
    client: Client, settings: Settings, host: str, source: str
) -> None:
    settings.PUBLIC_BASE_URL = PUBLIC
    client.defaults |= ELSEWHERE_FROM[source] | {"HTTP_HOST": host}
    for path in ("/login/", "/team/?a=b", "/static/css/main.css"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"{PUBLIC}{path}")
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.post("/account/password/reset/", {"email": "ana@example.com"}).status_code == 400
    assert not Mail.objects.exists()


@pytest.mark.parametrize("host", LOOPBACK)
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_checks_are_answered_at_loopback_names(
    client: Client, settings: Settings, host: str, path: str
) -> None:
    settings.PUBLIC_BASE_URL = PUBLIC
    for source in ({}, *ELSEWHERE_FROM.values()):
        client.defaults |= source | {"HTTP_HOST": host}
        assert client.get(path).status_code in {200, 503}


@pytest.mark.parametrize("host", LOOPBACK)
def test_the_operator_opens_pages_on_the_machine_itself(
    client: Client, settings: Settings, host: str
) -> None:
    settings.PUBLIC_BASE_URL = PUBLIC
    assert client.get("/team/", HTTP_HOST=host).status_code == 200


@pytest.mark.parametrize("base", ["", "http://localhost:8000", "http://[::1]:8000"])
def test_where_the_public_address_is_loopback_its_names_serve_pages(
    client: Client, settings: Settings, base: str
) -> None:
    settings.PUBLIC_BASE_URL = base
    for source in ELSEWHERE_FROM.values():
        client.defaults |= source | {"HTTP_HOST": "localhost:8000"}
        assert client.get("/team/").status_code == 200
