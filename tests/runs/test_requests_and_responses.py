"""The requests and responses of a run, on its page and as downloads."""

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from playground.runs.models import Run, Upload
from tests.conftest import picture_bytes
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once


def test_the_page_of_a_run_shows_its_request_as_code(client: Client, finished: Run) -> None:
    page = client.get(finished.get_absolute_url()).text
    for words in ("curl --silent", "import requests", "await fetch", "MINDVIDEO_API_KEY"):
        assert words in page
    assert finished.api_key.secret not in page


def test_the_request_is_shown_with_its_idempotency_key(client: Client, finished: Run) -> None:
    document = client.get(f"{finished.get_absolute_url()}request.json").json()
    assert document["body"] == {"model": finished.spec.slug, "input": finished.inputs}
    assert document["headers"]["Idempotency-Key"] == str(finished.idempotency_key)
    assert document["headers"]["Authorization"] == "Bearer $MINDVIDEO_API_KEY"


def test_files_of_a_request_are_named(
    client: Client, run: Run, work_off: Callable[[], None]
) -> None:
    picture = SimpleUploadedFile("cat.png", picture_bytes(), "image/png")
    client.post("/uploads/", {"name": "/image_urls", "kind": "image", "file": picture})
    reference = Upload.objects.get().reference
    Run.objects.update(inputs={"prompt": "a cat", "image_urls": [reference]})
    work_off()
    document = client.get(f"{run.get_absolute_url()}request.json").json()
    assert document["files"] == {reference: {"name": "cat.png", "handed over as": "a data URI"}}
    assert "&lt;link to cat.png&gt;" in client.get(run.get_absolute_url()).text


def test_the_first_and_last_responses_are_kept(client: Client, finished: Run) -> None:
    document = client.get(f"{finished.get_absolute_url()}answers.json").json()
    assert document["ticket"]["task_id"] == finished.task_id
    assert document["task"]["status"] == "succeeded"
    assert document["signed_links"] == ["/task/output/images/0/url"]
    assert len(document["events"]) > 1


def test_the_response_of_a_failed_run_is_kept(
    client: Client, run: Run, sandbox: SandboxProcess, work_off: Callable[[], None]
) -> None:
    Run.objects.update(inputs={"prompt": "a cat", "n": 99})
    work_off()
    document = client.get(f"{run.get_absolute_url()}answers.json").json()
    assert (document["ticket"], document["task"]) == (None, None)
    assert document["problem"]["name"] == "invalid_input"
    assert "/n" in json.dumps(document["problem"]["answer"])
