"""Search by picture: by identical bytes, embedded inputs or perceptual hash."""

import io
from collections.abc import Callable
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance
from pytest_django.fixtures import Settings

from playground.media import incoming, perceptual_hash, pictures
from playground.media.color_metadata import ColorMetadata
from playground.media.decoding import DecodedPicture
from playground.runs.files import hash_backfill, media_files
from playground.runs.models import MediaFile, Output
from playground.runs.worker.housekeeping import Housekeeping
from playground.sandbox.art import Scene, draw
from playground.teams.rate_limits import LIMITS, Limit, LimitedAction
from tests.conftest import picture_bytes, read_body
from tests.gallery.conftest import AddPicture
from tests.media.pictures import encode

ADDRESS = "/gallery/find-by-picture/"
SCRIPT = {"X-Requested-With": "XMLHttpRequest"}
PROMPTS = (
    "a lighthouse at sunset",
    "the moon over the sea",
    "a cat in a garden",
    "a city at night",
)


@cache
def draw_picture(prompt: str, position: int = 0) -> Image.Image:
    """Return the picture that the sandbox draws for a prompt."""
    return draw(
        Scene(prompt=prompt, position=position, count=1, width=480, height=320,
              watermark=False, references=())
    )  # fmt: skip


def reencoded(picture: Image.Image, quality: int = 70) -> Image.Image:
    return Image.open(io.BytesIO(encode(picture, "JPEG", quality=quality)))


