"""The board: which runs are large cards, single lines or rows, and the shapes of their pictures."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from playground.runs.models import Output, Run, Worker
from playground.runs.pages import board, tile_shapes
from playground.teams.models import Membership, Role
from tests.launched import ROOT
from tests.sandbox_process import SandboxProcess

HTMX = {"HX-Request": "true"}


def copy_run(run: Run, **facts: object) -> Run:
    """Make another run of the same person and model, created after all existing ones."""
    names = ("workspace", "author", "spec", "api_key")
    kept = {name: getattr(run, name) for name in names}
    made = Run.objects.create(**{**kept, "inputs": {"prompt": "another"}, **facts})
    later = run.created_at + timedelta(seconds=Run.objects.count())
    Run.objects.filter(pk=made.pk).update(created_at=later)
    made.refresh_from_db()
    return made


def copy_finished(run: Run, count: int = 1, **facts: object) -> Run:
    """Make another run with `count` pictures, all of them with the one stored file."""
    moment = timezone.now()
    made = copy_run(
        run, status="succeeded", task_id="t", finished_at=moment, stored_at=moment, **facts
    )
    file = Output.objects.exclude(file=None).first()
    assert file
    for position in range(count):
        Output.objects.create(run=made, position=position, file=file.file, stored_at=moment)
    return made


def text_of(client: Client, address: str) -> str:
    """Return a page with single spaces between its words and attributes."""
    return " ".join(client.get(address).text.split())


def section(page: str, name: str) -> str:
    """Return the HTML of one list of the board."""
    return " ".join(page.partition(f'id="{name}"')[2].partition("</ol>")[0].split())


def runs_in(page: str, name: str) -> list[str]:
    return re.findall(r'<li class="run" id="run-([^"]*)"', section(page, name))


def as_texts(*runs: Run) -> list[str]:
    return [str(run.pk) for run in runs]


def test_the_newest_finished_run_is_large_and_earlier_ones_are_in_rows(
    client: Client, finished: Run
) -> None:
    newest = copy_finished(finished)
    failed = copy_run(finished, status="failed", problem="declined", finished_at=timezone.now())
    page = client.get(finished.spec.get_absolute_url()).text
    assert runs_in(page, "hero") == as_texts(newest)
    assert runs_in(page, "rows") == as_texts(failed, finished)
    earlier = client.get(f"{finished.spec.get_absolute_url()}?before=2100-01-01T00:00:00Z").text
    assert runs_in(earlier, "hero") == []


def test_of_many_unfinished_runs_three_are_large_and_the_others_lines(
    client: Client, finished: Run, worker: Worker
) -> None:
    first, second, third, *more = (copy_run(finished, status="pending") for _ in range(5))
    page = client.get(finished.spec.get_absolute_url()).text
    assert runs_in(page, "hero") == as_texts(third, second, first, finished)
    assert runs_in(page, "lines") == as_texts(*reversed(more))
    assert runs_in(page, "rows") == []


def test_an_unfinished_run_has_a_placeholder_with_shape_tint_and_time(
    client: Client, finished: Run, worker: Worker
) -> None:
    Run.objects.update(took_seconds=20)
    run = copy_run(finished, inputs={"prompt": "a fox", "size": "2:3"}, status="pending")
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(seconds=14))
    page = section(client.get(run.spec.get_absolute_url()).text, "hero")
    assert 'data-ratio="65" data-shape="2:3"' in page
    assert f'data-tint="{tile_shapes.tint_of("a fox")}"' in page
    assert re.search(r">1[456] s</time>", page)
    assert "of about 20 s" in page
    assert re.search(r'<progress [^>]*max="20" value="1[456]"', page)
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(seconds=90))
    late = section(client.get(run.spec.get_absolute_url()).text, "hero")
    assert " data-late>" in late
    assert ">1 min 3" in late


SHAPES = [
    ((1600, 900), 1, (180, 180, "16:9", 1, 1)),
    ((1664, 2496), 1, (65, 65, "2:3", 1, 1)),
    ((1000, 1000), 4, (100, 400, "", 2, 2)),
    ((1600, 900), 2, (180, 360, "16:9", 1, 2)),
    ((900, 1600), 3, (55, 170, "9:16", 3, 1)),
    ((1000, 1000), 15, (100, 1200, "", 4, 4)),
    ((10000, 10), 1, (300, 1200, "", 1, 1)),
    ((10, 10000), 1, (40, 40, "", 1, 1)),
]


@pytest.mark.parametrize(("size", "count", "block"), SHAPES)
def test_pictures_of_a_run_are_arranged_in_a_block(
    size: tuple[int, int], count: int, block: tuple[int, int, str, int, int]
) -> None:
    found = tile_shapes.block_of(*size, count)
    assert (found.ratio, found.total, found.name, found.columns, found.rows) == block


def test_every_block_layout_has_its_css_rules() -> None:
    folder = ROOT / "static/css/components"
    ratios = (folder / "tile-ratio.css").read_text()
    blocks = (folder / "run.css").read_text() + 'data-columns="1" data-rows="1" data-shape=""'
    for width in (40, 67, 100, 133, 178, 233, 300):
        for count in range(1, 16):
            found = tile_shapes.block_of(width, 100, count)
            assert f'[data-ratio="{found.ratio}"]' in ratios
            assert f'[data-ratio="{found.total}"]' in ratios
            assert f'data-columns="{found.columns}"' in blocks
            assert f'data-rows="{found.rows}"' in blocks, (width, count, found)
            assert f'data-shape="{found.name}"' in blocks


def test_a_failure_is_one_line_that_can_be_dismissed(
    client: Client, run: Run, sandbox: SandboxProcess, work_off: Callable[[], None]
) -> None:
    sandbox.fault("submit", "failed", code="content_moderation")
    work_off()
    page = client.get(run.spec.get_absolute_url()).text
    assert runs_in(page, "rows") == as_texts(run)
    strip = page.partition('class="strip"')[2].partition("</div>")[0]
    assert "Blocked by the content filter" in strip
    assert "Nothing charged" in strip
    assert "Edit and retry" in strip
    answer = client.post(f"/runs/{run.pk}/dismiss/", headers=HTMX).text
    assert f'<li id="run-{run.pk}" hx-swap-oob="delete">' in answer
    assert runs_in(client.get(run.spec.get_absolute_url()).text, "rows") == []
    assert client.get(run.get_absolute_url()).status_code == 200


def test_only_failed_runs_are_dismissed_and_resumed_ones_return(
    client: Client, finished: Run
) -> None:
    client.post(f"/runs/{finished.pk}/dismiss/")
    finished.refresh_from_db()
    assert finished.dismissed_at is None
    lost = copy_run(
        finished, status="failed", task_id="t", problem="lost", finished_at=timezone.now(),
        dismissed_at=timezone.now(),
    )  # fmt: skip
    client.post(f"/runs/{lost.pk}/ask/")
    lost.refresh_from_db()
    assert lost.dismissed_at is None


def test_a_run_that_may_have_been_charged_is_not_called_free(client: Client, finished: Run) -> None:
    copy_run(
        finished, status="failed", problem="forgotten", sent_at=timezone.now(),
        finished_at=timezone.now(),
    )  # fmt: skip
    page = section(client.get(finished.spec.get_absolute_url()).text, "rows")
    assert "Outcome unknown" in page
    assert "Nothing charged" not in page
    assert "Try again, may be charged twice" in page


@pytest.fixture
def run_of_colleague(finished: Run) -> Run:
    """A run that a colleague shares, newer than the person's own."""
    bo = User.objects.create_user("bo")
    Membership.objects.create(workspace=finished.workspace, user=bo, role=Role.MEMBER)
    return copy_finished(finished, author=bo)


