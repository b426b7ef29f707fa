"""Outputs as references, and inputs of a run in the form of another model."""

import pytest
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.runs.models import Draft, MediaFile, Output, Run, Upload

pytestmark = pytest.mark.once


def use(client: Client, output: Output, **fields: str) -> str:
    """Use an output as a reference; return the page of the redirect."""
    return client.post(f"/outputs/{output.pk}/reference/", fields, follow=True).text


def test_an_output_becomes_a_reference_without_copying_bytes(client: Client, finished: Run) -> None:
    output, files = finished.outputs.get(), MediaFile.objects.count()
    page = use(client, output)
    upload = Upload.objects.get()
    assert upload.reference in page
    assert (upload.file, MediaFile.objects.count()) == (output.file, files)


def test_using_an_output_keeps_the_other_fields(client: Client, finished: Run) -> None:
    address = f"{finished.spec.get_absolute_url()}form/?check"
    client.post(address, {"/prompt": "half a lighth", "/n": "2", "seen_by": "author"})
    for _ in range(2):
        use(client, finished.outputs.get())
    draft = Draft.objects.get()
    assert (draft.inputs["prompt"], draft.inputs["n"], draft.is_shared) == (
        "half a lighth", 2, False,
    )  # fmt: skip
    assert draft.inputs["image_urls"] == [
        each.reference for each in Upload.objects.order_by("created_at")
    ]


def test_a_model_without_picture_inputs_links_to_models_that_have_them(
    client: Client, finished: Run, writer: ModelSpec, painter: ModelSpec
) -> None:
    Run.objects.update(spec=writer)
    page = use(client, finished.outputs.get())
    assert f'value="{painter.slug}"' in page
    assert f'value="{writer.slug}"' not in page
    page = use(client, finished.outputs.get(), model=painter.slug)
    assert Upload.objects.get().reference in page
    assert Draft.objects.get().inputs == {"image": Upload.objects.get().reference}


def test_a_message_says_that_no_model_takes_pictures(
    client: Client, finished: Run, writer: ModelSpec
) -> None:
    Run.objects.update(spec=writer)
    ModelSpec.objects.retire("doubao-seedream-5-0-lite", is_retired=True)
    assert "No model here takes a picture" in use(client, finished.outputs.get())


def test_the_link_leads_to_the_field_with_the_reference(client: Client, finished: Run) -> None:
    output = finished.outputs.get()
    response = client.post(f"/outputs/{output.pk}/reference/")
    address, _, anchor = response["Location"].partition("#")
    assert address == finished.spec.get_absolute_url()
    assert f'type="file" id="{anchor}" name="/image_urls"' in client.get(address).text


def test_an_invisible_output_cannot_become_a_reference(bo: Client, finished: Run) -> None:
    Run.objects.update(is_shared=False)
    response = bo.post(f"/outputs/{finished.outputs.get().pk}/reference/")
    assert response.status_code == 404
    assert not Upload.objects.exists()


def test_inputs_are_mapped_to_another_model_with_a_summary(
    client: Client, run: Run, painter: ModelSpec
) -> None:
    Run.objects.update(inputs={"prompt": "a fox", "size": "16:9", "resolution": "2k", "n": 4})
    assert f"?from={run.pk}" in client.get(f"/runs/{run.pk}/models/").text
    page = client.get(f"{painter.get_absolute_url()}?from={run.pk}").text
    assert "a fox</textarea>" in page
    assert "Aspect ratio 16:9, Resolution 2k → Canvas 2048x1152" in page
    assert "Not supported by this model: Images." in page
    assert "no changes" in page


def test_a_message_says_that_there_is_no_other_model(client: Client, run: Run) -> None:
    assert "There is no other model here" in client.get(f"/runs/{run.pk}/models/").text


def test_a_run_with_another_model_is_a_child_of_the_run(
    client: Client, run: Run, painter: ModelSpec
) -> None:
    client.post(painter.get_absolute_url(), {"/text": "a fox", "from": str(run.pk)})
    assert painter.runs.get().made_from == run
