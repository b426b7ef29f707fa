"""Generate over HTTP: what is accepted, what is refused, and where the message is."""

import io
import uuid
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from playground.catalog.models import ModelSpec
from playground.providers import registry
from playground.runs.models import Run, Upload
from playground.teams.models import ApiKey, Workspace
from tests.conftest import picture_bytes

if TYPE_CHECKING:  # the stubs alone have this name
    from django.test.client import _MonkeyPatchedWSGIResponse

pytestmark = pytest.mark.usefixtures("api_key")

HTMX = {"HX-Request": "true"}


def post(
    client: Client, spec: ModelSpec, headers: dict[str, str] | None = None, **fields: object
) -> "_MonkeyPatchedWSGIResponse":
    data = {"submission": str(uuid.uuid4()), "/prompt": "a lighthouse", "/n": "1", **fields}
    return client.post(spec.get_absolute_url(), data, headers=headers or {})


def test_generate_creates_a_run_and_answers_with_its_card(
    client: Client, seedream: ModelSpec
) -> None:
    response = post(client, seedream, HTMX)
    run = Run.objects.get()
    assert response.status_code == 200
    assert f'id="run-{run.pk}"' in response.text
    assert run.inputs["prompt"] == "a lighthouse"


def test_generate_without_javascript_redirects_to_the_page_of_the_run(
    client: Client, seedream: ModelSpec
) -> None:
    response = post(client, seedream)
    assert response.status_code == 302
    assert response["Location"] == Run.objects.get().get_absolute_url()


def test_a_double_click_creates_one_run(client: Client, seedream: ModelSpec) -> None:
    token = str(uuid.uuid4())
    for _ in range(2):
        post(client, seedream, HTMX, submission=token)
    assert Run.objects.count() == 1


def test_other_inputs_with_the_same_submission_token_create_another_run(
    client: Client, seedream: ModelSpec
) -> None:
    token = str(uuid.uuid4())
    for prompt in ("a lighthouse", "a harbour"):
        post(client, seedream, HTMX, submission=token, **{"/prompt": prompt})
    assert {run.inputs["prompt"] for run in Run.objects.all()} == {"a lighthouse", "a harbour"}


def test_a_double_click_with_other_inputs_creates_one_more_run(
    client: Client, seedream: ModelSpec
) -> None:
    token = str(uuid.uuid4())
    for prompt in ("a lighthouse", "a harbour", "a harbour"):
        post(client, seedream, HTMX, submission=token, **{"/prompt": prompt})
    assert Run.objects.count() == 2


def test_an_empty_prompt_is_refused_at_its_field(client: Client, seedream: ModelSpec) -> None:
    response = post(client, seedream, HTMX, **{"/prompt": "", "/n": "7"})
    assert response.status_code == 422
    assert 'id="f_2f_prompt-error"' in response.text
    assert 'value="7"' in response.text
    assert not Run.objects.exists()


def test_sixteen_pictures_are_refused_and_the_number_is_kept(
    client: Client, seedream: ModelSpec
) -> None:
    response = post(client, seedream, HTMX, **{"/n": "16"})
    assert response.status_code == 422
    assert 'id="f_2f_n-error"' in response.text
    assert 'value="16"' in response.text


def test_fourteen_references_and_two_pictures_are_refused_at_both_fields(
    client: Client, seedream: ModelSpec
) -> None:
    urls = "\n".join(f"https://example.com/{number}.png" for number in range(14))
    response = post(client, seedream, HTMX, **{"/n": "2", "/image_urls": urls})
    assert response.status_code == 422
    assert response.text.count("may be at most 15") >= 2
    assert "https://example.com/13.png" in response.text


def test_a_text_file_named_png_is_refused_at_its_field(client: Client, seedream: ModelSpec) -> None:
    file = SimpleUploadedFile("cat.png", b"this is no picture", "image/png")
    response = post(client, seedream, HTMX, **{"/image_urls": file})
    assert response.status_code == 422
    assert "not a JPEG, PNG, WebP, GIF, AVIF or HEIC picture" in response.text
    assert "a lighthouse" in response.text


def test_an_upload_of_fifty_megabytes_is_refused_with_a_message(
    client: Client, seedream: ModelSpec
) -> None:
    file = SimpleUploadedFile("large.png", picture_bytes() + bytes(50_000_000), "image/png")
    response = post(client, seedream, HTMX, **{"/image_urls": file})
    assert response.status_code == 422
    assert "the limit is 20 MB" in response.text


def test_a_picture_thirty_thousand_pixels_wide_is_refused_with_a_message(
    client: Client, seedream: ModelSpec
) -> None:
    file = SimpleUploadedFile("wide.png", picture_bytes((30_000, 10)), "image/png")
    response = post(client, seedream, HTMX, **{"/image_urls": file})
    assert response.status_code == 422
    assert "30,000 × 10 pixels" in response.text


def test_a_decompression_bomb_is_refused(client: Client, seedream: ModelSpec) -> None:
    buffer = io.BytesIO()
    Image.new("1", (9_500, 9_500)).save(buffer, "PNG")  # an 11 kB file, 270 MB decoded as RGB
    file = SimpleUploadedFile("bomb.png", buffer.getvalue(), "image/png")
    response = post(client, seedream, HTMX, **{"/image_urls": file})
    assert response.status_code == 422
    assert "pixels" in response.text


