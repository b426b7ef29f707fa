"""Files in an S3 bucket: storing, multipart uploads, and outages."""

import base64
import io
import logging
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from moto.server import ThreadedMotoServer
from pytest_django.fixtures import Settings

from playground.media import incoming, texts
from playground.runs.files import references, uploads
from playground.runs.models import Output, Run, Status, Upload
from playground.runs.worker import steps
from playground.service_settings import read_storage
from playground.teams.models import Workspace
from tests.conftest import picture_bytes, read_body
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once

type WorkOff = Callable[[], None]

BUCKET = "playground-files"
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}


class S3Service:
    """An S3 service on loopback, which keeps its files while it is stopped."""

    def __init__(self) -> None:
        self.port = 0
        self.start()
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = boto3.client("s3", endpoint_url=self.url, **KEYS)

    def start(self) -> None:
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self.server.start()
        self.port = self.server.get_host_and_port()[1]

    def stop(self) -> None:
        self.server.stop()

    def names(self) -> list[str]:
        found: dict[str, Any] = self.client.list_objects_v2(Bucket=BUCKET)
        return [item["Key"] for item in found.get("Contents", [])]


@pytest.fixture(scope="module")
def service() -> Iterator[S3Service]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    service = S3Service()
    yield service
    service.stop()


@pytest.fixture
def bucket(service: S3Service, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> S3Service:
    """An empty bucket, and the settings to use it."""
    service.client.create_bucket(Bucket=BUCKET)
    for name in service.names():
        service.client.delete_object(Bucket=BUCKET, Key=name)
    monkeypatch.setenv("S3_BUCKET", BUCKET)
    monkeypatch.setenv("S3_ENDPOINT_URL", service.url)
    monkeypatch.setenv("S3_REGION", "us-east-1")
    monkeypatch.setenv("S3_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("S3_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("S3_PREFIX", "ours")
    settings.STORAGES = {**settings.STORAGES, "default": read_storage(Path(settings.MEDIA_ROOT))}
    return service


@pytest.fixture
def stored_video(bucket: S3Service, run: Run, sandbox: SandboxProcess, work_off: WorkOff) -> Output:
    """A video stored in the bucket."""
    sandbox.fault("status", "videos")
    work_off()
    return run.outputs.select_related("file").get()


def test_a_result_and_its_thumbnail_are_stored_in_the_bucket(
    bucket: S3Service, finished: Run, client: Client
) -> None:
    output = finished.outputs.get()
    assert output.file
    assert len(bucket.names()) == 2
    assert all(name.startswith(f"ours/files/{finished.workspace_id}/") for name in bucket.names())
    assert len(read_body(client.get(output.get_absolute_url()))) == output.file.size_bytes
    assert read_body(client.get(output.thumbnail_url))[8:12] == b"WEBP"
    assert not list(incoming.incoming_folder().iterdir())


def test_a_reference_in_the_bucket_is_sent_to_the_provider(
    bucket: S3Service, workspace: Workspace, ana: User
) -> None:
    picture = SimpleUploadedFile("cat.png", picture_bytes())
    uploads.UploadStore(workspace.memberships.get()).keep(picture, "", "image")
    upload = Upload.objects.get()
    with upload.file.original.open() as kept:
        encoded = base64.b64encode(kept.read()).decode()
    assert references.write_data_uri(upload) == f"data:image/png;base64,{encoded}"


def test_a_range_request_is_answered_from_the_bucket(client: Client, stored_video: Output) -> None:
    response = client.get(stored_video.get_absolute_url(), headers={"Range": "bytes=4-7"})
    assert response.status_code == 206
    assert read_body(response) == b"ftyp"


def test_during_a_bucket_outage_a_run_waits_and_then_ends(
    bucket: S3Service, run: Run, work_off: WorkOff
) -> None:
    give_up_at = time.monotonic() + 60
    while not Run.objects.filter(status=Status.SUCCEEDED).exists():  # more than once if slow
        assert time.monotonic() < give_up_at
        Run.objects.update(next_check_at=timezone.now())
        steps.run_due_step(run.pk)
    bucket.stop()
    try:
        Run.objects.filter(status=Status.SUCCEEDED).update(next_check_at=timezone.now())
        steps.run_due_step(run.pk)
        run.refresh_from_db()
        assert (run.stored_at, run.outputs.get().stored_at) == (None, None)
        assert run.next_check_at
    finally:
        bucket.start()
    work_off()
    assert run.outputs.get().stored_at


@pytest.mark.parametrize("what", ["output_original", "output_thumbnail"])
def test_during_a_bucket_outage_pages_say_so(
    bucket: S3Service, client: Client, finished: Run, what: str
) -> None:
    bucket.stop()
    try:
        response = client.get(reverse(what, args=[finished.outputs.get().pk]))
        assert response.status_code == 503
        assert client.get(finished.get_absolute_url()).status_code == 200
    finally:
        bucket.start()


def test_during_a_bucket_outage_an_upload_is_refused_with_a_message(
    bucket: S3Service, client: Client
) -> None:
    bucket.stop()
    try:
        file = SimpleUploadedFile("cat.png", picture_bytes())
        response = client.post("/uploads/", {"name": "/image_urls", "kind": "image", "file": file})
        assert (response.status_code, response.text) == (422, str(texts.NO_STORAGE))
    finally:
        bucket.start()


def test_a_missing_bucket_stores_nothing(
    bucket: S3Service, workspace: Workspace, settings: Settings
) -> None:
    settings.STORAGES["default"]["OPTIONS"]["bucket_name"] = "nobodys-files"
    settings.STORAGES = dict(settings.STORAGES)
    with pytest.raises(OSError, match="NoSuchBucket"):
        default_storage.save("cat.png", ContentFile(picture_bytes()))


def test_a_file_that_vanished_from_the_bucket_is_not_found(
    bucket: S3Service, client: Client, finished: Run
) -> None:
    for name in bucket.names():
        bucket.client.delete_object(Bucket=BUCKET, Key=name)
    output = finished.outputs.get()
    assert client.get(output.get_absolute_url()).status_code == 404
    assert client.get(output.thumbnail_url).status_code == 404


def test_a_large_file_goes_to_the_bucket_in_parts(bucket: S3Service) -> None:
    with incoming.receive(bytes(1_000_000) for _ in range(20)) as file:
        default_storage.save("large", file)
    kept = bucket.client.head_object(Bucket=BUCKET, Key="ours/large")
    assert kept["ContentLength"] == 20_000_000
    assert kept["ETag"].endswith('-3"')


def test_without_boto3_a_bucket_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("S3_BUCKET", BUCKET)
    monkeypatch.setattr("playground.service_settings.find_spec", lambda _name: None)
    with pytest.raises(ImproperlyConfigured, match=r"requirements-s3\.txt"):
        read_storage(Path())


def test_a_zip_of_pictures_and_a_whole_workspace_come_from_the_bucket(
    bucket: S3Service, finished: Run, client: Client
) -> None:
    output = finished.outputs.get()
    assert output.file
    with output.file.original.open() as file:
        stored = file.read()
    for address in ("/gallery/take/", "/team/export/"):
        response = client.post(address, {"output": str(output.pk)})
        with zipfile.ZipFile(io.BytesIO(read_body(response))) as packed:
            held = [packed.read(name) for name in packed.namelist()]
        assert stored in held
