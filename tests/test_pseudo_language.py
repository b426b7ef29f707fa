"""Untranslated texts in responses and stored texts, found by `pseudo_language.py`."""

import re
import uuid
from collections.abc import Callable
from html import unescape
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from playground import texts
from playground.catalog.models import ModelSpec
from playground.media import texts as of_media
from playground.media.content import BrokenFileError
from playground.providers import errors
from playground.providers import texts as of_providers
from playground.runs import problems
from playground.runs import texts as of_runs
from playground.runs.models import Event, MediaFile, Output, Run
from playground.teams.models import ApiKey, Workspace
from tests.pseudo_language import CHINESE, IN_CHINESE, SCRIPT, untranslated, widen

pytestmark = [pytest.mark.usefixtures("pseudo_chinese"), pytest.mark.once]


def test_the_pseudo_language_keeps_placeholders() -> None:
    assert widen("At most %(count)d of <b>it</b>") == "Ａｔ ｍｏｓｔ %(count)d ｏｆ <b>ｉｔ</b>"
    assert untranslated(widen("This is 3 MB.")) == []
    assert untranslated("This is 3 MB.") == ["This", "is"]


@pytest.fixture
def run(workspace: Workspace, ana: User, seedream: ModelSpec) -> Run:
    key = ApiKey.objects.store(workspace, "mindvideo", "mv_a_key")
    return Run.objects.create(
        workspace=workspace, author=ana, spec=seedream, api_key=key, inputs={"prompt": "a boat"}
    )


PROBLEMS: list[Exception] = [
    errors.Unavailable(of_providers.GATEWAY(status=502)),
    errors.Unreachable(of_providers.UNREACHABLE),
    errors.KeyRefused(of_providers.KEY_REFUSED),
    errors.LinkExpired(of_providers.LINK_EXPIRED(status=404)),
    BrokenFileError(of_media.SIDE_TOO_LONG(width="9,000", height="10", most="8,192")),
    problems.KeyGoneError(of_runs.KEY_DELETED(key="Team ···1234")),
    problems.ServiceMovedError(of_runs.ADDRESS_CHANGED(before="https://a", now="https://b")),
    problems.InternalError(of_runs.SOMETHING_UNEXPECTED),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda each: each.args[0].name)
def test_one_row_is_read_in_two_languages(client: Client, run: Run, problem: Exception) -> None:
    columns = problems.columns_of(run, problem)
    run.note(status="failed", finished_at=timezone.now(), **columns)
    run.log(problems.words_of(problem))
    run = Run.objects.get(pk=run.pk)
    text: texts.Text = problem.args[0]
    assert run.problem_words == columns["problem_message"] == text.in_english
    with translation.override(CHINESE):
        wide = widen(text.english) % text.values
        assert run.problem_words == wide
        assert str(run.events.get()) == wide
    page = unescape(client.get(run.get_absolute_url(), headers=IN_CHINESE).text)
    assert wide in page
    assert text.in_english not in page
    assert text.in_english in unescape(client.get(run.get_absolute_url()).text)


def test_the_reason_of_a_missing_file_is_read_in_two_languages(run: Run) -> None:
    output = Output.objects.create(run=run, position=0, kind="image")
    output.give_up(of_media.FILE_EMPTY)
    output.refresh_from_db()
    assert output.problem_words == "This file is empty."
    with translation.override(CHINESE):
        assert output.problem_words == widen("This file is empty.")


def test_rows_of_earlier_versions_are_shown_as_they_are(run: Run) -> None:
    run.problem_message = "The service took a nap."
    event = Event.objects.create(run=run, source="ours", words="It took a nap.")
    with translation.override(CHINESE):
        assert run.problem_words == "The service took a nap."
        assert str(event) == "It took a nap."


def test_a_later_text_of_an_earlier_version_is_shown(run: Run) -> None:
    """It writes only the English column; the translatable text is still that of another problem."""
    run.note(**problems.columns_of(run, errors.Unreachable(of_providers.UNREACHABLE)))
    Run.objects.filter(pk=run.pk).update(problem_message="The service cannot be reached.")
    with translation.override(CHINESE):
        assert Run.objects.get(pk=run.pk).problem_words == "The service cannot be reached."


