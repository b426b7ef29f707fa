"""Many concurrent presses of Generate, with a budget for ten runs."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from pytest_django import DjangoDbBlocker

from playground.runs.models import Run
from tests import html
from tests.chaos.invariants import ALIAS, open_database
from tests.chaos.person import PATH
from tests.chaos.program import Program
from tests.sandbox_process import SandboxProcess
from tests.schema import browser
from tests.tables import IS_WHOLE

PEOPLE = 100 if IS_WHOLE else 16
PRICE = Decimal("0.0315")

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def program(
    tmp_path: Path, sandbox_process: SandboxProcess, new_database: Callable[[], str]
) -> Iterator[Program]:
    """Two web processes with eight threads each; without a worker, accepted runs stay pending."""
    address = new_database()
    with Program(tmp_path, sandbox_process, database_url=address, lease_seconds=20) as program:
        yield program


def submit_form(
    program: Program, path: str, typed: dict[str, str], together: threading.Barrier
) -> int:
    """Open a page, fill in its form, and send it together with all others."""
    with requests.Session() as http:
        http.trust_env = False  # no proxy for loopback
        http.headers["Connection"] = "close"  # otherwise the server closes it meanwhile
        page = html.parse(http.get(f"{program.url}{path}", timeout=60).text)
        form = next(each for each in page.iter("form") if each.get("method") == "post")
        if path == PATH:
            form = next(each for each in page.iter("form") if each.get("id") == "form")
        fields = dict(browser.send(form).items()) | typed
        together.wait(60)
        url = f"{program.url}{path}"
        return http.post(url, data=fields, allow_redirects=False, timeout=60).status_code


def test_a_budget_for_ten_runs_accepts_ten_concurrent_runs(
    program: Program, django_db_blocker: DjangoDbBlocker
) -> None:
    alone, together = threading.Barrier(1), threading.Barrier(PEOPLE)
    budget = {"monthly_budget": str(10 * PRICE)}
    assert submit_form(program, "/team/budget/", budget, alone) == requests.codes.found
    with ThreadPoolExecutor(PEOPLE) as people:
        pressed = [
            people.submit(submit_form, program, PATH, {"/prompt": f"number {number}"}, together)
            for number in range(PEOPLE)
        ]
        answers = Counter(each.result() for each in pressed)
    assert answers == {requests.codes.found: 10, requests.codes.unprocessable_entity: PEOPLE - 10}
    with django_db_blocker.unblock(), open_database(program.database_url):
        counted = list(Run.objects.using(ALIAS).values_list("cost_counted", flat=True))
    assert counted == [PRICE] * 10