def test_a_good_reference_is_kept_when_another_field_has_an_error(
    client: Client, seedream: ModelSpec
) -> None:
    file = SimpleUploadedFile("cat.png", picture_bytes(), "image/png")
    response = post(client, seedream, HTMX, **{"/prompt": "", "/image_urls": file})
    assert response.status_code == 422
    assert Upload.objects.get().reference in response.text


def test_a_reference_to_an_unknown_file_is_refused(client: Client, seedream: ModelSpec) -> None:
    forged = f"upload:{uuid.uuid4()}"
    response = post(client, seedream, HTMX, **{"~keep/image_urls": forged})
    assert response.status_code == 422
    assert "no longer exists" in response.text


WRITTEN_OUT = [
    "data:image/jpeg;base64,/9j/4AAQ",
    " DATA:image/png;name=a;base64,iVBORw0",
    "data: image/png; base64,iVBORw0",
    "data:;base64,AAAA",
    "data:text/html,%3Cscript%3E",
]


@pytest.mark.once
@pytest.mark.parametrize("field", ["/image_urls", "~keep/image_urls", "/prompt"])
@pytest.mark.parametrize("text", WRITTEN_OUT)
def test_a_data_uri_in_place_of_a_file_is_refused_at_its_field(
    client: Client, seedream: ModelSpec, field: str, text: str
) -> None:
    response = post(client, seedream, HTMX, **{field: text})
    assert response.status_code == 422
    assert "Save it and choose it as a file." in response.text
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "prompt", ["data: a chart, in blue", "data:, and more", "to data:image/a,"]
)
def test_a_prompt_that_begins_with_data_is_accepted(
    client: Client, seedream: ModelSpec, prompt: str
) -> None:
    assert post(client, seedream, HTMX, **{"/prompt": prompt}).status_code == 200


UNUSABLE = {
    "deleted": "No API key is stored, so nothing can be sent.",
    "erased": "No API key is stored, so nothing can be sent.",
    "disabled": "The API key “Sandbox key” is disabled, so nothing can be sent.",
    "all disabled": "All API keys of Sandbox are disabled, so nothing can be sent.",
    "of another service": "The stored API key is for MindVideo, and runs of this model go to",
    "of another workspace": "No API key is stored, so nothing can be sent.",
}


def make_unusable(key: ApiKey, how: str) -> None:
    match how:
        case "deleted":
            key.delete()
        case "erased":
            key.erase()
        case "disabled":
            key.disable()
        case "all disabled":
            other = ApiKey.objects.store(
                key.workspace, registry.SANDBOX.slug, "sk_another_key_1234"
            )
            other.disable()
            key.disable()
        case "of another service":
            ApiKey.objects.update(provider=registry.MINDVIDEO.slug)
        case "of another workspace":
            ApiKey.objects.update(workspace=Workspace.objects.create(name="Theirs"))


@pytest.mark.parametrize("how", UNUSABLE)
def test_without_a_usable_key_generate_is_refused_and_the_page_says_why(
    client: Client, seedream: ModelSpec, api_key: ApiKey, how: str
) -> None:
    make_unusable(api_key, how)
    for shown in (client.get(seedream.get_absolute_url()), post(client, seedream, HTMX)):
        assert UNUSABLE[how] in shown.text
        assert 'href="/team/keys/"' in shown.text
        assert "a lighthouse" in shown.text or shown.status_code == 200
    assert shown.status_code == 422
    assert "Owners can change this on the page API keys." in shown.text
    assert not Run.objects.exists()


def test_the_page_says_that_the_provider_rejects_the_key(
    client: Client, seedream: ModelSpec, api_key: ApiKey
) -> None:
    api_key.note_answer(accepted=False)
    page = client.get(seedream.get_absolute_url()).text
    assert "Sandbox has rejected the API key “Sandbox key” since" in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_model_answers_404(client: Client, method: str) -> None:
    response = getattr(client, method)("/models/no-such-model/")
    assert response.status_code == 404
    assert "Page not found" in response.text


def test_an_invalid_post_is_refused_without_a_server_error(
    client: Client, seedream: ModelSpec
) -> None:
    nonsense = {"submission": "x", "from": "\x00", "~do": "add /\ud800", "/n": "٣", "/size": "{"}
    response = client.post(
        seedream.get_absolute_url(),
        {key: value.encode("utf-8", "replace") for key, value in nonsense.items()},
    )
    assert response.status_code == 422


def test_an_anonymous_request_is_redirected_to_login(seedream: ModelSpec, ana: User) -> None:
    response = Client().get(seedream.get_absolute_url())
    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


def test_a_script_request_with_an_expired_session_is_not_redirected(
    seedream: ModelSpec, db: None
) -> None:
    response = Client().get(seedream.get_absolute_url(), headers=HTMX)
    assert response.status_code == 401


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "2026-13-01", "x", "2026-01-01"])
def test_an_invalid_page_cursor_shows_the_newest_runs(
    client: Client, seedream: ModelSpec, moment: str
) -> None:
    assert client.get(seedream.get_absolute_url(), {"before": moment}).status_code == 200


def test_the_form_opens_with_the_inputs_of_a_run(
    client: Client, seedream: ModelSpec, run: Run
) -> None:
    response = client.get(seedream.get_absolute_url(), {"from": str(run.pk)})
    assert "a lighthouse</textarea>" in response.text


def test_the_form_opens_with_an_example(client: Client, seedream: ModelSpec, ana: User) -> None:
    response = client.get(seedream.get_absolute_url(), {"example": "2"})
    assert "金毛犬" in response.text
