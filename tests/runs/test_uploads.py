"""Reference pictures: stored at once, shown in the form, and sent to the provider."""

import base64
import io
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django.fixtures import Settings

from playground.runs.files import references, uploads
from playground.runs.models import Run, Upload
from playground.schema import UploadRefused
from playground.teams.models import Workspace
from tests.conftest import picture_bytes, read_body

pytestmark = pytest.mark.once

TOMORROW = timezone.now() + timedelta(days=1)


@pytest.fixture
def store(workspace: Workspace, ana: User) -> uploads.UploadStore:
    return uploads.UploadStore(workspace.memberships.get())


def keep(store: uploads.UploadStore, content: bytes, name: str = "cat.png") -> Upload:
    store.keep(SimpleUploadedFile(name, content), "image/*", "image")
    return Upload.objects.latest("created_at")


def stored(upload: Upload) -> bytes:
    with upload.file.original.open() as file:
        return bytes(file.read())


def read_data_uri(uri: str) -> tuple[str, Image.Image]:
    head, _, content = uri.partition(",")
    return head, Image.open(io.BytesIO(base64.b64decode(content)))


def test_an_upload_answers_with_its_item_and_thumbnail(client: Client) -> None:
    file = SimpleUploadedFile("cat.png", picture_bytes())
    fields = {"name": "/image_urls", "kind": "image", "file": file}
    response = client.post("/uploads/", fields)
    upload = Upload.objects.get()
    assert upload.reference in response.text
    thumbnail = client.get(f"/uploads/{upload.pk}/thumbnail/")
    assert thumbnail["Content-Type"] == "image/webp"
    assert read_body(thumbnail)


def test_an_upload_that_is_no_picture_is_refused_with_a_message(client: Client) -> None:
    file = SimpleUploadedFile("cat.png", b"not at all")
    fields = {"name": "/image_urls", "kind": "image", "file": file}
    response = client.post("/uploads/", fields)
    assert response.status_code == 422
    assert response.text == "This is not a JPEG, PNG, WebP, GIF, AVIF or HEIC picture."


@pytest.mark.parametrize("fields", [{}, {"name": "/image_urls"}, {"name": "image_urls"}])
def test_an_upload_without_a_file_or_a_field_is_refused(
    client: Client, fields: dict[str, str]
) -> None:
    assert client.post("/uploads/", fields).status_code == 422


def test_an_earlier_picture_is_stored_like_an_upload(client: Client, finished: Run) -> None:
    output = finished.outputs.get()
    assert str(output.pk) in client.get("/outputs/").text
    fields = {"name": "/image_urls", "kind": "image", "output": str(output.pk)}
    response = client.post("/uploads/", fields)
    upload = Upload.objects.get()
    assert upload.reference in response.text
    assert upload.file == output.file


@pytest.mark.parametrize("output", ["x", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_earlier_picture_is_refused(client: Client, output: str) -> None:
    fields = {"name": "/image_urls", "output": output}
    assert client.post("/uploads/", fields).status_code == 422


def test_a_picture_is_refused_as_a_video(store: uploads.UploadStore) -> None:
    with pytest.raises(UploadRefused, match="not a video"):
        store.keep(SimpleUploadedFile("clip.mp4", picture_bytes()), "video/*", "video")


def test_a_truncated_picture_is_refused(store: uploads.UploadStore) -> None:
    whole = picture_bytes((400, 400), "JPEG")
    with pytest.raises(UploadRefused, match="damaged or cut off"):
        keep(store, whole[: len(whole) // 2])


def test_a_small_picture_is_sent_unchanged(store: uploads.UploadStore) -> None:
    upload = keep(store, picture_bytes())
    uri = references.write_data_uri(upload)
    assert uri == f"data:image/png;base64,{base64.b64encode(stored(upload)).decode()}"


def test_a_large_picture_is_sent_compressed(
    store: uploads.UploadStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "COMPACT_BYTES", 1000)
    head, image = read_data_uri(references.write_data_uri(keep(store, picture_bytes((4000, 1000)))))
    assert head == "data:image/jpeg;base64"
    assert image.size == (2048, 512)


def test_with_a_public_address_a_picture_is_sent_as_a_signed_link(
    store: uploads.UploadStore, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = "https://play.example.com"
    upload = keep(store, picture_bytes())
    url = references.host(upload.pk, TOMORROW)
    response = Client().get(url.removeprefix("https://play.example.com"))
    assert read_body(response) == stored(upload)


def test_a_signed_link_expires(store: uploads.UploadStore, settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "https://play.example.com"
    url = references.host(keep(store, picture_bytes()).pk, timezone.now() - timedelta(seconds=1))
    assert Client().get(url.removeprefix("https://play.example.com")).status_code == 404


def test_a_repeated_request_is_identical(
    store: uploads.UploadStore, run: Run, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = "https://play.example.com"
    run.inputs["image_urls"] = [keep(store, picture_bytes()).reference]
    addresses = references.choose_addresses(run)
    first = references.resolve(run, addresses)
    settings.PUBLIC_BASE_URL = "https://elsewhere.example.com"
    settings.SECRET_KEY = "another"
    assert references.resolve(run, addresses) == first


def test_a_forged_link_answers_404(db: None) -> None:
    assert Client().get(f"/hosted/{uuid.uuid4()}:1abcde:forged/").status_code == 404


def test_a_run_is_sent_with_its_pictures_in_place_of_references(
    store: uploads.UploadStore, run: Run
) -> None:
    run.inputs["image_urls"] = [keep(store, picture_bytes()).reference, "https://example.com/a"]
    first, second = references.resolve(run, {})["image_urls"]
    assert first.startswith("data:image/png;base64,")
    assert second == "https://example.com/a"


def test_a_picture_of_another_workspace_cannot_be_used(
    store: uploads.UploadStore, run: Run
) -> None:
    reference = keep(store, picture_bytes()).reference
    Upload.objects.update(workspace=Workspace.objects.create(name="Others"))
    run.inputs["image_urls"] = [reference]
    with pytest.raises(references.ReferenceGoneError):
        references.resolve(run, {})
    assert list(store.find_missing(run.inputs)) == ["/image_urls/0"]


def test_a_picture_missing_in_the_storage_is_reported(store: uploads.UploadStore, run: Run) -> None:
    upload = keep(store, picture_bytes())
    upload.file.original.storage.delete(upload.file.original.name or "")
    run.inputs["image_urls"] = [upload.reference]
    with pytest.raises(references.ReferenceGoneError):
        references.resolve(run, {})


def test_references_reach_the_provider_and_change_its_picture(
    store: uploads.UploadStore, run: Run, work_off: Callable[[], None]
) -> None:
    run.inputs["image_urls"] = [keep(store, picture_bytes((900, 900), colour="red")).reference]
    run.save()
    work_off()
    drawn = run.outputs.get().file
    assert drawn
    with drawn.original.open() as file, Image.open(file) as image:
        small = image.convert("RGB").resize((64, 36))
    pixels = [small.getpixel((x, y)) for x in range(64) for y in range(36)]
    assert any(
        pixel[0] > 180 and max(pixel[1:]) < 90 for pixel in pixels if isinstance(pixel, tuple)
    )
