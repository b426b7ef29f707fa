"""The language of a page or a mail: of the account, cookie, workspace or Accept-Language."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from playground.environment import read_locale_folder
from playground.languages import find_languages
from playground.teams import outbox
from playground.teams.languages import language_of
from playground.teams.models import Mail, Preferences, Workspace
from tests.teams.conftest import SendMail

pytestmark = pytest.mark.once

CHINESE = "zh-hans"


@pytest.fixture(autouse=True)
def _languages(settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), (CHINESE, "简体中文")]


def language_in(answer: HttpResponseBase) -> str:
    """Return the language of a page, after comparing its header with its root element."""
    language: str = answer.headers["Content-Language"]
    assert isinstance(answer, HttpResponse)
    assert f'<html lang="{language}" dir="ltr"' in answer.text
    return language


def set_workspace(workspace: Workspace, language: str) -> None:
    workspace.language = language
    workspace.save()


def accept_language(language: str) -> dict[str, str]:
    return {"Accept-Language": language}


def test_every_catalog_is_an_offered_language(tmp_path: Path) -> None:
    for name in ("zh_Hans", "de", "tlh"):
        folder = tmp_path / name / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.mo").touch()
    assert find_languages(tmp_path) == [
        ("en", "English"),
        ("de", "Deutsch"),
        ("tlh", "tlh"),  # Django has no name for it
        (CHINESE, "简体中文"),
    ]
    assert find_languages(tmp_path / "nothing") == [("en", "English")]


def test_catalogs_of_the_operator_are_offered_languages(tmp_path: Path) -> None:
    for name in ("own/fr", "own/zh_Hans", "locale/zh_Hans", "locale/de"):
        folder = tmp_path / name / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.mo").touch()
    found = find_languages(tmp_path / "own", tmp_path / "locale")
    assert [code for code, _ in found] == ["en", "de", "fr", CHINESE]


def test_a_locale_folder_without_a_catalog_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOCALE_DIR", raising=False)
    assert read_locale_folder(tmp_path) == []
    monkeypatch.setenv("LOCALE_DIR", "own")
    with pytest.raises(ImproperlyConfigured, match="LOCALE_DIR is 'own'"):
        read_locale_folder(tmp_path)
    folder = tmp_path / "own" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").touch()
    assert read_locale_folder(tmp_path) == [tmp_path / "own"]


@pytest.mark.parametrize("path", ["/login/", "/account/password/reset/", "/nothing/"])
def test_anonymous_visitors_get_the_language_of_their_browser(
    db: None, ana: User, path: str
) -> None:
    del db, ana
    assert (
        language_in(Client().get(path, headers=accept_language("zh-CN,zh;q=0.9,en;q=0.5")))
        == CHINESE
    )
    assert language_in(Client().get(path, headers=accept_language("fr,en;q=0.5"))) == "en"
    assert language_in(Client().get(path)) == "en"


def test_the_language_settings_have_the_documented_priority(
    client: Client, ana: User, workspace: Workspace
) -> None:
    def now() -> str:
        return language_in(client.get("/team/", headers=accept_language(CHINESE)))

    assert now() == CHINESE
    set_workspace(workspace, "en")
    assert now() == "en"
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = CHINESE
    assert now() == CHINESE
    Preferences.objects.create(user=ana, language="en")
    assert now() == "en"


def test_the_language_choice_is_stored_with_the_account(client: Client, ana: User) -> None:
    answer = client.post("/language/", {"language": CHINESE, "next": "/team/"})
    assert (answer.status_code, answer["Location"]) == (302, "/team/")
    assert ana.preferences.language == CHINESE
    elsewhere = Client()
    elsewhere.force_login(ana)
    assert language_in(elsewhere.get("/team/")) == CHINESE
    client.post("/language/", {"language": "", "next": "/team/"})
    assert language_in(client.get("/team/")) == "en"


def test_the_language_choice_of_the_login_page_is_stored_in_the_browser(ana: User) -> None:
    del ana
    stranger = Client()
    assert "简体中文" in stranger.get("/login/").text
    stranger.post("/language/", {"language": CHINESE, "next": "/login/"})
    assert language_in(stranger.get("/login/")) == CHINESE
    stranger.post("/login/", {"login": "ana", "password": "correct horse"})
    assert language_in(stranger.get("/team/")) == CHINESE


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""]
)
def test_the_language_switch_redirects_to_no_other_site(client: Client, back: str) -> None:
    answer = client.post("/language/", {"language": CHINESE, "next": back})
    assert answer["Location"] == "/"


def test_an_unknown_language_is_refused(client: Client, ana: User) -> None:
    client.post("/language/", {"language": "xx", "next": "/team/"})
    assert ana.preferences.language == ""
    Preferences.objects.update(language="xx")
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "yy"
    assert language_in(client.get("/team/")) == "en"


def test_responses_vary_by_language_in_caches(client: Client) -> None:
    assert {"Accept-Language", "Cookie"} <= set(client.get("/team/")["Vary"].split(", "))


def test_the_language_of_one_request_does_not_leak_into_the_next(client: Client) -> None:
    before = translation.get_language()
    client.get("/team/", headers=accept_language(CHINESE))
    assert translation.get_language() == before


def test_mail_is_in_the_language_of_its_reader(ana: User, workspace: Workspace) -> None:
    assert language_of(ana) == "en"
    assert language_of(ana, CHINESE) == CHINESE
    set_workspace(workspace, "en")
    assert language_of(ana, CHINESE) == "en"
    Preferences.objects.create(user=ana, language=CHINESE)
    assert language_of(ana) == CHINESE


def test_a_reset_mail_is_in_the_language_of_the_page(
    ana: User, send_mail: SendMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana.email = "ana@example.com"
    ana.save()
    written: list[str] = []
    compose = outbox.compose

    def note(mail: Mail) -> object:
        written.append(translation.get_language() or "")
        return compose(mail)

    monkeypatch.setattr(outbox, "compose", note)
    Client().post(
        "/account/password/reset/", {"email": ana.email}, headers=accept_language(CHINESE)
    )
    assert len(send_mail()) == 1
    assert written == [CHINESE]
