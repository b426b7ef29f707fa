"""Stored files are served only to people who may see them."""

from pathlib import Path
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from playground.media import incoming
from playground.media.content import MP4, Content
from playground.media.pictures import read_picture
from playground.runs.files import media_files
from playground.runs.models import MediaKind, Output, Run
from playground.teams.models import Membership, Workspace
from tests.conftest import picture_bytes, read_body
from tests.media.pictures import animation

pytestmark = pytest.mark.once


def test_a_stored_picture_is_served_unchanged(client: Client, finished: Run) -> None:
    output = finished.outputs.get()
    response = client.get(output.get_absolute_url())
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Encoding"] == "identity"
    assert output.file
    assert len(read_body(response)) == output.file.size_bytes


def test_a_download_is_named_after_its_prompt(client: Client, finished: Run) -> None:
    response = client.get(finished.outputs.get().get_absolute_url(), {"download": ""})
    assert 'filename="a-lighthouse-1.jpg"' in response["Content-Disposition"]
    assert read_body(response)


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("../../etc/passwd", "etcpasswd-1.jpg"),
        ("gpj.\u202eexe\r\nX: y\0", "gpjexe-x-y-1.jpg"),
        ("\ufdfa" * 60, None),
        ("\u2066\u200b", "doubao-seedream-5-0-lite-1.jpg"),
    ],
    ids=["folders", "turned around", "spelt out", "unseen"],
)
def test_a_download_has_an_ascii_name(finished: Run, prompt: str, name: str | None) -> None:
    finished.inputs = {"prompt": prompt}
    finished.save(update_fields=["inputs"])
    output = Output.objects.get()
    assert output.download_name == (name or output.download_name)
    assert len(output.download_name) <= 70
    assert output.download_name.isprintable()


def test_files_of_another_workspace_are_not_found(finished: Run) -> None:
    bo = User.objects.create_user("bo")
    Membership.objects.create(workspace=Workspace.objects.create(name="Others"), user=bo)
    client = Client()
    client.force_login(bo)
    output = finished.outputs.get()
    for url in (output.get_absolute_url(), output.thumbnail_url, finished.get_absolute_url()):
        assert client.get(url).status_code == 404


def test_files_require_a_login(finished: Run) -> None:
    assert Client().get(finished.outputs.get().get_absolute_url()).status_code == 302


def test_a_file_that_vanished_is_not_found(client: Client, finished: Run) -> None:
    output = finished.outputs.get()
    assert output.file
    output.file.original.delete(save=False)
    assert client.get(output.get_absolute_url()).status_code == 404


@pytest.fixture
def output(workspace: Workspace, run: Run) -> Output:
    """A stored file of the bytes 0 to 99, with the row of a video."""
    with incoming.receive([bytes(range(100))]) as file:
        kept = media_files.store_file(workspace.pk, file, Content(format=MP4))
    return run.outputs.create(position=0, kind=MediaKind.VIDEO, file=kept, stored_at=run.created_at)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, 99),
        ("bytes=0-9", 0, 9),
        ("bytes=90-", 90, 99),
        ("bytes=90-1000", 90, 99),
        ("bytes=-10", 90, 99),
        ("bytes=-1000", 0, 99),
        ("bytes=99-99", 99, 99),
    ],
)
def test_a_range_request_is_answered_with_206(
    client: Client, output: Output, asked: str, first: int, last: int
) -> None:
    response = client.get(output.get_absolute_url(), headers={"Range": asked})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/100"
    assert response["Content-Length"] == str(last - first + 1)
    assert read_body(response) == bytes(range(first, last + 1))


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_an_unsatisfiable_range_is_refused(client: Client, output: Output, asked: str) -> None:
    response = client.get(output.get_absolute_url(), headers={"Range": asked})
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */100"


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "bytes=-", "bytes=9-1", "lines=1-2", "bytes=a-b", ""]
)
def test_an_invalid_range_gets_the_whole_file(client: Client, output: Output, asked: str) -> None:
    response = client.get(output.get_absolute_url(), headers={"Range": asked})
    assert response.status_code == 200
    assert response["Accept-Ranges"] == "bytes"
    assert len(read_body(response)) == 100