def test_the_team_board_shows_shared_runs_of_colleagues(
    client: Client, finished: Run, run_of_colleague: Run
) -> None:
    address = finished.spec.get_absolute_url()
    assert str(run_of_colleague.pk) not in client.get(address).text
    page = text_of(client, f"{address}?whose=team")
    assert runs_in(page, "hero") == as_texts(run_of_colleague)
    assert "2 pictures" in page
    Run.objects.filter(pk=run_of_colleague.pk).update(is_shared=False)
    assert str(run_of_colleague.pk) not in client.get(f"{address}?whose=team").text
    found = client.get(f"/gallery/{run_of_colleague.outputs.get().pk}/?from=board")
    assert found.status_code == 404


def test_a_picture_of_a_colleague_leads_back_to_the_team_board(
    client: Client, finished: Run, run_of_colleague: Run
) -> None:
    output = run_of_colleague.outputs.get()
    viewer = client.get(f"/gallery/{output.pk}/?run={run_of_colleague.pk}&from=board").text
    back = f"{finished.spec.get_absolute_url()}?whose=team#picture-{output.pk}"
    assert back in viewer.replace("&amp;", "&")


def test_new_runs_of_colleagues_are_announced_on_the_team_board_only(
    client: Client, finished: Run, worker: Worker, run_of_colleague: Run
) -> None:
    page = client.get(f"{finished.spec.get_absolute_url()}?whose=team").text
    assert 'hx-trigger="every 4000ms"' in page
    since = re.search(r'name="since" value="([^"]*)"', page)
    assert since
    Run.objects.filter(pk=run_of_colleague.pk).update(created_at=timezone.now())
    look = {"model": finished.spec.slug, "since": since[1].replace("&#x2B;", "+")}
    news = client.get("/runs/live/", look, headers=HTMX).text
    assert 'hx-swap-oob="afterbegin:#arrivals"' in news
    assert f'id="run-{run_of_colleague.pk}"' in news
    assert 'id="submission"' not in news  # a form that is being sent keeps its token
    assert 'hx-trigger="every 4000ms"' in news
    mine = client.get("/runs/live/", {"model": finished.spec.slug}, headers=HTMX).text
    assert str(run_of_colleague.pk) not in mine
    other = client.get("/runs/live/", {**look, "model": "other"}, headers=HTMX).text
    assert str(run_of_colleague.pk) not in other
    assert client.get("/runs/live/", {**look, "since": "x"}, headers=HTMX).status_code == 200


