"""The crew behind `django.tasks`: one queue never waits for another, and nothing stops it."""

import threading
from collections.abc import Iterator

import pytest

from playground.engine import Crew

SECONDS = 10


@pytest.fixture
def crew() -> Iterator[Crew]:
    crew = Crew()
    crew.start({"default": 1, "files": 1})
    yield crew
    crew.stop(SECONDS)


def test_a_long_job_keeps_no_other_queue_waiting(crew: Crew) -> None:
    arrived, asked = threading.Event(), threading.Event()
    crew.take("files", lambda: arrived.wait(SECONDS))
    crew.take("default", asked.set)
    assert asked.wait(SECONDS)
    arrived.set()


def test_what_is_of_lower_rank_begins_no_second_job_before_the_higher() -> None:
    asked, arrived, later, done = (threading.Event() for _ in range(4))
    begun: list[str] = []
    crew = Crew()
    crew.start({"default": 1, "files": 2})
    crew.take("default", lambda: asked.wait(SECONDS))
    crew.take("files", lambda: arrived.wait(SECONDS))
    crew.take("files", lambda: later.wait(SECONDS))

    def fetch() -> None:
        begun.append("file")
        done.set()

    crew.take("files", fetch)
    crew.take("default", lambda: begun.append("look"))
    arrived.set()
    asked.set()
    assert done.wait(SECONDS)
    later.set()
    crew.stop(SECONDS)
    assert begun == ["look", "file"]


def test_a_queue_of_lower_rank_is_never_starved(crew: Crew) -> None:
    arrived, done = threading.Event(), threading.Event()
    for _ in range(3):
        crew.take("default", lambda: arrived.wait(SECONDS))
    crew.take("files", done.set)
    assert done.wait(SECONDS)
    arrived.set()


def test_a_job_that_breaks_off_takes_no_thread_with_it(
    crew: Crew, caplog: pytest.LogCaptureFixture
) -> None:
    done = threading.Event()
    crew.take("default", lambda: 1 / 0)
    crew.take("default", done.set)
    assert done.wait(SECONDS)
    assert "A job broke off" in caplog.text


def test_the_job_in_hand_comes_to_its_end_and_no_other_is_begun(crew: Crew) -> None:
    begun, finished, next_one = threading.Event(), threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        crew.stopping.wait(SECONDS)
        finished.set()

    crew.take("default", job)
    crew.take("default", next_one.set)
    assert begun.wait(SECONDS)
    crew.stop(SECONDS)
    assert finished.is_set()
    assert not next_one.is_set()


def test_a_process_without_a_crew_leaves_jobs_to_others() -> None:
    begun = threading.Event()
    idle = Crew()
    idle.take("default", begun.set)
    idle.start({"default": 1})
    idle.stop(SECONDS)
    assert not begun.is_set()
