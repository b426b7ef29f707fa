"""Zip downloads of pictures: complete, portable, and without pictures the reader may not see."""

import csv
import io
import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from playground.archive import picture_zip
from playground.media.content import MediaKind
from playground.media.incoming import receive
from playground.media.inspection import inspect
from playground.media.storage import DiskStorage
from playground.runs.files.media_files import store_file
from playground.runs.models import Output, Run
from playground.teams.models import Membership, Role
from playground.teams.rate_limits import LIMITS, Limit, LimitedAction
from tests.archive.conftest import AddStoredPicture, remove_stored_file, select, unpack
from tests.conftest import picture_bytes
from tests.pseudo_language import IN_CHINESE, widen

pytestmark = pytest.mark.once

ZIP_ADDRESS = "/gallery/take/"


def rows(files: dict[str, bytes]) -> list[dict[str, str]]:
    text = files["runs.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_selected_pictures_are_zipped_as_stored(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    one, two = (
        add_stored_picture("a lighthouse", colour="red"),
        add_stored_picture("海边的灯塔", colour="navy"),
    )
    add_stored_picture("left here")
    files = unpack(select(client, ZIP_ADDRESS, one, two))
    pictures = {name: files[name] for name in files if name.startswith("pictures/")}
    assert pictures == {
        "pictures/a-lighthouse-1.png": picture_bytes((64, 48), colour="red"),
        "pictures/海边的灯塔-1.png": picture_bytes((64, 48), colour="navy"),
    }
    assert {row["prompt"] for row in rows(files)} == {"a lighthouse", "海边的灯塔"}
    assert "missing.txt" not in files


def test_all_results_of_a_search_are_zipped_without_a_selection(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    for prompt in ("a red fox", "a fox at night", "a boat"):
        add_stored_picture(prompt)
    files = unpack(client.get(ZIP_ADDRESS, {"q": "fox"}))
    assert sum(name.startswith("pictures/") for name in files) == 2


def test_each_run_comes_with_its_request_and_answer_without_the_key(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    output = add_stored_picture("a lighthouse", count=2)
    Run.objects.update(task_answer='{"data": {"status": "succeeded"}}')
    response = select(client, ZIP_ADDRESS, *output.run.outputs.all())
    files = unpack(response)
    folder = f"runs/{output.run_id}"
    assert json.loads(files[f"{folder}/request.json"])["body"]["input"]["prompt"] == "a lighthouse"
    assert json.loads(files[f"{folder}/answers.json"])["task"]["data"]["status"] == "succeeded"
    assert b"mv_sandbox_gallery" not in b"".join(files.values())
    assert response["Cache-Control"] == "no-store"


def test_two_files_in_a_zip_never_have_the_same_name(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    for prompt in ("A Fox", "a fox", "a fox 1", "a fox"):
        add_stored_picture(prompt)
    names = [name for name in unpack(client.get(ZIP_ADDRESS)) if name.startswith("pictures/")]
    assert len({name.casefold() for name in names}) == 4


def test_a_missing_file_is_named_and_does_not_stop_the_zip(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    gone, there = add_stored_picture("gone", colour="red"), add_stored_picture("there")
    remove_stored_file(gone, "original")
    files = unpack(select(client, ZIP_ADDRESS, gone, there))
    assert "pictures/gone-1.png: it is not in the storage" in files["missing.txt"].decode()
    assert "pictures/there-1.png" in files
    assert [row["file"] for row in rows(files)] == ["pictures/there-1.png", ""]


def test_csv_cells_are_not_formulas(client: Client, add_stored_picture: AddStoredPicture) -> None:
    add_stored_picture('=HYPERLINK("http://example.com")')
    (row,) = rows(unpack(client.get(ZIP_ADDRESS)))
    assert row["prompt"] == '\'=HYPERLINK("http://example.com")'
    assert row["model"] == "doubao-seedream-5-0-lite"


@pytest.mark.usefixtures("pseudo_chinese")
def test_the_html_page_is_in_the_language_of_who_downloads_it(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    chosen = {"output": [str(add_stored_picture("a lighthouse").pk)]}
    answer = client.post(ZIP_ADDRESS, chosen, headers=IN_CHINESE)
    with translation.override("en"):  # the zip is written after the request ended
        page = unpack(answer)["index.html"].decode()
    assert '<html lang="zh-hans"' in page
    assert widen("Details") in page


def test_private_runs_of_others_are_not_in_the_zip(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    bea = User.objects.create_user("bea")
    private = add_stored_picture("a secret", run={"author": bea, "is_shared": False})
    add_stored_picture("for all", colour="red")
    for response in (
        client.get(ZIP_ADDRESS),
        select(client, ZIP_ADDRESS, private, *Output.objects.all()),
    ):
        content = b"".join(unpack(response).values())
        assert b"for all" in content
        assert b"a secret" not in content


def test_viewers_can_download_a_zip(
    client: Client, add_stored_picture: AddStoredPicture, membership: Membership
) -> None:
    add_stored_picture("a lighthouse")
    Membership.objects.filter(pk=membership.pk).update(role=Role.VIEWER)
    assert "pictures/a-lighthouse-1.png" in unpack(client.get(ZIP_ADDRESS))


def test_an_empty_or_too_large_selection_is_refused_on_the_page_it_came_from(
    client: Client, add_stored_picture: AddStoredPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    response = client.post(ZIP_ADDRESS, {"output": "x", "back": "/gallery/?q=fox"}, follow=True)
    assert response.redirect_chain == [("/gallery/?q=fox", 302)]
    assert "Select a picture first." in response.text
    assert "No pictures match" in client.get(ZIP_ADDRESS, {"q": "fox"}, follow=True).text
    monkeypatch.setattr(picture_zip, "MOST", 1)
    add_stored_picture("one", count=2)
    assert "At most 1 pictures" in client.get(ZIP_ADDRESS, follow=True).text


def test_a_bucket_failure_during_the_zip_is_reported(
    client: Client, add_stored_picture: AddStoredPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError("connection reset")
            return super().read(min(size or 9, 9))

    add_stored_picture("a lighthouse")
    monkeypatch.setattr(DiskStorage, "open_part", lambda *_: Broken(b"x" * 99))
    files = unpack(client.get(ZIP_ADDRESS))
    assert files["pictures/a-lighthouse-1.png"] == b"x" * 9
    assert "cut off" in files["missing.txt"].decode()


def test_zip_downloads_are_rate_limited(
    client: Client, add_stored_picture: AddStoredPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, LimitedAction.DOWNLOAD, Limit(most=2, seconds=60))
    output = add_stored_picture("a lighthouse")
    answers = [
        client.get(ZIP_ADDRESS),
        select(client, "/gallery/sheet.png", output),
        client.get(ZIP_ADDRESS),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_an_executable_result_is_zipped_but_not_linked(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    output = add_stored_picture("a page")
    with receive([b"<!doctype html><script>alert(1)</script>"]) as file:
        look = inspect(file, MediaKind.FILE, "page.html", limit_pixels=1)
        output.file = store_file(output.run.workspace_id, file, look.content)
    output.save()
    files = unpack(select(client, ZIP_ADDRESS, output))
    name = next(each for each in files if each.endswith("-1.html"))
    assert files[name].startswith(b"<!doctype html>")
    page = next(files[each] for each in files if each.endswith("index.html")).decode()
    assert "The file is pictures/" in page
    assert f'href="{name}"' not in page
