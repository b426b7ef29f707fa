"""Downloads contain the inputs of their run as metadata; the pictures are otherwise unchanged."""

import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pytest_django.fixtures import Settings

from playground.catalog.models import ModelSpec
from playground.media import containers, incoming
from playground.media.patched import PatchedFile
from playground.media.pictures import read_picture
from playground.runs.files import media_files
from playground.runs.files.embedded_inputs import (
    make_embedded_inputs,
    read_embedded_inputs,
    write_embedded_inputs,
)
from playground.runs.models import Output, Run, Upload
from tests.conftest import picture_bytes, read_body
from tests.media.pictures import with_chunk, with_segment

pytestmark = pytest.mark.once

TEXT = b'{"prompt":"<a & \\u732b>"}'
FOREIGN_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
    b'syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    b'dc:source="theirs"/></rdf:RDF></x:xmpmeta>'
)


def encoded_picture(kind: str, mode: str = "RGB", **options: object) -> bytes:
    buffer = io.BytesIO()
    picture = Image.effect_mandelbrot((61, 40), (-2, -1, 1, 1), 50).convert(mode)
    if mode == "RGBA":
        picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


PICTURES = {
    "png": encoded_picture("PNG", "RGBA"),
    "jpeg": encoded_picture("JPEG"),
    "jpeg with exif": encoded_picture("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
    "jpeg with xmp": encoded_picture("JPEG", xmp=FOREIGN_XMP),
    "webp": encoded_picture("WEBP"),
    "webp without loss": encoded_picture("WEBP", lossless=True),
    "webp with alpha": encoded_picture("WEBP", "RGBA", lossless=True),
    "webp, lossy with alpha": encoded_picture("WEBP", "RGBA"),
    "webp with xmp": encoded_picture("WEBP", xmp=FOREIGN_XMP),
}


def reader(content: bytes) -> Callable[[int, int], bytes]:
    return lambda start, length: content[start : start + length]


def embed_text(content: bytes, text: bytes = TEXT) -> bytes:
    changes = containers.find_changes(reader(content), len(content), text)
    return io.BufferedReader(PatchedFile(io.BytesIO(content), changes)).read()


def pixels(content: bytes) -> tuple[str, bytes]:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.mode, picture.tobytes()


@pytest.mark.parametrize("name", PICTURES)
def test_embedded_text_round_trips_without_changing_pixels(name: str) -> None:
    carrying = embed_text(PICTURES[name])
    assert carrying != PICTURES[name]
    assert pixels(carrying) == pixels(PICTURES[name])
    assert containers.find_text(reader(carrying)) == TEXT


@pytest.mark.parametrize("name", [name for name in PICTURES if name != "png"])
def test_other_programs_read_the_embedded_text_as_xmp(name: str) -> None:
    with Image.open(io.BytesIO(embed_text(PICTURES[name]))) as picture:
        packet = picture.info["xmp"]
    found = ET.fromstring(packet).find(".//{urn:playground:inputs}inputs")
    assert found is not None
    assert json.loads(found.text or "") == {"prompt": "<a & 猫>"}
    assert (b"theirs" in packet) == ("xmp" in name)


def test_other_programs_read_the_embedded_text_of_a_png() -> None:
    with Image.open(io.BytesIO(embed_text(PICTURES["png"]))) as picture:
        assert picture.info["playground"].encode() == TEXT


@pytest.mark.parametrize("name", PICTURES)
def test_a_text_that_is_too_long_is_not_embedded(name: str) -> None:
    assert embed_text(PICTURES[name], b"x" * 70_000) == PICTURES[name]


@pytest.mark.parametrize("name", ["jpeg", "webp"])
def test_a_truncated_file_is_unchanged_or_shows_the_same_picture(name: str) -> None:
    for length in range(0, 200, 7):
        part = PICTURES[name][:length]
        assert embed_text(part).startswith(part[:2])


@given(st.binary(max_size=200), st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF"]))
def test_any_bytes_are_read_without_an_error(content: bytes, head: bytes) -> None:
    file = head + (b"....WEBP" if head == b"RIFF" else b"") + content
    assert read_embedded_inputs(reader(file)) is None
    containers.find_changes(reader(file), len(file), TEXT)


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 50_000,
        b'{"playground":1}',
        b'{"playground":1,"model":"../x","inputs":{}}',
        b'{"playground":2,"model":"x","inputs":{}}',
        b'{"playground":1,"model":"x","inputs":{"n":NaN}}',
        b'{"playground":1,"model":"x","inputs":{"a":"\\ud800"}}',
        b"[]",
    ],
)
def test_metadata_of_other_programs_is_ignored(text: bytes) -> None:
    assert read_embedded_inputs(reader(embed_text(PICTURES["png"], text))) is None


def test_a_download_contains_its_inputs(client: Client, finished: Run) -> None:
    address = finished.outputs.get().get_absolute_url()
    response = client.get(address, {"download": ""}, headers={"Range": "bytes=0-9"})
    content = read_body(response)
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(content))
    assert read_embedded_inputs(reader(content)) == make_embedded_inputs(finished)
    assert pixels(content) == pixels(read_body(client.get(address)))


def test_the_stored_file_is_unchanged(client: Client, finished: Run) -> None:
    file = finished.outputs.get().file
    assert file
    before = Path(file.original.path).read_bytes()
    read_body(client.get(finished.outputs.get().get_absolute_url(), {"download": ""}))
    assert Path(file.original.path).read_bytes() == before


