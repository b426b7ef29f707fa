"""A report as one HTML file: what it contains, and what it must not contain."""

import base64
import re

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django.fixtures import Settings

from playground.catalog.models import ModelSpec
from playground.experiments import report
from playground.experiments.axes import AxisKind, AxisValue, make_axis
from playground.experiments.models import Experiment
from playground.experiments.voting.tables import Contender, Verdict, Vote, Voting, name_pair
from playground.media.storage import DiskStorage
from playground.runs.models import MediaFile, Output, Run
from playground.teams.models import Membership, Role, Workspace
from tests.conftest import picture_bytes
from tests.gallery.conftest import AddPicture

PROMPTS = ("a fox <script>alert(1)</script>", "a heron")
EXTERNAL_REFERENCE = re.compile(
    r"""<(?:script|link|iframe|object)\b|\b(?:src|href|srcset)=["'](?!data:)"""
)


@pytest.fixture
def experiment(
    add_picture: AddPicture,
    workspace: Workspace,
    ana: User,
    seedream: ModelSpec,
    settings: Settings,
) -> Experiment:
    """Two prompts, each with two runs, all with a small stored picture."""
    settings.MINDVIDEO_BASE_URL = "http://10.1.2.3:8080"
    settings.MINDVIDEO_API_KEY = "mv_live_secret"
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    values = [AxisValue(value=each, label=each) for each in PROMPTS]
    repeats = [AxisValue(value=each, label=f"{each}") for each in (1, 2)]
    axes = (
        make_axis(AxisKind.FIELD, "/prompt", "Prompt", values),
        make_axis(AxisKind.REPEAT, "", "Repeat", repeats),
    )
    made = Experiment.objects.create(
        workspace=workspace, author=ana, spec=seedream, title="Fox or heron?",
        inputs={"prompt": PROMPTS[0], "n": 1}, axes=[axis.document for axis in axes],
    )  # fmt: skip
    for number, prompt in enumerate(PROMPTS):
        for again in range(2):
            output = add_picture(prompt)
            store_file(output, number)
            made.cells.create(place=f"{number}-{again}", run=output.run)
    return made


def store_file(output: Output, number: int) -> None:
    """Store the file of an output, with a thumbnail and a middle size."""
    file, storage = output.file, DiskStorage()
    assert file
    content = picture_bytes((9 + number, 9), "WEBP")
    for name in (file.original.name, file.thumbnail.name, f"{file.sha256}.medium.webp"):
        storage.save(name, ContentFile(content))
    MediaFile.objects.filter(pk=file.pk).update(medium=f"{file.sha256}.medium.webp")


def read(client: Client, experiment: Experiment) -> str:
    response = client.get(f"{experiment.get_absolute_url()}report.html")
    assert response.status_code == 200
    assert response["Content-Disposition"] == 'attachment; filename="fox-or-heron.html"'
    return response.text


def test_a_report_has_the_question_grid_pictures_and_code(
    client: Client, experiment: Experiment
) -> None:
    Output.objects.filter(run__cell__place="1-0").update(stars=5)
    text = read(client, experiment)
    assert "<h1>Fox or heron?</h1>" in text
    pictures = re.findall(r'src="data:image/webp;base64,([^"]+)"', text)
    assert len(pictures) == 5  # four cells, and the rated one again
    assert {base64.b64decode(each)[:4] for each in pictures} == {b"RIFF"}
    assert "5 stars" in text
    assert "MINDVIDEO_API_KEY" in text
    assert "4 of 4 done" in text


def test_a_report_loads_nothing_and_contains_no_key_or_internal_address(
    client: Client, experiment: Experiment
) -> None:
    outputs = "&".join(f"o={each.pk}" for each in Output.objects.all()[:3])
    for text in (
        read(client, experiment),
        client.get(f"/compare/report.html?{outputs}").text,
    ):
        assert not EXTERNAL_REFERENCE.search(text)
        assert "&lt;script&gt;alert(1)" in text
        for secret in ("mv_live_secret", "mv_sandbox", "10.1.2.3", "127.0.0.1", "testserver"):
            assert secret not in text
        for each in (*Output.objects.all(), *Run.objects.all()):
            assert str(each.pk) not in text


def test_the_size_of_a_report_is_limited_and_omissions_are_named(
    client: Client, experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = len(re.findall(r'"(data:[^"]+)"', read(client, experiment))[0])
    monkeypatch.setattr(report, "MOST_BYTES", 2 * one + 10)
    text = read(client, experiment)
    assert text.count("data:image") == 2
    assert "2 pictures were left out, to keep this file small." in text


def test_a_report_has_the_votes(client: Client, experiment: Experiment, ana: User) -> None:
    voting = Voting.objects.create(
        workspace=experiment.workspace, author=ana, source="x", title="x", experiment=experiment
    )
    one, other = (
        Contender.objects.create(
            voting=voting, spec=experiment.spec, place=place,
            output=Output.objects.get(run__cell__place=place),
        )
        for place in ("0-0", "1-0")
    )  # fmt: skip
    Vote.objects.create(
        voting=voting, voter=ana, left=one, right=other, verdict=Verdict.RIGHT,
        pair=name_pair(one.pk, other.pk),
    )  # fmt: skip
    text = " ".join(read(client, experiment).split())
    assert '<th scope="row">a heron</th> <td>1</td> <td>100% (21 to 100)</td>' in text


def test_a_report_of_a_comparison_has_pictures_inputs_and_code(
    client: Client, experiment: Experiment
) -> None:
    outputs = "&".join(f"o={each.pk}" for each in Output.objects.all())
    text = client.get(f"/compare/report.html?{outputs}").text
    assert text.count("data:image") == 4
    assert "a heron" in text
    assert "<h3>D</h3>" in text


def test_a_report_of_an_impossible_comparison_redirects_to_the_explanation(client: Client) -> None:
    answer = client.get("/compare/report.html?o=nothing")
    assert answer["Location"] == "/compare/?o=nothing"


def test_private_runs_and_other_workspaces_are_not_in_a_report(
    client: Client, bo: Client, experiment: Experiment
) -> None:
    Run.objects.filter(cell__place__startswith="1").update(is_shared=False)
    assert read(bo, experiment).count("data:image") == 2
    user = User.objects.create_user("cy")
    elsewhere = Workspace.objects.create(name="Elsewhere")
    Membership.objects.create(workspace=elsewhere, user=user, role=Role.OWNER)
    client.force_login(user)
    assert client.get(f"{experiment.get_absolute_url()}report.html").status_code == 404


def test_a_report_is_in_the_language_of_its_reader(client: Client, experiment: Experiment) -> None:
    text = client.get(
        f"{experiment.get_absolute_url()}report.html", headers={"Accept-Language": "zh-Hans"}
    ).text
    assert '<html lang="zh-hans"' in text
    assert "输入" in text


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("https://api.mindvideo.ai/v1", True),
        ("http://127.0.0.1:9", False),
        ("http://10.1.2.3", False),
        ("http://proxy:8080", False),
        ("https://name:word@api.example.com", False),
        ("https://api.corp.internal", False),
        ("", False),
    ],
)
def test_an_internal_address_is_recognised(address: str, is_public: bool) -> None:  # noqa: FBT001
    assert report.is_public(address) is is_public
