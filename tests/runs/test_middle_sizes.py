"""Middle-size copies of a picture: made by the worker after the picture is stored."""

import io
from contextlib import AbstractContextManager
from typing import IO, Any

import pytest
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from playground.media import incoming, inspection, pictures
from playground.media.content import Format, MediaKind
from playground.media.decoding import DecodedPicture, open_picture
from playground.media.incoming import StorageFailedError
from playground.runs.files import media_files, middle_sizes
from playground.runs.models import MediaFile, Output, Run
from playground.runs.worker.housekeeping import Housekeeping
from tests.conftest import read_body
from tests.media.test_bucket import bucket, service  # noqa: F401 - fixtures

pytestmark = pytest.mark.once


def random_picture(width: int, height: int, kind: str = "PNG", **options: Any) -> bytes:
    """Return a picture of random pixels, which no format compresses well."""
    buffer = io.BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(buffer, kind, **options)
    return buffer.getvalue()


def store(run: Run, content: bytes) -> MediaFile:
    with incoming.receive([content]) as file:
        read = inspection.read_content(file, MediaKind.IMAGE, limit_pixels=10**8)
        return media_files.store_file(run.workspace_id, file, read)


def open_copy(copy: FieldFile) -> Image.Image:
    with copy.open() as file:
        return Image.open(io.BytesIO(file.read()))


def add_output(run: Run, content: bytes) -> Output:
    output: Output = run.outputs.create(position=run.outputs.count(), source_url="")
    output.keep(store(run, content))
    return output


def make_copies(output: Output) -> MediaFile:
    middle_sizes.draw_some()
    output.refresh_from_db()
    assert output.file
    assert output.file.is_sized
    return output.file


def test_a_large_picture_gets_copies_of_768_and_1536_pixels(run: Run) -> None:
    file = make_copies(add_output(run, random_picture(40, 1_600)))
    for copy, size in ((file.medium, (19, 768)), (file.large, (38, 1_536))):
        image = open_copy(copy)
        assert (image.format, image.size) == ("WEBP", size)


@pytest.mark.parametrize(
    ("side", "sizes"),
    [(768, []), (769, ["medium"]), (1_536, ["medium"]), (1_537, ["medium", "large"])],
)
def test_no_copy_is_larger_than_the_picture(run: Run, side: int, sizes: list[str]) -> None:
    file = make_copies(add_output(run, random_picture(side, 20)))
    assert [size for size in ("medium", "large") if getattr(file, size)] == sizes


def test_no_copy_has_more_bytes_than_the_picture(run: Run) -> None:
    file = make_copies(add_output(run, random_picture(800, 40, "WEBP", quality=1)))
    assert file.stored_names == [file.original.name, file.thumbnail.name]


