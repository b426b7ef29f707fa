"""The drawn pictures follow every field of the model's inputs."""

import base64
import io
from typing import Any

import pytest
from PIL import Image, ImageChops

from tests.sandbox.client import Client
from tests.sandbox_process import SandboxProcess


def data_uri(size: tuple[int, int] = (300, 200), colour: str = "#ff00ff") -> str:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize(
    ("inputs", "size", "form"),
    [
        ({}, (2048, 2048), "JPEG"),
        ({"size": "16:9"}, (2560, 1440), "JPEG"),
        ({"size": "3:4", "output_format": "png"}, (1728, 2304), "PNG"),
        ({"size": "21:9", "resolution": "3k"}, (4536, 1944), "JPEG"),
        ({"resolution": "4k", "output_format": "png"}, (4096, 4096), "PNG"),
    ],
)
def test_a_picture_has_the_requested_size_and_format(
    client: Client, inputs: dict[str, Any], size: tuple[int, int], form: str
) -> None:
    document = client.wait(client.submit(**inputs))
    told = document["output"]["images"][0]
    picture = Image.open(io.BytesIO(client.call("GET", told["url"]).content))
    assert (picture.size, picture.format) == (size, form)
    assert (told["width"], told["height"]) == size


def test_the_same_prompt_draws_the_same_bytes(sandbox: SandboxProcess, client: Client) -> None:
    first = client.file(prompt="a cat in the snow")
    for path in (sandbox.folder / "pictures").iterdir():
        path.unlink()
    assert client.file(prompt="a cat in the snow") == first


def test_different_prompts_draw_different_pictures(client: Client) -> None:
    assert differ(client.picture(prompt="city at night"), client.picture(prompt="a desert"))


def test_pictures_of_one_task_are_variants(client: Client) -> None:
    files = {client.call("GET", url).content for url in client.urls(n=3)}
    assert len(files) == 3


def test_a_watermark_changes_only_its_corner(client: Client) -> None:
    box = changed(client.picture(), client.picture(watermark=True))
    assert box
    assert box[0] > 2048 * 0.75
    assert box[1] > 2048 * 0.85


def test_a_reference_is_visible_in_the_picture(client: Client) -> None:
    picture = client.picture(image_urls=[data_uri()])
    pink = sum(red > 200 and green < 60 and blue > 200 for red, green, blue in pixels(picture))
    assert pink > 30


def test_size_auto_is_the_aspect_ratio_of_the_first_reference(client: Client) -> None:
    picture = client.picture(size="auto", image_urls=[data_uri((300, 200)), data_uri((10, 90))])
    assert picture.size == (2496, 1664)


def test_size_auto_without_a_reference_is_always_the_same(client: Client) -> None:
    assert client.picture(size="auto").size == client.picture(size="auto").size


def test_the_url_of_a_reference_is_fetched(client: Client) -> None:
    hosted = client.urls(size="3:2")[0]
    assert client.picture(size="auto", image_urls=[hosted]).size == (2496, 1664)


@pytest.mark.parametrize(
    "address",
    [
        "data:image/png;base64,AAAA",
        "data:image/svg+xml,<svg/>",
        "data:nothing",
        "file:///etc/passwd",
        "http://127.0.0.1:9/no.png",
        "not a url",
        "http://[",
    ],
)
def test_an_unreadable_reference_fails_the_task(client: Client, address: str) -> None:
    document = client.wait(client.submit(image_urls=[address]))
    assert (document["status"], document["cost_actual"]) == ("failed", 0)
    assert document["error"]["code"] == "invalid_image"
    assert "output" not in document


@pytest.mark.parametrize(
    ("prompt", "most", "count"),
    [("three boats", 9, 3), ("四季 湖 四张", 15, 4), ("eight cats", 5, 5), ("one cat", 1, 1)],
)
def test_a_grouped_request_returns_the_number_of_pictures_in_the_prompt(
    client: Client, prompt: str, most: int, count: int
) -> None:
    options = {"max_images": most}
    document = client.wait(
        client.submit(
            prompt=prompt,
            sequential_image_generation="auto",
            sequential_image_generation_options=options,
        )
    )
    assert len(document["output"]["images"]) == count
    assert document["cost_estimate"] == pytest.approx(0.0315 * most)
    assert document["cost_actual"] == pytest.approx(0.0315 * count)


def pixels(picture: Image.Image) -> list[tuple[int, int, int]]:
    small = picture.convert("RGB").resize((64, 64), Image.Resampling.NEAREST)
    data = small.tobytes()
    return [(data[i], data[i + 1], data[i + 2]) for i in range(0, len(data), 3)]


def changed(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int] | None:
    """Return the bounding box of the differences of two pictures, without JPEG noise."""
    difference = ImageChops.difference(one.convert("L"), other.convert("L"))
    return difference.point([0] * 24 + [255] * 232).getbbox()


def differ(one: Image.Image, other: Image.Image) -> bool:
    box = changed(one, other)
    return box is not None and (box[2] - box[0]) > one.width // 2
