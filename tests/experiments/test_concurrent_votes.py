"""Many people vote concurrently over HTTP: each vote is stored once."""

import json
import re
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from pytest_django import DjangoDbBlocker

from playground.experiments.voting.tables import Vote
from tests.chaos.invariants import ALIAS, open_database
from tests.chaos.program import Program
from tests.sandbox_process import SandboxProcess

PEOPLE, ROUNDS, PICTURES = 20, 4, 5
FIELD = re.compile(r'name="(left|right|csrfmiddlewaretoken)" value="(\w+)"')

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def program(
    tmp_path: Path, sandbox_process: SandboxProcess, new_database: Callable[[], str]
) -> Iterator[Program]:
    address = new_database()
    with Program(tmp_path, sandbox_process, database_url=address, lease_seconds=20) as program:
        yield program


@pytest.fixture
def voters(program: Program) -> dict[str, Any]:
    words = ("-m", "tests.experiments.voters", str(PEOPLE))
    process = program.start(*words, stdout=subprocess.PIPE)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, program.log_end()
    made: dict[str, Any] = json.loads(output)
    return made


def vote(address: str, session: str, together: threading.Barrier) -> list[int]:
    """Vote on four pairs, sending each vote twice, as a held key does."""
    answers = []
    for _ in range(ROUNDS):
        with requests.Session() as http:
            http.trust_env = False
            http.cookies["sessionid"] = session
            http.headers["Connection"] = "close"  # otherwise the server closes it meanwhile
            fields = dict(FIELD.findall(http.get(address, timeout=60).text))
            together.wait(60)
            for _ in range(2):
                sent = fields | {"verdict": "left"}
                answer = http.post(address, sent, allow_redirects=False, timeout=60)
                answers.append(answer.status_code)
    return answers


def test_concurrent_votes_are_all_counted(
    program: Program, voters: dict[str, Any], django_db_blocker: DjangoDbBlocker
) -> None:
    address, together = f"{program.url}{voters['path']}", threading.Barrier(PEOPLE)
    with ThreadPoolExecutor(PEOPLE) as people:
        voted = [people.submit(vote, address, each, together) for each in voters["sessions"]]
        answers = [status for each in voted for status in each.result()]
    assert answers == [requests.codes.found] * (PEOPLE * ROUNDS * 2)
    with django_db_blocker.unblock(), open_database(program.database_url):
        votes = list(Vote.objects.using(ALIAS).values_list("voter_id", "left_id", "right_id"))
    assert len(votes) == PEOPLE * ROUNDS
    assert set(Counter(voter for voter, *_pair in votes).values()) == {ROUNDS}
    compared = Counter(each for _voter, *pair in votes for each in pair)
    equal_share = PEOPLE * ROUNDS * 2 / PICTURES
    assert min(compared.values()) >= 0.75 * equal_share