def test_animations_get_no_copies(run: Run) -> None:
    frames = [Image.effect_noise((900, 8), spread) for spread in (10, 90)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    assert not make_copies(add_output(run, buffer.getvalue())).medium


def test_a_processed_picture_is_not_processed_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for content in (random_picture(900, 8), random_picture(8, 8), b"no picture"):
        with incoming.receive([content]) as file:
            read = inspection.inspect(file, MediaKind.FILE, "", limit_pixels=10**8).content
            media_files.store_file(run.workspace_id, file, read)
    middle_sizes.draw_some()
    monkeypatch.setattr(middle_sizes, "draw", lambda _: pytest.fail("looked at again"))
    middle_sizes.draw_some()
    assert MediaFile.objects.filter(is_sized=True).count() == 3


@pytest.mark.parametrize("damage", ["cut off", "vanished"])
def test_a_damaged_picture_stays_without_copies(run: Run, damage: str) -> None:
    output = add_output(run, random_picture(900, 8))
    assert output.file
    name = str(output.file.original.name)
    with default_storage.open(name) as file:
        content = file.read()
    default_storage.delete(name)
    if damage == "cut off":
        default_storage.save(name, io.BytesIO(content[: len(content) // 2]))
    drawn = make_copies(output)
    assert (bool(drawn.thumbnail), bool(drawn.medium)) == (True, False)


def test_the_newest_pictures_are_processed_first_in_small_batches(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middle_sizes, "BATCH", 1)
    old, new = add_output(run, random_picture(900, 8)), add_output(run, random_picture(900, 9))
    middle_sizes.draw_some()
    for output, is_drawn in ((old, False), (new, True)):
        output.refresh_from_db()
        assert output.file
        assert output.file.is_sized is is_drawn


def test_an_unresponsive_storage_is_retried_after_a_pause(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, now, asked = add_output(run, random_picture(900, 8)), [1_000.0], []

    def fail(*_: Any) -> None:
        asked.append(now[0])
        raise StorageFailedError

    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr(middle_sizes, "open_original", fail)
    worker = Housekeeping()
    for now[0] in (1_000.0, 1_059.0, 1_060.0):
        worker.do_what_is_due()
    assert asked == [1_000.0, 1_060.0]
    output.refresh_from_db()
    assert output.file
    assert not output.file.is_sized


def test_copies_of_a_faster_worker_are_kept(run: Run) -> None:
    output = add_output(run, random_picture(900, 8))
    assert output.file
    mine, names = MediaFile.objects.get(pk=output.file.pk), make_copies(output).stored_names
    middle_sizes.keep(mine, {"medium": b"later"})
    output.file.refresh_from_db()
    assert output.file.stored_names == names
    folder, _ = names[0].rsplit("/", 1)
    assert {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]} == set(names)


def test_a_picture_that_is_stored_again_gets_new_copies(run: Run) -> None:
    content = random_picture(900, 8)
    output = add_output(run, content)
    before = make_copies(output).stored_names
    default_storage.delete(before[0])
    store(run, content)
    output.refresh_from_db()
    assert output.file
    assert (output.file.is_sized, output.file.medium.name) == (False, "")
    assert not any(map(default_storage.exists, before))
    assert make_copies(output).medium


@pytest.mark.once
def test_copies_are_made_in_a_bucket_too(
    bucket: object,  # noqa: F811 - the fixture
    run: Run,
) -> None:
    file = make_copies(add_output(run, random_picture(900, 8)))
    assert open_copy(file.medium).size == (768, 7)


def test_a_copy_is_served_as_webp_and_a_missing_one_answers_404(client: Client, run: Run) -> None:
    output = add_output(run, random_picture(900, 8))
    medium, large, other = (
        reverse("output_size", args=[output.pk, size]) for size in ("medium", "large", "original")
    )
    assert client.get(medium).status_code == 404
    make_copies(output)
    response = client.get(medium)
    assert response["Content-Type"] == "image/webp"
    with Image.open(io.BytesIO(read_body(response))) as image:
        assert image.width == 768
    assert client.get(medium, headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert [client.get(each).status_code for each in (large, other)] == [404, 404]


def test_pages_offer_the_copies_or_else_the_original(client: Client, run: Run) -> None:
    output = add_output(run, random_picture(1_600, 800))
    viewer = reverse("picture", args=[output.pk])
    original = output.get_absolute_url()
    small = f"{output.thumbnail_url} 640w"
    assert (output.sources, output.large_sources) == (small, small)
    assert f'<img src="{original}"' in client.get(viewer).text
    make_copies(output)
    sizes = f"{original}sizes"
    assert output.sources == f"{small}, {sizes}/medium/ 768w, {sizes}/large/ 1536w"
    assert output.large_sources == output.sources
    page = client.get(viewer).text
    assert f'<img src="{sizes}/large/"' in page
    assert f'data-original="{original}"' in page
    assert f'srcset="{output.sources}"' in client.get(reverse("gallery")).text
    MediaFile.objects.update(large="")  # a copy is left out if it would have more bytes
    output.refresh_from_db()
    assert output.large_sources.endswith(f", {original} 1600w")


def test_a_picture_is_decoded_once_for_all_its_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    def count(file: IO[bytes], format_: Format) -> AbstractContextManager[DecodedPicture]:
        opened.append(format_)
        return open_picture(file, format_)

    monkeypatch.setattr(pictures, "open_picture", count)
    copies = pictures.resize(io.BytesIO(random_picture(1_600, 20)), (768, 1_536))
    assert (sorted(copies), len(opened)) == ([768, 1_536], 1)
