"""All files of an output are found, in every known shape, and nothing else."""

import base64
import json
from typing import Any
from urllib.parse import unquote

import pytest

from playground.providers.mindvideo import find_output
from playground.providers.outputs import read_outputs
from playground.providers.transport import Response

A, B = "https://files.example/1.png", "https://files.example/2.png"
FILM, SOUND = "https://files.example/1.mp4", "https://files.example/1.mp3"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
B64 = base64.b64encode(PICTURE).decode()
URLSAFE = base64.urlsafe_b64encode(PICTURE).decode().rstrip("=")
MESH = "https://files.example/m.glb"
BASE = "https://api.example/"
NOTHING = Response(status=200, headers={}, text="", secret="")


def read(output: Any) -> list[tuple[str, str]]:
    return [(file.url, file.kind) for file in read_outputs(NOTHING, output, BASE)]


@pytest.mark.parametrize(
    ("output", "files"),
    [
        ({"image": {"url": A}}, [(A, "image")]),
        ({"image": A}, [(A, "image")]),
        ({"image_url": A}, [(A, "image")]),
        ({"url": A}, [(A, "image")]),
        ({"urls": [A, B]}, [(A, "image"), (B, "image")]),
        ({"data": [{"url": A}, {"url": B}]}, [(A, "image"), (B, "image")]),
        ([A, B], [(A, "image"), (B, "image")]),
        ([{"url": A}, {"image": {"url": B}}], [(A, "image"), (B, "image")]),
        (A, [(A, "image")]),
        (f" {A}\n", [(A, "image")]),
        (f"{A}\n{B}", [(A, "image"), (B, "image")]),
        (json.dumps({"resultUrls": [A]}), [(A, "image")]),
        ({"resultJson": json.dumps({"images": [A]})}, [(A, "image")]),
        ({"video": {"url": FILM}}, [(FILM, "video")]),
        ({"output": {"sample": A}}, [(A, "image")]),
        ({"audio": {"url": SOUND}}, [(SOUND, "audio")]),
        ({"audio": SOUND, "image": A}, [(SOUND, "audio"), (A, "image")]),
        ({"audio_url": "https://files.example/7"}, [("https://files.example/7", "audio")]),
        ({"model_mesh": {"url": MESH}}, [(MESH, "file")]),
        ({"files": [{"href": A, "type": "image/png"}]}, [(A, "image")]),
        ({"artifacts": [{"uri": A}]}, [(A, "image")]),
        ({"a": {"b": [{"c": A}]}}, [(A, "image")]),
        ({"image": A, "images": [B]}, [(B, "image"), (A, "image")]),
        ({"images": [A], "image": A}, [(A, "image")]),
        ({"images": [A, A]}, [(A, "image"), (A, "image")]),
        ({"images": ["/f/x.jpg"]}, [("https://api.example/f/x.jpg", "image")]),
        ({"images": [{"url": "f/my cat.jpg"}]}, [("https://api.example/f/my cat.jpg", "image")]),
        ({"url": "//files.example/1.png"}, [(A, "image")]),
        ("/f/x.jpg", [("https://api.example/f/x.jpg", "image")]),
        ({"image": "s3://bucket/a.png"}, [("s3://bucket/a.png", "image")]),
        ({"images": [{"b64_json": B64}]}, [(f"data:;base64,{B64}", "image")]),
        ({"images": [B64]}, [(f"data:;base64,{B64}", "image")]),
        ({"image": URLSAFE}, [(f"data:;base64,{URLSAFE}", "image")]),
        ({"artifacts": [{"base64": B64, "seed": 7}]}, [(f"data:;base64,{B64}", "image")]),
        ({"images": [{"url": A, "b64_json": B64}]}, [(A, "image")]),
        ({"images": [{"url": None, "b64_json": B64}]}, [(f"data:;base64,{B64}", "image")]),
        ({"image": f"data:image/png;base64,{B64}"}, [(f"data:image/png;base64,{B64}", "image")]),
    ],
    ids=str,
)  # fmt: skip
def test_an_output_file_is_found_wherever_it_is_named(
    output: Any, files: list[tuple[str, str]]
) -> None:
    assert read(output) == files


@pytest.mark.parametrize(
    "beside",
    [
        {"thumbnail_url": B}, {"preview": {"url": B}}, {"input": {"image_url": B}}, {"logs": B},
        {"file_name": "cat.png"}, {"model": "flux-1.1-pro"}, {"revised_prompt": "see https://a.example"},
        {"web_url": B}, {"seed": 7}, {"format": "png"}, {"content_type": "image/png"},
        {"urls": {"cancel": B, "get": B}}, {"id": "a/b.png"}, {"cover": {"url": B}},
    ],
    ids=str,
)  # fmt: skip
def test_other_values_beside_a_file_are_no_outputs(beside: dict[str, Any]) -> None:
    assert read({"images": [{"url": A, **beside}]}) == [(A, "image")]
    assert read({"images": [A], **beside})[:1] == [(A, "image")]


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ({"text": "A lighthouse at dawn"}, "A lighthouse at dawn"),
        ("A lighthouse – at dawn", "A lighthouse – at dawn"),
        (["A light", "house"], "A lighthouse"),
        ({"choices": [{"message": {"role": "user", "content": "A lighthouse"}}]}, "A lighthouse"),
        ({"transcript": "Hello", "language": "en"}, "Hello"),
    ],
)  # fmt: skip
def test_a_text_is_an_output(output: Any, text: str) -> None:
    (file,) = read_outputs(NOTHING, output, BASE)
    assert file.kind == "text"
    head, _, body = file.url.partition(",")
    assert head == "data:text/plain;charset=utf-8"
    assert unquote(body) == text


def test_a_text_beside_a_picture_is_another_output() -> None:
    assert [kind for _, kind in read({"images": [{"url": A}], "text": "of it"})] == [
        "image",
        "text",
    ]


@pytest.mark.parametrize(
    "output",
    [
        None, {}, [], "", " ", 7, True, {"images": []}, {"images": [None]}, {"image": ""},
        {"status": "ok"},
        {"images": [], "message": "still working"}, {"seed": 7}, [None], {"url": {"a": 1}},
    ],
    ids=str,
)  # fmt: skip
def test_without_files_there_are_no_outputs(output: Any) -> None:
    assert read(output) == []


def test_the_number_of_outputs_is_limited() -> None:
    deep: Any = A
    for _ in range(5_000):
        deep = [deep]
    assert read(deep) == []
    assert len(read([A] * 5_000)) == 200


@pytest.mark.parametrize("name", ["output", "outputs", "result", "results"])
def test_an_output_is_found_under_its_usual_names(name: str) -> None:
    assert find_output({"task_id": "1", name: [A]}) == [A]
