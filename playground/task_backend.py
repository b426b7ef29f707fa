"""Base class of both backends of `django.tasks`.

The database rows of runs and mails are the queue. A job only triggers the processing of a row, and
may be lost, because the row is found again. That holds only for the tasks in TASKS; the definition
of any other task is refused.
"""

from typing import Any

from django.tasks import Task, TaskResult, TaskResultStatus
from django.tasks.backends.base import BaseTaskBackend
from django.tasks.exceptions import InvalidTask
from django.utils.crypto import get_random_string


class LossyBackend(BaseTaskBackend):
    """A backend whose queue may get lost.

    OPTIONS  "TASKS": dotted names of the tasks whose jobs may be lost
    """

    def validate_task(self, task: "Task[Any, Any]") -> None:
        """Refuse tasks that this backend would lose. Django calls it when a task is defined."""
        super().validate_task(task)
        known = self.options.get("TASKS", ())
        if task.module_path not in known:
            raise InvalidTask(
                f"{task.module_path} would be lost with a worker or a broker: this engine stores "
                "no queue. Where a row in the database brings it back, add it to TASKS in "
                "settings.py; otherwise give it a backend that stores its queue."
            )

    def enqueue[**P, R](
        self, task: "Task[P, R]", args: list[Any], kwargs: dict[str, Any]
    ) -> "TaskResult[P, R]":
        self.validate_task(task)
        self.send(task, args, kwargs)
        return TaskResult(
            task=task,
            id=get_random_string(32),
            status=TaskResultStatus.READY,
            enqueued_at=None,
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=args,
            kwargs=kwargs,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )

    def send(self, task: "Task[Any, Any]", args: list[Any], kwargs: dict[str, Any]) -> None:
        """Pass a job to the engine; raise an exception if that fails."""
        raise NotImplementedError
