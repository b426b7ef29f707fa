"""Any result is stored unchanged; decoding only decides how it is shown."""

import base64
import io
import json
import random
import zlib
from collections.abc import Callable

import pytest
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from playground.media import incoming, inspection
from playground.media.content import BrokenFileError, MediaKind
from playground.providers.errors import FileUnavailable
from playground.providers.protocol import OutputFile, TaskState, TaskStatus
from playground.runs.files import outputs
from playground.runs.models import MediaFile, Output, Run
from playground.runs.worker.clients import LIMITS
from playground.runs.worker.steps.listing import list_outputs
from tests.conftest import picture_bytes, read_body
from tests.media.pictures import encode, gradient, with_chunk, with_segment
from tests.media.videos import CLIP
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once

PNG, JPEG, AVIF = picture_bytes(), picture_bytes(kind="JPEG"), picture_bytes(kind="AVIF")
RANDOM_BYTES = random.Random(7).randbytes(600)
WORKFLOW = zlib.compress(json.dumps({"nodes": ["sampler"] * 300_000}).encode())

# Pictures with metadata that decoders reject and browsers ignore.
ODD_METADATA = {
    "a long workflow": with_chunk(PNG, b"zTXt", b"workflow\0\0" + WORKFLOW),
    "a long international text": with_chunk(PNG, b"iTXt", b"w\0\1\0\0\0" + WORKFLOW),
    "invalid EXIF": with_chunk(PNG, b"eXIf", b"\0\0no tiff here"),
    "a text with a wrong checksum": with_chunk(PNG, b"tEXt", b"a\0b", check=0),
    "EXIF with a wrong checksum": with_chunk(PNG, b"eXIf", b"II*\0\x08\0\0\0\0\0", check=0),
    "a text without a keyword": with_chunk(PNG, b"zTXt", b"\0"),
    "a large profile": with_chunk(PNG, b"iCCP", b"p\0\0" + zlib.compress(bytes(1_200_000))),
    "a broken profile": with_chunk(PNG, b"iCCP", b"p\0\0no zlib"),
    "a short gamma": with_chunk(PNG, b"gAMA", b"\0"),
    "invalid chromaticities": with_chunk(
        with_chunk(PNG, b"gAMA", b"\0\0\xff\xff"), b"cHRM", bytes(32)
    ),
    "a private chunk": with_chunk(PNG, b"prVt", bytes(100)),
    "JPEG with invalid EXIF": with_segment(JPEG, 0xE1, b"Exif\0\0no tiff here"),
    "JPEG with a broken MPF index": with_segment(JPEG, 0xE2, b"MPF\0II*\0\xff\xff\xff\xff"),
    "JPEG with a broken profile": with_segment(JPEG, 0xE2, b"ICC_PROFILE\0\1\2broken"),
    "JPEG with broken Photoshop data": with_segment(JPEG, 0xED, b"Photoshop 3.0\x008BIM\x03"),
    "AVIF with the brand mif1": AVIF.replace(b"ftypavif", b"ftypmif1", 1),
    "AVIF with the brand miaf": AVIF.replace(b"ftypavif", b"ftypmiaf", 1),
    "BMP": picture_bytes(kind="BMP"),
}  # fmt: skip

# Formats that browsers do not show, but which can be converted.
CONVERTED = {
    "TIFF": (picture_bytes(kind="TIFF"), "image/tiff"),
    "HEIC": (encode(gradient(), "HEIF"), "image/heic"),
    "JPEG 2000": (encode(gradient(), "JPEG2000"), "image/jp2"),
}
GLTF = b"glTF" + (2).to_bytes(4, "little") + (20).to_bytes(4, "little") + bytes(8)
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
MATROSKA = b"\x1aE\xdf\xa3\xa3\x42\x82\x88matroska" + bytes(100)

# Formats that no page shows.
NOT_SHOWN = {
    "JPEG XL": (b"\xff\x0a" + RANDOM_BYTES, "", "image/jxl", ".jxl"),
    "SVG": (SVG, "", "image/svg+xml", ".svg"),
    "SVG without a prologue": (SVG.partition(b"\n")[2], "", "image/svg+xml", ".svg"),
    "GLB": (GLTF, "", "model/gltf-binary", ".glb"),
    "Matroska": (MATROSKA, "", "video/x-matroska", ".mkv"),
    "AVI": (b"RIFF" + bytes(4) + b"AVI LIST" + bytes(100), "", "video/x-msvideo", ".avi"),
    "a zip": (b"PK\3\4" + RANDOM_BYTES, "", "application/zip", ".zip"),
    "PDF": (b"%PDF-1.7\n" + RANDOM_BYTES, "", "application/pdf", ".pdf"),
    "Photoshop": (b"8BPS\0\1" + RANDOM_BYTES, "", "image/vnd.adobe.photoshop", ".psd"),
    "AIFF": (b"FORM\0\0\0\0AIFF" + RANDOM_BYTES, "", "audio/aiff", ".aiff"),
    "text": (b"Ein Leuchtturm \xe2\x80\x93 am Meer", "story.txt", "text/plain", ".txt"),
    "Markdown": (b"# A lighthouse", "story.md", "text/plain", ".md"),
    "JSON": (b'{"a": [1, 2]}', "labels.json", "application/json", ".json"),
    "HTML": (b"<!doctype html><script>alert(1)</script>", "page.html", "text/html", ".html"),
    "a mesh": (b"o cube\nv 0 0 0\n", "mesh.obj", "text/plain", ".obj"),
    "unknown bytes": (RANDOM_BYTES, "scene.blob.zip", "application/octet-stream", ".bin"),
}