def test_a_download_with_a_matching_etag_is_not_sent_again(client: Client, finished: Run) -> None:
    address = finished.outputs.get().get_absolute_url()
    known, shown = client.get(address, {"download": ""}), client.get(address)
    read_body(known), read_body(shown)
    again = client.get(address, {"download": ""}, headers={"If-None-Match": known["ETag"]})
    assert again.status_code == 304
    assert known["ETag"] != shown["ETag"]


def test_downloads_contain_inputs_with_nginx_too(
    client: Client, finished: Run, settings: Settings
) -> None:
    settings.ACCEL_REDIRECT = "/protected/"
    address = finished.outputs.get().get_absolute_url()
    response = client.get(address, {"download": ""})
    assert "X-Accel-Redirect" not in response
    assert read_embedded_inputs(reader(read_body(response)))


@pytest.fixture
def run_with_secrets(finished: Run) -> Run:
    """A run with a password and an uploaded file among its inputs."""
    schema = finished.spec.schema
    schema["properties"]["token"] = {"type": "string", "writeOnly": True}
    spec = ModelSpec.objects.publish("secretive", title="Secretive", schema=schema)
    with incoming.receive([picture_bytes()]) as file:
        kept = media_files.store_file(
            finished.workspace_id, file, read_picture(file, limit_pixels=10**6)
        )
    upload = Upload.objects.create(
        workspace=finished.workspace, author=finished.author, name="cat.png", file=kept
    )
    finished.inputs = {"prompt": "x", "token": "hush", "image_urls": [upload.reference]}
    finished.spec = spec
    finished.save()
    finished.uploads.add(upload)
    return finished


def test_embedded_inputs_name_files_and_omit_secrets_and_people(
    client: Client, run_with_secrets: Run
) -> None:
    output = Output.objects.get()
    content = read_body(client.get(output.get_absolute_url(), {"download": ""}))
    embedded = read_embedded_inputs(reader(content))
    assert embedded
    assert embedded.inputs == {"prompt": "x", "image_urls": []}
    assert embedded.files == ("cat.png",)
    assert not [word for word in (b"hush", b"ana", b"upload:") if word in content[:5000]]


# Signed files, and long inputs

JUMBF_BOX = b"\0\0\0\x20jumb" + bytes(24)
SIGNED_FILES = {
    "PNG": with_chunk(PICTURES["png"], b"caBX", JUMBF_BOX),
    "PNG with its own signature": with_chunk(PICTURES["png"], b"dSIG", bytes(40)),
    "PNG signed elsewhere": with_chunk(
        PICTURES["png"], b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x dcterms:provenance='https://a'/>"
    ),
    "JPEG": with_segment(PICTURES["jpeg"], 0xEB, b"JP\0\1\0\0\0\1" + JUMBF_BOX),
    "JPEG with a long manifest": with_segment(
        PICTURES["jpeg"], 0xEB, b"JP\0\1\0\0\0\1" + JUMBF_BOX + bytes(65_000)
    ),
    "WebP": PICTURES["webp"] + b"C2PA" + len(JUMBF_BOX).to_bytes(4, "little") + JUMBF_BOX,
}


def store_output(run: Run, content: bytes) -> Output:
    with incoming.receive([content]) as file:
        kept = media_files.store_file(
            run.workspace_id, file, read_picture(file, limit_pixels=10**6)
        )
    return run.outputs.create(position=9, file=kept, stored_at=run.created_at)


@pytest.mark.parametrize("name", SIGNED_FILES)
def test_a_signed_file_is_downloaded_unchanged_with_an_explanation(
    client: Client, finished: Run, name: str
) -> None:
    output = store_output(finished, SIGNED_FILES[name])
    assert read_body(client.get(output.get_absolute_url(), {"download": ""})) == SIGNED_FILES[name]
    page = client.get(f"/gallery/{output.pk}/").text
    assert "with inputs" not in page
    assert "This file is signed" in page


def test_the_original_file_can_be_downloaded_too(client: Client, finished: Run) -> None:
    output = finished.outputs.get()
    assert output.file
    response = client.get(output.get_absolute_url(), {"download": "original"})
    assert response["Content-Disposition"].startswith("attachment")
    assert read_body(response) == Path(output.file.original.path).read_bytes()
    page = client.get(f"/gallery/{output.pk}/").text
    assert f"{output.get_absolute_url()}?download=original" in page


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("count", [9_000, 12_000, 40_000])
def test_long_inputs_round_trip(client: Client, finished: Run, kind: str, count: int) -> None:
    prompt = "".join(chr(0x4E00 + at * 7 % 900) for at in range(count))
    finished.inputs = {"prompt": prompt}
    finished.save()
    output = store_output(finished, PICTURES[kind])
    embedded = read_embedded_inputs(
        reader(read_body(client.get(output.get_absolute_url() + "?download")))
    )
    assert embedded
    assert embedded.inputs == {"prompt": prompt}


def test_inputs_over_the_limit_are_replaced_by_the_run_id(finished: Run) -> None:
    noise = random.Random(7)
    finished.inputs = {
        "prompt": "".join(chr(noise.randrange(0x4E00, 0x9FFF)) for _ in range(60_000))
    }
    text = write_embedded_inputs(finished)
    embedded = read_embedded_inputs(reader(embed_text(PICTURES["jpeg"], text)))
    assert embedded
    assert (embedded.run, embedded.inputs, embedded.is_cut) == (finished.pk, {}, True)


@pytest.mark.parametrize("text", [b"zlib:", b"zlib:!!", b"zlib:" + b"AAAA" * 9])
def test_false_compressed_data_is_ignored(text: bytes) -> None:
    assert read_embedded_inputs(reader(embed_text(PICTURES["png"], text))) is None