def test_a_range_with_another_etag_gets_the_whole_file(client: Client, output: Output) -> None:
    url = output.get_absolute_url()
    whole = client.get(url)
    same = client.get(url, headers={"Range": "bytes=0-9", "If-Range": whole["ETag"]})
    other = client.get(url, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (same.status_code, other.status_code) == (206, 200)
    assert [len(read_body(response)) for response in (whole, same, other)] == [100, 10, 100]


def test_a_file_with_a_matching_etag_is_not_sent_again(client: Client, output: Output) -> None:
    url = output.get_absolute_url()
    whole = client.get(url)
    assert read_body(whole)
    assert client.get(url, headers={"If-None-Match": whole["ETag"]}).status_code == 304


def test_a_picture_that_is_too_large_to_show_is_only_downloaded(
    client: Client, run: Run, workspace: Workspace
) -> None:
    with incoming.receive([picture_bytes((200, 100))]) as file:
        kept = media_files.store_file(workspace.pk, file, read_picture(file, limit_pixels=1000))
    output = run.outputs.create(position=0, file=kept, stored_at=run.created_at)
    response = client.get(output.get_absolute_url())
    assert response["Content-Disposition"].startswith("attachment")
    assert read_body(response) == picture_bytes((200, 100))
    assert "200 × 100 pixels" in client.get(run.get_absolute_url()).text


def test_an_animation_is_shown_animated(client: Client, run: Run, workspace: Workspace) -> None:
    with incoming.receive([animation("GIF")]) as file:
        kept = media_files.store_file(workspace.pk, file, read_picture(file, limit_pixels=10**6))
    output = run.outputs.create(position=0, file=kept, stored_at=run.created_at)
    page = client.get(run.get_absolute_url()).text
    assert f'src="{output.get_absolute_url()}"' in page
    still = f'<source srcset="{output.thumbnail_url}" media="(prefers-reduced-motion: reduce)">'
    assert still in page


# Served by nginx


@pytest.mark.parametrize("path", ["", "thumbnail/"])
def test_nginx_gets_the_file_and_its_headers(
    client: Client, finished: Run, settings: Settings, path: str
) -> None:
    address = f"/outputs/{finished.outputs.get().pk}/{path}"
    ours = client.get(address)
    body = read_body(ours)
    settings.ACCEL_REDIRECT = "/protected/"
    handed = client.get(address, headers={"Range": "bytes=0-9"})
    name = unquote(handed["X-Accel-Redirect"]).removeprefix("/protected/")
    assert (Path(settings.MEDIA_ROOT) / name).read_bytes() == body
    assert (handed.status_code, handed.content) == (200, b"")
    same = {*ours.headers} - {"Content-Length", "Accept-Ranges"}
    assert {each: handed[each] for each in same} == {each: ours[each] for each in same}


def test_nginx_is_told_no_file_that_the_reader_may_not_see(
    finished: Run, settings: Settings
) -> None:
    settings.ACCEL_REDIRECT = "/protected/"
    stranger = Client()
    stranger.force_login(User.objects.create_user("eve"))
    for client in (stranger, Client()):
        answer = client.get(finished.outputs.get().get_absolute_url())
        assert answer.status_code in {302, 403, 404}
        assert "X-Accel-Redirect" not in answer


def test_a_missing_file_is_not_handed_to_nginx(
    client: Client, finished: Run, settings: Settings
) -> None:
    settings.ACCEL_REDIRECT = "/protected/"
    output = finished.outputs.get()
    assert output.file
    output.file.original.storage.delete(str(output.file.original.name))
    assert client.get(output.get_absolute_url()).status_code == 404
