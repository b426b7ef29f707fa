"""A downloaded picture restores the inputs of its run."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.runs.models import Run, Upload
from tests.compose.test_generate import HTMX
from tests.conftest import picture_bytes, read_body
from tests.runs.test_embedded_inputs import embed_text

pytestmark = pytest.mark.once


def download(client: Client, run: Run) -> bytes:
    return read_body(client.get(run.outputs.get().get_absolute_url(), {"download": ""}))


def drop(client: Client, spec: ModelSpec, content: bytes, status: int = 200) -> str:
    """Drop a picture on a form that is filled in."""
    file = SimpleUploadedFile("picture.png", content, "image/png")
    fields = {"/prompt": "half a lighth", "picture": file}
    response = client.post(f"{spec.get_absolute_url()}restore/", fields, headers=HTMX)
    assert (response.status_code, response["HX-Retarget"]) == (status, "#fields")
    return response.text


def with_embedded_inputs(**facts: object) -> bytes:
    """Make a picture with embedded inputs, as of another installation."""
    document = {"playground": 1, "model": "doubao-seedream-5-0-lite", "run": None, "files": []}
    return embed_text(picture_bytes(), json.dumps(document | facts).encode())


def test_a_downloaded_file_restores_the_inputs_of_a_known_run(
    client: Client, finished: Run
) -> None:
    page = drop(client, finished.spec, download(client, finished))
    assert ">\na lighthouse</textarea>" in page
    assert f'name="from" value="{finished.pk}"' in page
    assert "Settings applied" in page


def test_reference_files_are_restored_if_the_run_is_visible(
    client: Client, finished: Run, bo: Client
) -> None:
    use = f"/outputs/{finished.outputs.get().pk}/reference/"
    client.post(use)
    reference = Upload.objects.get().reference
    Run.objects.update(inputs=finished.inputs | {"image_urls": [reference]})
    finished.refresh_from_db()
    finished.uploads.set(Upload.objects.all())
    content = download(client, finished)
    assert reference in drop(client, finished.spec, content)
    Run.objects.update(is_shared=False)
    page = drop(bo, finished.spec, content)
    assert reference not in page
    assert "Files are not stored in the picture" in page
    assert "a lighthouse" in page


def test_inputs_from_another_installation_are_read_from_the_file(
    client: Client, seedream: ModelSpec
) -> None:
    inputs = {"prompt": "a {{b}} owl", "n": 99, "mood": "grim"}
    page = drop(client, seedream, with_embedded_inputs(inputs=inputs, files=["cat.png"]))
    assert "owl</textarea>" in page
    assert "Not supported by this model: Mood." in page
    assert "Add them again: cat.png." in page
    assert "field__error" in page
    assert 'name="~var:b"' not in page


def test_embedded_inputs_of_another_model_are_mapped(
    client: Client, seedream: ModelSpec, painter: ModelSpec
) -> None:
    page = drop(client, painter, with_embedded_inputs(inputs={"prompt": "an owl", "n": 2}))
    assert "an owl</textarea>" in page
    assert "It was made with another model, Seedream 5 Lite." in page
    assert "Not supported by this model: Images." in page


def test_the_other_model_is_named_in_the_language_of_the_reader(
    client: Client, seedream: ModelSpec, painter: ModelSpec
) -> None:
    seedream.schema |= {"x-i18n": {"zh-Hans": {"title": "梦境"}}}
    seedream.save()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    assert "梦境" in drop(client, painter, with_embedded_inputs(inputs={"prompt": "an owl"}))


@pytest.mark.parametrize("content", [picture_bytes(), b"no picture", b""])
def test_a_file_without_embedded_inputs_leaves_the_form_unchanged(
    client: Client, seedream: ModelSpec, content: bytes
) -> None:
    page = drop(client, seedream, content, status=422)
    assert "half a lighth</textarea>" in page
    assert "contains no inputs" in page


def test_restoring_has_a_button_without_javascript(client: Client, seedream: ModelSpec) -> None:
    address = f"{seedream.get_absolute_url()}restore/"
    assert f'formaction="{address}"' in client.get(seedream.get_absolute_url()).text
    response = client.post(address, {"/prompt": "x"})
    assert response.status_code == 422
    assert "Choose a picture first." in response.text
    assert "<html" in response.text


@pytest.mark.parametrize(
    "inputs", [None, [], "x", 3, {"prompt": None}, {"image_urls": ["upload:"]}]
)
def test_any_embedded_inputs_open_the_form(
    client: Client, seedream: ModelSpec, painter: ModelSpec, inputs: object
) -> None:
    for spec in (seedream, painter):
        drop(client, spec, with_embedded_inputs(inputs=inputs, model=seedream.slug))