@pytest.mark.parametrize(
    "stored",
    [None, [], {}, {"english": "So."}, {"english": "So.", "name": "of_a_later_version"},
     {"english": "So.", "name": "gateway", "values": {}},
     {"english": "So.", "name": "gateway", "values": None}],
)  # fmt: skip
def test_a_stored_text_that_cannot_be_read_leaves_the_english_words(stored: Any) -> None:
    with translation.override(CHINESE):
        assert texts.say(stored, "So.") in {"So.", widen("So.")}


def test_provider_messages_are_not_translated(run: Run) -> None:
    columns = problems.columns_of(
        run, errors.Refused(of_providers.REFUSED, provider_message="No boats today.")
    )
    assert (columns["problem_message"], columns["problem_text"]) == ("No boats today.", {})


def test_no_two_stored_texts_have_one_name() -> None:
    with pytest.raises(ValueError, match="gateway"):
        texts.kept("gateway", "Again.")


type Ask = Callable[[Client, Output], HttpResponse]


def post(path: str, **data: Any) -> Ask:
    def ask(client: Client, output: Output) -> HttpResponse:
        fields = {name: output.pk if value is Output else value for name, value in data.items()}
        answer = client.post(path, fields, headers=SCRIPT)
        assert isinstance(answer, HttpResponse)
        return answer

    return ask


SORT = "/gallery/sort/"
ANSWERS: dict[str, tuple[HTTPStatus, Ask]] = {
    "nothing chosen": (HTTPStatus.UNPROCESSABLE_ENTITY, post(SORT, do="stars 3")),
    "stars": (HTTPStatus.OK, post(SORT, do="stars 3", output=Output)),
    "no such rating": (HTTPStatus.UNPROCESSABLE_ENTITY, post(SORT, do="stars 9", output=Output)),
    "trash": (HTTPStatus.OK, post(SORT, do="trash", output=Output)),
    "tag": (HTTPStatus.OK, post(SORT, do="tag", tag_name="best", output=Output)),
    "no name": (HTTPStatus.UNPROCESSABLE_ENTITY, post(SORT, do="tag", tag_name="", output=Output)),
    "no such tag": (HTTPStatus.UNPROCESSABLE_ENTITY, post(SORT, do="untag best", output=Output)),
    "collect": (HTTPStatus.OK, post(SORT, do="collect", collect_name="best", output=Output)),
    "nothing to undo": (HTTPStatus.OK, post(SORT, do="undo")),
    "no file": (HTTPStatus.UNPROCESSABLE_ENTITY, post("/uploads/", name="/image")),
    "a broken file": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        post("/uploads/", name="/image", file=SimpleUploadedFile("boat", b"no picture")),
    ),
    "nothing to search by": (HTTPStatus.UNPROCESSABLE_ENTITY, post("/gallery/find-by-picture/")),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_to_a_script_is_wholly_translated(client: Client, run: Run, name: str) -> None:
    output = make_output(run)
    status, ask = ANSWERS[name]
    answer = ask(client, output)
    assert answer.status_code == status
    is_json = answer["Content-Type"].startswith("application/json")
    said = answer.json()["message"] if is_json else answer.text  # type: ignore[attr-defined]
    assert re.search(r"[Ａ-ｚ]", said)
    assert untranslated(said, "best", *FORMATS) == []


FORMATS = ("JPEG", "PNG", "WebP", "GIF", "AVIF", "HEIC")


def make_output(run: Run) -> Output:
    file = MediaFile.objects.create(
        workspace=run.workspace,
        sha256=uuid.uuid4().hex * 2,
        kind="image",
        content_type="image/png",
        size_bytes=1,
    )
    facts = {"stored_at": timezone.now(), "kind": "image", "file": file}
    return Output.objects.create(run=run, position=0, **facts)


def test_a_refusal_by_role_is_translated(bo: Client) -> None:
    answer = bo.post("/team/keys/", {}, headers=SCRIPT)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert untranslated(answer.text) == []


def test_a_login_that_is_missing_is_translated(db: None) -> None:
    answer = Client().get("/gallery/", headers=SCRIPT)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert untranslated(answer.text) == []


def test_a_refusal_before_any_page_is_translated(client: Client, settings: Settings) -> None:
    settings.TEXT_LIMIT_BYTES = 1_000
    answer = client.post("/team/keys/", {"name": "x" * 2_000}, headers=SCRIPT)
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert untranslated(answer.text) == []
