"""A picture, video or sound opens in the viewer, which links back to the page it came from."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from playground.runs.models import MediaFile, Output, Run

pytestmark = pytest.mark.once

ORIGINAL_LINK = re.compile(r'<a [^>]*href="(/outputs/[^"]*)"')
VIEWER_LINK = re.compile(r'<a class="picture__open[^"]*" id="picture-([^"]*)"\s+href="([^"]*)"')


def add_outputs(run: Run, count: int) -> list[Output]:
    """Add outputs to a finished run, all of them with its one file."""
    first = run.outputs.get()
    return [first] + [
        Output.objects.create(
            run=run,
            position=position,
            kind=first.kind,
            file=first.file,
            source_url=first.source_url,
            stored_at=first.stored_at,
        )
        for position in range(1, count)
    ]


def address(url: str) -> str:
    return url.replace("&amp;", "&")


def links(page: str) -> dict[str, str]:
    return {pk: address(href) for pk, href in VIEWER_LINK.findall(page)}


@pytest.mark.parametrize("kind", ["image", "video", "audio"])
@pytest.mark.parametrize("shown_on", ["board", "run"])
def test_a_result_opens_in_the_viewer(
    client: Client, finished: Run, kind: str, shown_on: str
) -> None:
    MediaFile.objects.update(kind=kind)
    outputs = add_outputs(finished, 3)
    shown = {"board": finished.spec.get_absolute_url(), "run": finished.get_absolute_url()}[
        shown_on
    ]
    page = client.get(shown).text
    assert all(href.endswith("?download") for href in ORIGINAL_LINK.findall(page))
    assert "_blank" not in page
    opened = links(page)
    assert list(opened) == [str(output.pk) for output in outputs]
    viewer = client.get(opened[str(outputs[1].pk)]).text
    assert f'href="{shown}#picture-{outputs[1].pk}"' in viewer
    assert f"/outputs/{outputs[1].pk}/?download" in viewer


def test_the_viewer_turns_within_the_run_it_was_opened_from(client: Client, finished: Run) -> None:
    outputs = add_outputs(finished, 3)
    other = Run.objects.create(
        workspace=finished.workspace,
        author=finished.author,
        spec=finished.spec,
        api_key=finished.api_key,
        inputs={"prompt": "another"},
    )
    Output.objects.create(
        run=other, position=0, kind="image", file=outputs[0].file, stored_at=timezone.now()
    )
    page = client.get(links(client.get(finished.get_absolute_url()).text)[str(outputs[0].pk)]).text
    seen = [str(outputs[0].pk)]
    while found := re.search(r'rel="next"\s+href="([^"]*)"', page):
        page = client.get(address(found[1])).text
        seen.append(re.search(r'data-output="([^"]*)"', page)[1])  # type: ignore[index]
    assert seen == [str(output.pk) for output in outputs]
    assert "Close, back to the run" in " ".join(page.split())


def test_a_picture_of_an_older_run_leads_back_to_its_page_of_the_board(
    client: Client, finished: Run
) -> None:
    (output,) = add_outputs(finished, 1)
    for number in range(12):
        later = Run.objects.create(
            workspace=finished.workspace,
            author=finished.author,
            spec=finished.spec,
            api_key=finished.api_key,
            inputs={"prompt": "later"},
        )
        moment = finished.created_at + timedelta(minutes=number + 1)
        Run.objects.filter(pk=later.pk).update(created_at=moment)
    viewer = client.get(f"/gallery/{output.pk}/?run={finished.pk}&from=board").text
    back = re.search(r'id="back"\s+href="([^"]*)"', viewer)
    assert back
    assert f'id="picture-{output.pk}"' in client.get(address(back[1]).split("#")[0]).text


@pytest.mark.parametrize("query", ["run=x&from=board", "run=&from=//evil.example", "from=run"])
def test_a_malformed_address_still_shows_the_picture(
    client: Client, finished: Run, query: str
) -> None:
    output = finished.outputs.get()
    page = client.get(f"/gallery/{output.pk}/?{query}")
    assert page.status_code == 200
    assert 'href="//evil.example' not in page.text
