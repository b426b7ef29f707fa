"""Requests to other models, which describe the model: results follow inputs and description."""

import io
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from PIL import Image

from tests.providers.scripted import ScriptedService, serving
from tests.sandbox.client import Client
from tests.sandbox.test_pictures import data_uri, differ
from tests.sandbox_process import SandboxProcess

MODEL = "atelier-9"
PRICED = {"likely": "0.05", "most": "0.2"}
PNG = {"output_format": "png"}
FILM = {"makes": "videos", "likely": "0.03", "most": "0.03"}


def describe(makes: str = "pictures", schema: Any = None, **facts: Any) -> dict[str, Any]:
    """Return the description of a model."""
    return {"title": "Atelier 9", "makes": makes, "schema": schema, **PRICED, **facts}


def post(client: Client, inputs: Any, model: str = MODEL, **facts: Any) -> Any:
    body = {"model": model, "input": inputs, "model_facts": describe(**facts)}
    return client.call("POST", "/api/v1/tasks", json=body)


def finish(client: Client, inputs: Any, model: str = MODEL, **facts: Any) -> dict[str, Any]:
    """Submit a task, wait for its success, and return its document."""
    answer = post(client, inputs, model, **facts)
    assert answer.ok, answer.text
    document = client.wait(answer.json()["task_id"])
    assert document["status"] == "succeeded", document
    return document


def draw(client: Client, inputs: Any, model: str = MODEL, **facts: Any) -> Image.Image:
    image = finish(client, inputs, model, **facts)["output"]["images"][0]
    picture = Image.open(io.BytesIO(client.call("GET", image["url"]).content))
    assert picture.size == (image["width"], image["height"])
    return picture


@pytest.fixture(autouse=True)
def _small(sandbox: SandboxProcess) -> None:
    sandbox.small_pictures(320)


SHAPES: list[tuple[Any, tuple[int, int], str]] = [
    ({"prompt": "a sea"}, (320, 320), "JPEG"),
    ({"text": "a sea", "aspect_ratio": "16:9", "outputFormat": "webp"}, (320, 180), "WEBP"),
    ({"prompt": "a sea", "width": 300, "height": 150, **PNG}, (300, 150), "PNG"),
    ({"input": {"prompt": "a sea", "size": "640*1280"}}, (160, 320), "JPEG"),
    ({"prompt": "a sea", "image_size": {"width": 100, "height": 200}}, (100, 200), "JPEG"),
    ({"prompt": "a sea", "imageSize": "portrait_4_3", "format": "image/png"}, (240, 320), "PNG"),
    ({"prompt": "a sea", "size": "landscape", "resolution": "2K"}, (320, 240), "JPEG"),
    ({"prompt": "a sea", "width": 10**400, "height": 1e300}, (320, 320), "JPEG"),
    ("only a text", (320, 320), "JPEG"),
    ({}, (320, 320), "JPEG"),
]


@pytest.mark.parametrize(("inputs", "size", "form"), SHAPES)
def test_a_picture_has_the_size_and_format_of_its_inputs(
    client: Client, inputs: Any, size: tuple[int, int], form: str
) -> None:
    picture = draw(client, inputs)
    assert (picture.size, picture.format) == (size, form)


def test_missing_inputs_get_the_defaults_of_the_schema(client: Client) -> None:
    size = {"type": "object", "properties": {"ratio": {"$ref": "#/$defs/ratio"}}}
    schema = {
        "allOf": [{"$ref": "#/$defs/base"}, *[{"$ref": "#"}] * 20],
        "$defs": {
            "base": {"properties": {"n": {"default": 2}, "size": size}},
            "ratio": {"default": "2:1"},
        },
    }
    images = finish(client, {"prompt": "x", "size": {}}, schema=schema)["output"]["images"]
    assert [(each["width"], each["height"]) for each in images] == [(320, 160)] * 2


def test_the_costs_are_those_of_the_description(client: Client, sandbox: SandboxProcess) -> None:
    document = finish(client, {"prompt": "x", "num_images": 3})
    assert (document["cost_estimate"], document["cost_actual"]) == (0.2, 0.05)
    assert [charge["amount"] for charge in sandbox.ledger()["charges"]] == [0.2]
    free = finish(client, {"prompt": "x"}, likely=None, most="a lot")
    assert (free["cost_estimate"], free["cost_actual"]) == (0, 0)


