"""Presets: named inputs of a person or of the workspace."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.runs.models import Draft, Preset, Run, Upload
from tests.compose.test_drafts import check
from tests.compose.test_generate import HTMX
from tests.conftest import picture_bytes


def save(client: Client, spec: ModelSpec, name: str, owner: str = "author") -> int:
    address = f"{spec.get_absolute_url()}presets/"
    return client.post(address, {"name": name, "owner": owner}).status_code


def change(client: Client, preset: Preset, do: str, name: str = "") -> int:
    return client.post(f"/presets/{preset.pk}/", {"do": do, "name": name}).status_code


def opened(client: Client, preset: Preset) -> str:
    return client.get(f"/models/{preset.slug}/?preset={preset.pk}").text


@pytest.fixture
def poster(client: Client, seedream: ModelSpec) -> Preset:
    """A preset that ana saved for the workspace; her draft is deleted."""
    check(client, seedream, **{"/prompt": "a poster of"})
    assert save(client, seedream, "Poster", "workspace") == 302
    Draft.objects.all().delete()
    return Preset.objects.get()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_save_as_preset_keeps_the_form_and_asks_for_a_name(
    client: Client, seedream: ModelSpec, headers: dict[str, str]
) -> None:
    sent = {"/prompt": "", "/n": "3", "~preset": "save"}
    response = client.post(seedream.get_absolute_url(), sent, headers=headers)
    address = f"{seedream.get_absolute_url()}presets/"
    assert address in {response.get("Location"), response.get("HX-Redirect")}
    assert Draft.objects.get().inputs["n"] == 3
    assert not Run.objects.exists()
    assert "Save current settings" in client.get(address).text


def test_a_workspace_preset_is_visible_to_all_members(poster: Preset, bo: Client) -> None:
    assert "Poster" in bo.get(f"/models/{poster.slug}/").text
    assert "a poster of</textarea>" in opened(bo, poster)


def test_a_private_preset_is_visible_to_its_author_only(
    poster: Preset, bo: Client, client: Client
) -> None:
    Preset.objects.update(is_shared=False)
    assert "Poster" not in bo.get(f"/models/{poster.slug}/").text
    assert "a poster of" not in opened(bo, poster)
    assert change(bo, poster, "delete") == 404
    assert "a poster of" in opened(client, poster)


def test_only_its_author_or_an_owner_changes_a_preset(poster: Preset, bo: Client) -> None:
    assert [change(bo, poster, do) for do in ("rename", "overwrite", "delete")] == [403] * 3
    assert Preset.objects.get().name == "Poster"
    Preset.objects.update(author=User.objects.get(username="bo"))
    assert change(bo, poster, "rename", "Placard") == 302
    assert Preset.objects.get().name == "Placard"


def test_a_preset_replaces_the_draft_until_something_is_typed(
    client: Client, poster: Preset, seedream: ModelSpec
) -> None:
    check(client, seedream, **{"/prompt": "something else"})
    assert "something else" not in opened(client, poster)
    assert "something else" in client.get(seedream.get_absolute_url()).text


def test_a_preset_name_is_unique_for_each_owner(client: Client, poster: Preset, bo: Client) -> None:
    for who in (client, bo):
        check(who, poster.spec)
    assert save(bo, poster.spec, "Poster", "workspace") == 422
    assert save(bo, poster.spec, "Poster") == save(client, poster.spec, "Poster") == 302
    assert save(client, poster.spec, "Poster") == 422
    assert save(client, poster.spec, "Other") == 302
    assert change(client, Preset.objects.get(name="Other"), "rename", "Poster") == 422


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "a\0b"])
def test_an_invalid_preset_name_is_refused(client: Client, poster: Preset, name: str) -> None:
    check(client, poster.spec)
    assert save(client, poster.spec, name) == change(client, poster, "rename", name) == 422
    assert Preset.objects.get().name == "Poster"


def test_a_preset_can_be_overwritten_with_the_form(client: Client, poster: Preset) -> None:
    assert change(client, poster, "overwrite") == 422  # the form is empty
    check(client, poster.spec, **{"/prompt": "a better poster of"})
    assert change(client, poster, "overwrite") == 302
    assert Preset.objects.get().inputs["prompt"] == "a better poster of"


def test_a_preset_can_be_deleted(client: Client, poster: Preset) -> None:
    assert change(client, poster, "delete") == 302
    assert not Preset.objects.exists()


def test_an_empty_form_is_not_saved_as_a_preset(client: Client, seedream: ModelSpec) -> None:
    assert save(client, seedream, "Empty") == 422
    assert not Preset.objects.exists()


def test_preset_fields_that_the_model_lost_are_dropped_with_a_message(
    client: Client, poster: Preset
) -> None:
    schema = {"type": "object", "properties": {"prompt": {"type": "string"}}}
    facts = poster.spec.facts | {"schema": schema, "rules": [], "examples": []}
    ModelSpec.objects.publish(poster.slug, **facts)
    page = opened(client, poster)
    assert "no longer accepts it" in page
    assert poster.spec.schema["properties"]["n"]["title"] in page.split("no longer accepts it")[1]
    assert "a poster of</textarea>" in page or 'value="a poster of"' in page


def test_a_shared_preset_gives_access_to_its_files(
    client: Client, bo: Client, seedream: ModelSpec
) -> None:
    picture = SimpleUploadedFile("a.png", picture_bytes(), "image/png")
    client.post("/uploads/", {"name": "/image_urls", "kind": "image", "file": picture})
    upload = Upload.objects.get()
    check(client, seedream, **{"~keep/image_urls": upload.reference})
    path = f"/uploads/{upload.pk}/thumbnail/"
    assert bo.get(path).status_code == 404
    save(client, seedream, "With a picture", "workspace")
    assert bo.get(path).getvalue()


def test_a_preset_gives_no_access_to_files_its_author_may_not_see(
    client: Client, bo: Client, seedream: ModelSpec
) -> None:
    picture = SimpleUploadedFile("a.png", picture_bytes(), "image/png")
    client.post("/uploads/", {"name": "/image_urls", "kind": "image", "file": picture})
    upload = Upload.objects.get()
    check(bo, seedream, **{"~keep/image_urls": upload.reference})
    save(bo, seedream, "Forged", "workspace")
    assert bo.get(f"/uploads/{upload.pk}/thumbnail/").status_code == 404