def cropped(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    return picture.crop((width // 100, height // 50, width - width // 50, height - height // 100))


def tinted(picture: Image.Image) -> Image.Image:
    return ImageEnhance.Color(ImageEnhance.Brightness(picture).enhance(1.08)).enhance(0.85)


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "re-encoded": reencoded,
    "half the size": lambda picture: picture.resize((240, 160)),
    "slightly cropped": cropped,
    "tinted": tinted,
    "all changes": lambda picture: reencoded(cropped(tinted(picture)).resize((240, 160))),
}


def hash_of(picture: Image.Image) -> bytes:
    opened = DecodedPicture(image=picture.copy(), looks=ColorMetadata(), orientation=1)
    return perceptual_hash.compute(pictures.shrink(opened, 512))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_slightly_changed_picture_has_a_similar_hash(prompt: str, change: str) -> None:
    picture = draw_picture(prompt)
    bits = perceptual_hash.distance_bits(hash_of(picture), hash_of(CHANGES[change](picture)))
    assert bits <= perceptual_hash.ALIKE


def test_different_pictures_of_the_sandbox_have_different_hashes() -> None:
    hashes = [
        hash_of(draw_picture(prompt, position)) for prompt in PROMPTS for position in range(3)
    ]
    assert all(
        perceptual_hash.distance_bits(*pair) > perceptual_hash.ALIKE
        for pair in combinations(hashes, 2)
    )


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
@pytest.mark.parametrize("colour", ["white", "black", "grey"])
def test_a_plain_surface_matches_nothing(mode: str, colour: str) -> None:
    assert perceptual_hash.compute(Image.new("RGB", (64, 48), colour).convert(mode)) == b""


HASHES = st.binary(min_size=perceptual_hash.BYTES, max_size=perceptual_hash.BYTES)


@given(one=HASHES, two=HASHES, three=HASHES)
def test_the_hash_distance_is_a_metric(one: bytes, two: bytes, three: bytes) -> None:
    assert perceptual_hash.distance_bits(one, one) == 0
    assert perceptual_hash.distance_bits(one, two) == perceptual_hash.distance_bits(two, one)
    assert (perceptual_hash.distance_bits(one, two) == 0) == (one == two)
    beside = perceptual_hash.distance_bits(one, two) + perceptual_hash.distance_bits(two, three)
    assert perceptual_hash.distance_bits(one, three) <= beside


@given(
    prompt=st.sampled_from(PROMPTS),
    width=st.integers(160, 700),
    height=st.integers(160, 700),
    quality=st.integers(60, 95),
)
@settings(max_examples=25, deadline=None)
def test_a_picture_of_any_size_matches_itself(
    prompt: str, width: int, height: int, quality: int
) -> None:
    other = reencoded(draw_picture(prompt).resize((width, height)), quality)
    assert (
        perceptual_hash.distance_bits(hash_of(draw_picture(prompt)), hash_of(other))
        <= perceptual_hash.ALIKE
    )


type AddStoredPicture = Callable[..., Output]


@pytest.fixture
def add_stored_picture(add_picture: AddPicture) -> AddStoredPicture:
    """Add a picture with a stored file and a perceptual hash."""

    def add(picture: Image.Image, prompt: str = "a cat", **facts: object) -> Output:
        output = add_picture(prompt, run=facts)
        with incoming.receive([encode(picture, "JPEG", quality=90)]) as file:
            content = pictures.read_picture(file, limit_pixels=10**7)
            output.file = media_files.store_file(output.run.workspace_id, file, content)
        output.save(update_fields=["file"])
        MediaFile.objects.filter(outputs=None).delete()
        return output

    return add


def search_by(client: Client, content: bytes, **options: Any) -> Any:
    file = SimpleUploadedFile("dropped.png", content, "image/png")
    return client.post(ADDRESS, {"file": file}, **options)


def page_of(output: Output) -> str:
    return f"/gallery/{output.pk}/"


def test_identical_bytes_find_their_picture(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    output = add_stored_picture(draw_picture(PROMPTS[0]))
    assert output.file
    with output.file.original.open() as file:
        response = search_by(client, file.read())
    assert response.status_code == 302
    assert response.headers["Location"] == page_of(output)


def test_a_download_finds_its_run_by_its_embedded_inputs(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    output, twin = (
        add_stored_picture(draw_picture(PROMPTS[0])),
        add_stored_picture(draw_picture(PROMPTS[0])),
    )
    download = read_body(client.get(f"{output.get_absolute_url()}?download"))
    assert output.file
    assert twin.file == output.file
    assert len(download) > output.file.size_bytes
    assert search_by(client, download).headers["Location"] == page_of(output)


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_finds_its_picture(
    client: Client, add_stored_picture: AddStoredPicture, change: str
) -> None:
    output, _ = (
        add_stored_picture(draw_picture(PROMPTS[0])),
        add_stored_picture(draw_picture(PROMPTS[1])),
    )
    copy = encode(CHANGES[change](draw_picture(PROMPTS[0])), "PNG")
    assert search_by(client, copy).headers["Location"] == page_of(output)


def test_a_screenshot_with_a_border_finds_its_picture(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    output, shot = (
        add_stored_picture(draw_picture(PROMPTS[0])),
        Image.new("RGB", (540, 370), "ivory"),
    )
    shot.paste(draw_picture(PROMPTS[0]), (40, 30))
    assert search_by(client, encode(shot, "PNG")).headers["Location"] == page_of(output)


def test_several_matches_are_listed_by_similarity(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    far = add_stored_picture(cropped(draw_picture(PROMPTS[0])), "the far one")
    near = add_stored_picture(reencoded(draw_picture(PROMPTS[0])), "the near one")
    Output.objects.filter(pk=far.pk).update(trashed_at=timezone.now())
    response = search_by(client, encode(draw_picture(PROMPTS[0]), "PNG"))
    page = client.get(response.headers["Location"]).text
    assert "Most similar first." in page
    assert 0 < page.index(page_of(near)) < page.index(page_of(far))
    assert page.count("In the trash") == 1


def test_private_pictures_of_others_are_not_found(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    bo = User.objects.create_user("bo")
    output = add_stored_picture(draw_picture(PROMPTS[0]), author=bo, is_shared=False)
    assert output.file
    with output.file.original.open() as file:
        content = file.read()
    for dropped in (content, encode(draw_picture(PROMPTS[0]), "PNG")):
        response = search_by(client, dropped)
        assert response.status_code == 422
        assert "No similar pictures found." in response.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"), (b"not a picture", "not a JPEG"), (picture_bytes()[:60], "damaged"),
        (picture_bytes(), "too little detail"), (b"x" * 21_000_000, "the limit is 20 MB"),
        (b"ID3" + b"x" * 99, "not with audio"), (b"\x00\x00\x00\x18ftypmp42" + b"x" * 99, "video"),
        (encode(Image.new("1", (30_000, 3_000)), "PNG"), "too large"),
    ],
)  # fmt: skip
def test_an_unsearchable_file_is_refused_with_a_message(
    client: Client, content: bytes, words: str
) -> None:
    answer = search_by(client, content, headers=SCRIPT)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert words in answer.content.decode()
    assert words in search_by(client, content).content.decode()
    assert not MediaFile.objects.exists()


def test_a_searched_file_is_not_stored(
    client: Client, add_stored_picture: AddStoredPicture, settings: Settings
) -> None:
    add_stored_picture(draw_picture(PROMPTS[0]))
    before = sorted(Path(settings.MEDIA_ROOT).rglob("*"))
    search_by(client, encode(draw_picture(PROMPTS[1]), "PNG"))
    assert sorted(Path(settings.MEDIA_ROOT).rglob("*")) == before
    assert MediaFile.objects.filter(outputs=None).count() == 0


def test_picture_searches_are_rate_limited(
    client: Client, add_stored_picture: AddStoredPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_stored_picture(draw_picture(PROMPTS[0]))
    monkeypatch.setitem(LIMITS, LimitedAction.UPLOAD, Limit(most=1, seconds=60))
    assert search_by(client, encode(draw_picture(PROMPTS[0]), "PNG")).status_code == 302
    assert search_by(client, encode(draw_picture(PROMPTS[0]), "PNG")).status_code == 429


def test_a_script_is_answered_with_the_address(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    output = add_stored_picture(draw_picture(PROMPTS[0]))
    answer = search_by(client, encode(draw_picture(PROMPTS[0]), "PNG"), headers=SCRIPT)
    assert (answer.status_code, answer.headers["Location"]) == (204, page_of(output))


@pytest.mark.parametrize("query", ["", "?look=", "?look=xyz", "?look=00", "?look=" + "0" * 100])
def test_any_return_address_is_answered(client: Client, query: str) -> None:
    assert client.get(f"{ADDRESS}{query}").status_code == 200


def test_the_gallery_searches_by_picture_without_javascript(client: Client) -> None:
    page = " ".join(client.get("/gallery/").text.split())
    assert f'method="post" action="{ADDRESS}" enctype="multipart/form-data"' in page
    answer = client.post(ADDRESS)
    assert answer.status_code == 422
    assert "Choose an image first." in answer.text


def stored_hashes() -> list[bytes | None]:
    stored = MediaFile.objects.order_by("sha256").values_list("perceptual_hash", flat=True)
    return [None if look is None else bytes(look) for look in stored]


def test_earlier_pictures_are_hashed_by_the_clock(add_stored_picture: AddStoredPicture) -> None:
    outputs = [add_stored_picture(draw_picture(prompt)) for prompt in PROMPTS[:3]]
    fresh = stored_hashes()
    MediaFile.objects.update(perceptual_hash=None)
    Housekeeping().do_what_is_due()
    late = stored_hashes()
    assert len(outputs) == len(late)
    pairs = zip(fresh, late, strict=True)
    assert all(
        one and other and perceptual_hash.distance_bits(one, other) <= 8 for one, other in pairs
    )


def test_a_missing_or_damaged_thumbnail_is_hashed_once(
    add_picture: AddPicture, add_stored_picture: AddStoredPicture
) -> None:
    gone, damaged = add_picture("gone").file, add_stored_picture(draw_picture(PROMPTS[0])).file
    assert gone
    assert damaged
    Path(damaged.thumbnail.path).write_bytes(b"RIFF")
    MediaFile.objects.update(perceptual_hash=None)
    assert hash_backfill.hash_some()
    assert not hash_backfill.hash_some()
    assert stored_hashes() == [b"", b""]