def test_a_description_of_a_model_is_stored(client: Client, sandbox: SandboxProcess) -> None:
    inputs = {"prompt": "a sea", "size": "2:1"}
    assert client.post(model=MODEL).status_code == 404
    finish(client, inputs)
    sandbox.restart()
    body = {"model": MODEL, "input": inputs}
    answer = client.call("POST", "/api/v1/tasks", json=body)
    document = client.wait(answer.json()["task_id"])
    assert document["output"]["images"][0]["width"] == 320
    assert document["cost_actual"] == 0


def test_a_database_of_an_earlier_version_is_migrated() -> None:
    with SandboxProcess() as process:
        process.stop()
        with closing(sqlite3.connect(process.folder / "sandbox.sqlite3")) as database:
            database.execute("ALTER TABLE tasks DROP COLUMN charge")
            database.execute("DROP TABLE models")
        process.restart()
        process.durations()
        process.small_pictures()
        assert finish(Client(process), {"prompt": "x"})["cost_actual"] == 0.05


def test_a_description_does_not_replace_the_sandboxs_own_model(client: Client) -> None:
    body = client.submission(n=99)["json"] | {"model_facts": describe(likely="0")}
    assert client.call("POST", "/api/v1/tasks", json=body).status_code == 422


@pytest.mark.parametrize("facts", [None, [], {}, {"makes": 3}])
def test_an_invalid_description_is_a_bad_request(client: Client, facts: Any) -> None:
    body = {"model": MODEL, "input": {}, "model_facts": facts}
    assert client.call("POST", "/api/v1/tasks", json=body).status_code == 400


@pytest.mark.parametrize("makes", ["sounds", "texts"])
def test_other_kinds_of_output_are_refused_and_cost_nothing(
    client: Client, sandbox: SandboxProcess, makes: str
) -> None:
    answer = post(client, {"prompt": "x"}, makes=makes)
    assert answer.status_code == 422
    assert "draws pictures and makes short videos" in answer.json()["error"]["message"]
    assert sandbox.ledger()["charges"] == []


def test_models_seeds_and_references_change_the_picture(client: Client) -> None:
    inputs = {"prompt": "a lighthouse", **PNG}
    first = draw(client, inputs)
    assert not differ(first, draw(client, inputs))
    assert differ(first, draw(client, inputs | {"seed": 7}))
    assert differ(first, draw(client, inputs | {"init_image": data_uri()}))
    pencil = {"x-sandbox": {"style": "pencil"}}
    assert differ(first, draw(client, inputs, schema=pencil))


def test_only_urls_of_pictures_are_fetched(client: Client) -> None:
    with serving(ScriptedService()) as elsewhere:
        finish(client, {"prompt": "x", "webhook_url": elsewhere.url, "video": elsewhere.url})
        assert elsewhere.requests == []


def test_a_reference_that_is_no_picture_fails_the_task(client: Client) -> None:
    answer = post(client, {"prompt": "x", "image_url": "data:image/png;base64,AAAA"})
    assert client.wait(answer.json()["task_id"])["error"]["code"] == "invalid_image"


def film(client: Client, folder: Path, inputs: Any) -> tuple[dict[str, Any], str]:
    """Return the video of a new task, and what ffmpeg prints about it."""
    video = finish(client, inputs, **FILM)["output"]["videos"][0]
    answer = client.call("GET", video["url"])
    assert answer.headers["Content-Type"] == video["content_type"] == "video/mp4"
    (folder / "film.mp4").write_bytes(answer.content)
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    words = [ffmpeg, "-i", str(folder / "film.mp4"), "-f", "null", "-"]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stderr
    return video, told


def test_a_video_has_the_duration_and_size_of_its_inputs(client: Client, tmp_path: Path) -> None:
    inputs = {"prompt": "a sea", "duration": "2s", "aspect_ratio": "9:16", "image": data_uri()}
    video, told = film(client, tmp_path, inputs)
    assert (video["width"], video["height"]) == (180, 320)
    assert "Duration: 00:00:02.0" in told
    assert "180x320" in told


def test_a_fault_of_links_applies_to_videos(client: Client, sandbox: SandboxProcess) -> None:
    sandbox.fault("status", "stale_links")
    video = finish(client, {"prompt": "a sea", "duration": 1}, **FILM)["output"]["videos"][0]
    assert client.call("GET", video["url"]).status_code == 403


def test_without_ffmpeg_a_stored_clip_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ffmpeg").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "ffmpeg").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with SandboxProcess() as process:
        process.durations()
        monkeypatch.undo()
        video, told = film(Client(process), tmp_path, {"prompt": "a sea"})
    assert (video["width"], video["height"]) == (320, 180)
    assert "320x180" in told