def test_the_row_size_and_the_dismissed_note_are_remembered(client: Client, finished: Run) -> None:
    address = finished.spec.get_absolute_url()
    assert 'value="m" autocomplete="off" checked' in text_of(client, address)
    client.get(f"{address}?density=s&demo_note=off")
    page = text_of(client, address)
    assert 'value="s" autocomplete="off" checked' in page
    assert 'id="demo-note"' not in page
    client.get(f"{address}?density=x&demo_note=on")
    assert 'value="s" autocomplete="off" checked' in text_of(client, address)


def test_the_first_page_offers_examples_with_their_pictures(
    client: Client, seedream: object
) -> None:
    page = client.get("/", follow=True).text
    assert page.count('<a class="example"') == 6
    assert page.count("img/examples/") == 6


def test_the_number_of_queries_of_a_board_does_not_grow_with_runs(
    client: Client, finished: Run
) -> None:
    address = finished.spec.get_absolute_url()
    client.get(address)
    few = count_queries(client, address)
    for number in range(8):
        copy_finished(finished, count=1 + number % 3)
        copy_run(finished, status="failed", problem="declined", finished_at=timezone.now())
    assert count_queries(client, address) - few == 3  # for all new cards together
    assert count_queries(client, address) == few


def count_queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        client.get(address)
    return len(found)


def test_pagination_of_a_board_shows_each_run_once(client: Client, finished: Run) -> None:
    runs = [finished, *(copy_finished(finished) for _ in range(board.PAGE))]
    page = client.get(finished.spec.get_absolute_url()).text
    first = runs_in(page, "hero") + runs_in(page, "rows")
    assert first == as_texts(*reversed(runs[1:]))
    earlier = re.search(r'href="(\?before=[^"]*)"', page)
    assert earlier
    assert runs_in(client.get(finished.spec.get_absolute_url() + earlier[1]).text, "rows") == [
        str(finished.pk)
    ]
