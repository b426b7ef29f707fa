"""Pages count files by kind: a video is not called a picture."""

import pytest
from django.test import Client
from django.utils.translation import override

from playground.catalog.models import ModelSpec
from playground.gallery.models import Collection
from playground.media.content import MediaKind
from playground.runs.models import MediaFile, Output
from playground.runs.pages.card import Card
from playground.runs.pages.file_counts import FileCount, merge_kinds
from playground.teams.models import Membership
from tests.gallery.conftest import AddPicture

VIDEO, SOUND, FILE = MediaKind.VIDEO, MediaKind.AUDIO, MediaKind.FILE


def change_kind(output: Output, kind: str, count: int = 1) -> Output:
    """Change the kind of the first `count` files of an output's run; return the output."""
    files = Output.objects.filter(run=output.run_id).values("file")[:count]
    MediaFile.objects.filter(pk__in=[each["file"] for each in files]).update(kind=kind)
    return output


@pytest.mark.parametrize(
    ("kind", "words"), [(VIDEO, "1 video"), (SOUND, "1 sound"), (FILE, "1 file")]
)
def test_a_board_and_a_gallery_say_what_they_have(
    client: Client, seedream: ModelSpec, add_picture: AddPicture, kind: str, words: str
) -> None:
    change_kind(add_picture("one"), kind)
    board = client.get(seedream.get_absolute_url()).text
    assert words in board
    assert "1 picture" not in board
    assert words in client.get("/gallery/").text
    assert words in client.get("/gallery/filters/").text


def test_files_of_several_kinds_are_files(
    client: Client, seedream: ModelSpec, add_picture: AddPicture
) -> None:
    change_kind(add_picture("one"), VIDEO)
    add_picture("two", count=2)
    for address in (seedream.get_absolute_url(), "/gallery/", "/gallery/filters/"):
        assert "3 files" in client.get(address).text


def test_a_card_counts_what_its_run_gave(add_picture: AddPicture) -> None:
    run = change_kind(add_picture("one", count=2), VIDEO, count=2).run
    assert str(Card(run=run, usual_seconds=None).file_count) == "2 videos"


def test_what_is_done_with_a_video_is_said_of_a_video(
    client: Client, add_picture: AddPicture
) -> None:
    output = change_kind(add_picture("one"), VIDEO)
    messages = [
        client.post(
            "/gallery/sort/",
            {"do": do, "output": str(output.pk), "tag_name": "best", "collect_name": "Films"},
            headers={"X-Requested-With": "fetch"},
        ).json()["message"]
        for do in ("stars 4", "tag", "collect", "trash", "restore")
    ]
    assert [words.partition("1 video")[1] for words in messages] == ["1 video"] * 5


def test_a_collection_and_a_tag_count_videos(
    client: Client, add_picture: AddPicture, membership: Membership
) -> None:
    output = change_kind(add_picture("one"), VIDEO)
    made = Collection.objects.create(workspace=membership.workspace, name="Films")
    made.outputs.add(output)
    assert "1 video" in client.get("/gallery/collections/").text


def test_counts_are_in_the_language_of_the_reader() -> None:
    with override("zh-hans"):
        assert str(FileCount(count=2, kind=VIDEO)) == "2个视频"
        assert str(FileCount(count=10_000, is_more=True)).endswith("+张图片")


@pytest.mark.parametrize(
    ("kinds", "kind"), [([], "image"), (["video"], "video"), (["video", "image"], "file")]
)
def test_kinds_are_merged(kinds: list[str], kind: str) -> None:
    assert merge_kinds(kinds) == kind