def first_half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def address_of(content: bytes, content_type: str = "") -> str:
    return f"data:{content_type};base64,{base64.b64encode(content).decode()}"


def store(run: Run, content: bytes, kind: MediaKind = MediaKind.IMAGE) -> Output:
    output = run.outputs.create(position=0, kind=kind, source_url=address_of(content))
    outputs.store_output(output, trusted_origin="http://127.0.0.1")
    return output


def inspect(
    content: bytes, name: str = "", wanted: MediaKind = MediaKind.IMAGE
) -> inspection.Inspection:
    with incoming.receive([content]) as file:
        return inspection.inspect(file, wanted, name, limit_pixels=10**7)


def content_of(output: Output) -> bytes:
    assert output.file
    with output.file.original.open() as kept:
        return bytes(kept.read())


@pytest.mark.parametrize("name", ODD_METADATA)
def test_broken_metadata_never_lose_the_picture(run: Run, name: str) -> None:
    output = store(run, ODD_METADATA[name])
    assert output.stored_at
    assert content_of(output) == ODD_METADATA[name]
    assert output.file
    assert output.file.is_showable
    with output.file.thumbnail.open() as kept, Image.open(kept) as small:
        assert small.size == (64, 48)


@pytest.mark.parametrize("name", CONVERTED)
def test_formats_browsers_do_not_show_get_a_converted_copy_and_a_note(
    client: Client, run: Run, name: str
) -> None:
    content, content_type = CONVERTED[name]
    output = store(run, content)
    assert output.file
    assert (content_of(output), output.file.content_type) == (content, content_type)
    assert output.file.thumbnail
    page = client.get(run.get_absolute_url()).text
    assert "Browsers do not show" in page
    assert output.thumbnail_url in page


@pytest.mark.parametrize("name", NOT_SHOWN)
def test_a_file_type_is_recognised_by_content(name: str) -> None:
    content, called, content_type, suffix = NOT_SHOWN[name]
    found = inspect(content, called, MediaKind.FILE)
    assert (found.content.content_type, found.content.format.suffix) == (content_type, suffix)
    assert (found.doubt, found.content.thumbnail) == (None, b"")


@pytest.mark.parametrize("content", [SVG, GLTF, b"words", b"<html>page</html>"])
def test_content_that_a_browser_might_execute_is_only_downloaded(
    client: Client, run: Run, content: bytes
) -> None:
    response = client.get(store(run, content, MediaKind.FILE).get_absolute_url())
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert read_body(response) == content


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        *((SVG, MediaKind.IMAGE), (GLTF, MediaKind.FILE), (MATROSKA, MediaKind.VIDEO)),
        (b"words <b>of</b> a model", MediaKind.TEXT),
    ],
)
@pytest.mark.parametrize("path", ["", "/gallery/"])
def test_every_page_can_show_a_file_of_any_kind(
    client: Client, run: Run, content: bytes, kind: MediaKind, path: str
) -> None:
    output = store(run, content, kind)
    for address in (path or run.get_absolute_url(), f"/gallery/{output.pk}/"):
        page = client.get(address)
        assert page.status_code == 200
    assert f"{output.get_absolute_url()}?download" in page.text
    assert "words &lt;b&gt;of&lt;/b&gt; a model" in page.text or kind != MediaKind.TEXT


# Truncated files, and files of another kind than expected


@pytest.mark.parametrize(
    "content",
    [
        *(first_half(encode(gradient(), kind)) for kind in ("JPEG", "PNG", "AVIF", "WEBP", "GIF")),
        *(CLIP.read_bytes()[:-100], RANDOM_BYTES, b"no such object", b'{"error": "busy"}'),
    ],
    ids=["JPEG", "PNG", "AVIF", "WebP", "GIF", "MP4", "noise", "text", "JSON"],
)
def test_a_possibly_damaged_file_is_held_and_can_be_downloaded(
    client: Client, run: Run, content: bytes
) -> None:
    output = run.outputs.create(position=0, source_url=address_of(content))
    with pytest.raises(BrokenFileError):
        outputs.store_output(output, trusted_origin="")
    output.refresh_from_db()
    assert output.stored_at is None
    assert content_of(output) == content
    assert read_body(client.get(output.get_absolute_url())) == content


