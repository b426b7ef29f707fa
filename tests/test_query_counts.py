"""Limits on the number of queries of each page and each poll.

Two queries of each page identify the person: the session, and the user with memberships and
workspaces. `benchmarks/pages.py` measures the processor time of the same requests.
"""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from playground.runs.costs import history
from playground.runs.models import Output, Run, Worker
from playground.runs.pages.in_progress import read_running
from playground.teams.models import Membership

SCRIPT = {"HX-Request": "true"}


def count(client: Client, path: str, *, status: int = 200, **query: str) -> int:
    """Count the queries of a request when it is not the first of its kind."""
    headers = SCRIPT if query else {}
    read(client.get(path, query, headers=headers))
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, query, headers=headers)
        read(response)
    assert response.status_code == status
    return len(captured)


def read(response: Any) -> None:
    """Read a response to its end, so that its file is closed."""
    if response.streaming:
        b"".join(response.streaming_content)


def test_healthz_makes_no_query(client: Client) -> None:
    assert count(client, "/healthz") == 0
    client.cookies["sessionid"] = "x" * 32
    assert count(client, "/healthz") == 0


@pytest.mark.parametrize(
    ("name", "most"),
    [("gallery", 6), ("run page", 13), ("thumbnail", 3), ("picture page", 13), ("form page", 13)],
)
def test_the_number_of_queries_of_a_page_is_limited(
    client: Client, finished: Run, worker: Worker, name: str, most: int
) -> None:
    output = Output.objects.filter(run=finished).select_related("run__spec").earliest("position")
    paths = {
        "gallery": "/gallery/",
        "run page": finished.get_absolute_url(),
        "thumbnail": output.thumbnail_url,
        "picture page": reverse("picture", args=[output.pk]),
        "form page": finished.spec.get_absolute_url(),
    }
    assert count(client, paths[name]) <= most


def test_a_poll_without_news_takes_one_query_beside_the_session(
    client: Client, run: Run, worker: Worker
) -> None:
    membership = Membership.objects.get(user=run.author)
    seen = f"{run.pk}.{run.revision}"
    board, bar = reverse("live"), reverse("running")
    assert count(client, board, status=204, run=seen, pace="300") == 3
    since = "2026-01-01T00:00:00Z"
    team = {"run": seen, "pace": "300", "since": since, "model": run.spec.slug}
    assert count(client, board, status=204, **team) == 3
    assert count(client, bar, status=204, seen=read_running(membership).seen) == 3
    page = run.get_absolute_url()
    assert count(client, page, status=204, seen=str(run.revision)) == 3


def test_a_poll_with_news_reads_only_the_changed_cards(
    client: Client, run: Run, worker: Worker
) -> None:
    others = [Run.objects.create(**same(run)) for _ in range(3)]
    seen = [f"{each.pk}.{each.revision}" for each in others]
    client.get(reverse("live"), {"run": [*seen, f"{run.pk}.9"]}, headers=SCRIPT)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(reverse("live"), {"run": [*seen, f"{run.pk}.9"]}, headers=SCRIPT).text
    assert page.count('class="run') >= 1
    assert [f"run-{each.pk}" in page for each in [run, *others]] == [True, False, False, False]
    assert len(captured) <= 6


def same(run: Run) -> dict[str, object]:
    names = ("workspace", "author", "spec", "api_key", "inputs")
    return {name: getattr(run, name) for name in names}


def test_a_person_without_a_workspace_gets_an_explanation(client: Client, run: Run) -> None:
    Membership.objects.all().delete()
    assert client.get("/gallery/").status_code == 403


def test_a_session_with_a_former_backend_stays_valid(client: Client, run: Run) -> None:
    session = client.session
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    assert client.get("/gallery/").status_code == 200
    assert client.session["_auth_user_backend"] == "playground.teams.backends.PasswordBackend"


def test_an_account_that_was_deactivated_is_logged_out(client: Client, run: Run) -> None:
    User.objects.update(is_active=False)
    assert client.get("/gallery/").status_code == 302


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the plans of SQLite")
def test_the_form_page_never_reads_all_runs(client: Client, finished: Run, worker: Worker) -> None:
    """No full scan and no sort: with 100,000 pictures they took two seconds."""
    history.clear_cache()
    with CaptureQueriesContext(connection) as captured:
        client.get(finished.spec.get_absolute_url())
    plans = {sql: explain(sql) for sql in (each["sql"] for each in captured) if "SELECT" in sql}
    scans = {sql: plan for sql, plan in plans.items() if "SCAN runs_run" in plan}
    assert len(plans) > 8
    assert not scans
    assert all("TEMP B-TREE" not in plan for sql, plan in plans.items() if "COUNT(" in sql)


def explain(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
