"""The thread pool of `django.tasks`: queues do not block each other, lost jobs are logged."""

import threading
from collections.abc import Iterator

import pytest
from django.tasks import task
from django.tasks.exceptions import InvalidTask
from pytest_django.fixtures import Settings

from playground.runs.worker.tasks import advance, post
from playground.thread_pool import NoThreadPoolError, ThreadPool, ThreadPoolBackend

SECONDS = 10


@pytest.fixture
def pool() -> Iterator[ThreadPool]:
    pool = ThreadPool()
    pool.start({"default": 1, "files": 2})
    yield pool
    pool.stop(SECONDS)


def test_a_long_job_does_not_block_other_queues(pool: ThreadPool) -> None:
    arrived, asked = threading.Event(), threading.Event()
    pool.take("files", lambda: arrived.wait(SECONDS))
    pool.take("default", asked.set)
    assert asked.wait(SECONDS)
    arrived.set()


def test_the_pool_has_room_for_all_jobs_that_may_start_at_once(pool: ThreadPool) -> None:
    begun, arrived = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        arrived.wait(SECONDS)

    assert (pool.room("files"), pool.room("unknown")) == (2, 0)
    assert pool.room("files", is_slowed=True) == 1
    pool.take("files", wait)
    assert begun.wait(SECONDS)
    assert (pool.room("files"), pool.room("files", is_slowed=True)) == (1, 0)
    arrived.set()


def test_no_thread_is_idle_while_a_job_waits(pool: ThreadPool) -> None:
    done = [threading.Event() for _ in range(200)]
    for number, event in enumerate(done):
        pool.take(("default", "files")[number % 2], event.set)
    assert all(event.wait(SECONDS) for event in done)


def test_a_queue_of_lower_priority_is_never_starved(pool: ThreadPool) -> None:
    arrived, done = threading.Event(), threading.Event()
    for _ in range(3):
        pool.take("default", lambda: arrived.wait(SECONDS))
    pool.take("files", done.set)
    assert done.wait(SECONDS)
    arrived.set()


def test_a_failed_job_ends_no_thread(pool: ThreadPool, caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()
    pool.take("default", lambda: 1 / 0)
    pool.take("default", done.set)
    assert done.wait(SECONDS)
    assert "A job broke off" in caplog.text


def test_at_shutdown_running_jobs_finish_and_no_other_begins(pool: ThreadPool) -> None:
    begun, finished, next_one = threading.Event(), threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        pool.stopping.wait(SECONDS)
        finished.set()

    pool.take("default", job)
    pool.take("default", next_one.set)
    assert begun.wait(SECONDS)
    pool.stop(SECONDS)
    assert finished.is_set()
    assert not next_one.is_set()


def test_a_job_in_a_process_without_a_pool_is_refused() -> None:
    idle = ThreadPool()
    with pytest.raises(NoThreadPoolError, match="This process runs no jobs"):
        idle.take("default", lambda: None)
    idle.start({"default": 1})
    idle.stop(SECONDS)
    with pytest.raises(NoThreadPoolError):
        idle.take("default", lambda: None)


def test_an_idle_thread_closes_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = threading.Event()
    monkeypatch.setattr("playground.thread_pool.IDLE_SECONDS", 0.01)
    monkeypatch.setattr("playground.thread_pool.connections.close_all", closed.set)
    pool = ThreadPool()
    pool.start({"default": 1})
    assert closed.wait(SECONDS)
    done = threading.Event()
    pool.take("default", done.set)
    assert done.wait(SECONDS)
    pool.stop(SECONDS)


# The backend of `django.tasks`


@pytest.fixture
def backend() -> ThreadPoolBackend:
    from playground import settings  # noqa: PLC0415 - the program's, not those of the tests

    return ThreadPoolBackend("default", settings.TASKS["default"])


def a_job() -> None:
    """A job without a row, so that no sweep would repeat it."""


def test_our_jobs_are_executed_by_the_worker_only(backend: ThreadPoolBackend) -> None:
    for job in (advance, post):
        backend.validate_task(job)
        with pytest.raises(NoThreadPoolError):
            backend.enqueue(job, [], {})


def test_a_job_the_worker_would_lose_is_refused_at_definition(
    settings: Settings, backend: ThreadPoolBackend
) -> None:
    settings.TASKS = {"default": {"BACKEND": "playground.thread_pool.ThreadPoolBackend"}}
    with pytest.raises(InvalidTask, match=r"tests\.test_thread_pool\.a_job would be lost"):
        task(a_job)
