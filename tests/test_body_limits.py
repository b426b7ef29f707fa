"""Limits on request bodies: too large ones get an error message and are not read."""

import http.client
from collections.abc import Callable, Iterator

import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from playground.catalog.models import ModelSpec
from tests.launched import Launched

pytestmark = pytest.mark.once

SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture
def _small(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
    settings.UPLOAD_LIMIT_BYTES = 1_000_000


def send(client: Client, path: str, megabytes: float, **headers: str) -> tuple[int, str]:
    file = SimpleUploadedFile("a.png", bytes(int(megabytes * 1_000_000)), "image/png")
    response = client.post(path, {"name": "/image_urls", "file": file}, headers=headers)
    return response.status_code, response.text


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize(
    ("path", "most", "words"),
    [
        ("/uploads/", 2, "This file has 3 MB; the limit is 1 MB."),
        ("", 15, "This request has 16 MB; the limit is 14 files of 1 MB each."),
        ("form/", 15, "This request has 16 MB; the limit is 14 files of 1 MB each."),
        ("/team/keys/", 1, "This request has 2 MB; the limit here is 1 MB"),
        ("/nowhere/", 1, "This request has 2 MB; the limit here is 1 MB"),
    ],
)
def test_each_address_limits_the_size_of_request_bodies(
    client: Client, seedream: ModelSpec, path: str, most: int, words: str
) -> None:
    path = path if path.startswith("/") else f"{seedream.get_absolute_url()}{path}"
    assert send(client, path, most - 0.5)[0] != 413
    status, text = send(client, path, most + 0.5)
    assert (status, words in text, "<h1>Request too large</h1>" in text) == (413, True, True)


@pytest.mark.usefixtures("_small")
def test_a_script_gets_the_size_error_as_plain_text(client: Client) -> None:
    status, text = send(client, "/uploads/", 4, **SCRIPT)
    assert (status, text) == (413, "This file has 4 MB; the limit is 1 MB.")


@pytest.mark.usefixtures("_small", "ana")
def test_anonymous_uploads_are_refused(seedream: ModelSpec) -> None:
    assert send(Client(), seedream.get_absolute_url(), 1.5)[0] == 413


# With the real web server


@pytest.fixture(scope="module")
def program(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[Launched]:
    with Launched(tmp_path_factory.mktemp("demo"), DATABASE_URL=new_database()) as program:
        yield program


@pytest.fixture
def person(program: Launched) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.get(program.url, timeout=10)
        yield session


def test_a_browser_that_sends_a_large_file_gets_an_error_page(
    program: Launched, person: requests.Session
) -> None:
    files = {"file": ("a.png", bytes(50_000_000))}
    answer = person.post(f"{program.url}uploads/", files=files, headers=SCRIPT, timeout=30)
    assert (answer.status_code, answer.text) == (413, "This file has 50 MB; the limit is 20 MB.")


@pytest.mark.parametrize("length", [9_000_000_000, 10**17])
def test_an_impossibly_large_body_is_refused_before_it_is_sent(
    program: Launched, length: int
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=10)
    connection.request("POST", "/uploads/", headers={"Content-Length": str(length)})
    assert connection.getresponse().status == 413
    connection.close()


def test_a_body_without_content_length_is_refused_unread(
    program: Launched, person: requests.Session
) -> None:
    endless = (bytes(1_000) for _ in range(20))
    answer = person.post(f"{program.url}uploads/", data=endless, headers=SCRIPT, timeout=10)
    assert answer.status_code == 411
    assert "does not state its length" in answer.text