def test_a_better_file_replaces_the_held_one(run: Run) -> None:
    output = run.outputs.create(position=0, source_url=address_of(JPEG[:-200]))
    with pytest.raises(BrokenFileError):
        outputs.store_output(output, trusted_origin="")
    output.source_url = address_of(JPEG)
    outputs.store_output(output, trusted_origin="")
    assert (output.stored_at is not None, content_of(output)) == (True, JPEG)
    assert MediaFile.objects.count() == 1


def test_a_file_that_is_given_up_is_kept_unchanged(
    client: Client, run: Run, sandbox: SandboxProcess, work_off: Callable[[], None]
) -> None:
    sandbox.fault("file", "truncated", count=10)
    work_off()
    output = run.outputs.get()
    assert (output.stored_at, output.problem) == (None, "This picture is damaged or cut off.")
    page = client.get(run.get_absolute_url()).text
    assert "It is saved unchanged" in page
    assert f"{output.get_absolute_url()}?download" in page
    assert content_of(output)


def test_a_complete_picture_that_cannot_be_decoded_is_stored_at_once(run: Run) -> None:
    start = PNG.index(b"IDAT") + 4
    output = store(run, PNG[:start] + bytes(20) + PNG[start + 20 :])
    assert output.stored_at
    assert output.file
    assert "could not be decoded" in output.file.note


def test_a_picture_over_the_pixel_limit_is_stored(run: Run, settings: Settings) -> None:
    settings.OUTPUT_LIMIT_PIXELS = 100
    output = store(run, PNG)
    assert output.file
    assert "too large to be shown here (64 × 48 pixels)" in output.file.note


def test_an_html_page_in_place_of_a_picture_is_no_result(run: Run) -> None:
    output = run.outputs.create(position=0, source_url=address_of(b"<html>Bad gateway</html>"))
    with pytest.raises(FileUnavailable):
        outputs.store_output(output, trusted_origin="")
    assert not MediaFile.objects.exists()


# Reference pictures


@pytest.mark.parametrize("name", ODD_METADATA)
def test_a_picture_with_malformed_metadata_is_accepted_as_a_reference(
    client: Client, name: str
) -> None:
    fields = {"name": "/files", "kind": "image", "file": io.BytesIO(ODD_METADATA[name])}
    assert client.post("/uploads/", fields).status_code == 200


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (encode(gradient(), "HEIF", quality=95), "image/jpeg"),
        (encode(gradient(), "AVIF", quality=95), "image/jpeg"),
        (encode(gradient("RGBA"), "AVIF", quality=95), "image/jpeg"),
        (encode(Image.new("RGBA", (60, 40), (255, 0, 0, 99)), "AVIF"), "image/png"),
        (picture_bytes(kind="BMP"), "image/png"),
        (picture_bytes(kind="TIFF"), "image/png"),
    ],
    ids=["HEIC", "AVIF", "opaque AVIF", "AVIF with holes", "BMP", "TIFF"],
)
@pytest.mark.parametrize("way", ["a file", "a result"])
def test_formats_providers_do_not_read_are_converted(
    client: Client, run: Run, content: bytes, content_type: str, way: str
) -> None:
    fields: dict[str, object] = {"name": "/files", "kind": "image"}
    if way == "a file":
        fields["file"] = io.BytesIO(content)
    else:
        fields["output"] = str(store(run, content).pk)
    response = client.post("/uploads/", fields)
    assert response.status_code == 200, response.text
    kept = MediaFile.objects.latest("created_at")
    assert kept.content_type == content_type
    with kept.original.open() as opened, Image.open(opened) as image:
        assert image.size == Image.open(io.BytesIO(content)).size


# Files as data URIs in a response


def test_a_converted_file_is_not_stored_twice(run: Run) -> None:
    written = address_of(PNG)
    state = TaskState(status=TaskStatus.SUCCEEDED, outputs=(OutputFile(url=written, kind="image"),))
    list_outputs(run, state)
    output = run.outputs.get()
    outputs.store_output(output, trusted_origin="")
    assert len(output.source_url) < 100
    list_outputs(run, state)  # the same response again
    assert run.outputs.get() == output


def test_a_response_may_contain_a_file_of_the_maximum_size(settings: Settings) -> None:
    written = LIMITS.body_bytes * 3 / 4
    assert written > settings.OUTPUT_LIMIT_BYTES
