"""The tasks of Celery's workers: each does the job of `tasks.py` that a message names."""

import inspect
import logging
import threading
import uuid
from time import monotonic as now
from typing import Any

from django.db import close_old_connections
from django.tasks import Task

from playground.celery import app
from playground.runs.worker import celery_worker, tasks

logger = logging.getLogger(__name__)

# A connection that was not used for so long is looked at before the next job; each time it would
# cost a query.
IDLE_SECONDS = 5.0

_of_this_thread = threading.local()


def deliver(job: "Task[Any, Any]", args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Do a job once this machine's clock can be trusted; what goes wrong is found by its row."""
    if not celery_worker.wait_for_trust():
        return
    if not is_understood(job, args, kwargs):
        logger.warning(
            "A message of %s was dropped, because this version does not know its form: its run or "
            "mail is found by its row", job.module_path,
        )  # fmt: skip
        return
    if now() - getattr(_of_this_thread, "used_at", 0.0) > IDLE_SECONDS:
        close_old_connections()
    try:
        job.call(*args, **kwargs)
    except Exception:  # whatever it was: the row is due again
        logger.exception("A job broke off")
        close_old_connections()
    _of_this_thread.used_at = now()


def is_understood(job: "Task[Any, Any]", args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a message has the arguments of its job, whose first is a run's or a mail's id."""
    try:
        given = inspect.signature(job.func).bind(*args, **kwargs).args
        _ = int(given[0]) if job is tasks.post else [uuid.UUID(each) for each in given]
    except (TypeError, ValueError, AttributeError, LookupError):
        return False
    return True


@app.task(name=tasks.advance.module_path)  # type: ignore[untyped-decorator]  # Celery has no types
def advance(*args: Any, **kwargs: Any) -> None:
    deliver(tasks.advance, args, kwargs)


@app.task(name=tasks.post.module_path)  # type: ignore[untyped-decorator]  # likewise
def post(*args: Any, **kwargs: Any) -> None:
    deliver(tasks.post, args, kwargs)
