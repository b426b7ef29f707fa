"""What the background engine has to be told once, in the worker."""

from typing import Any

from django.dispatch import receiver
from django.tasks import TaskResult
from django.tasks.signals import task_finished
from huey.contrib.djhuey import HUEY, tasks_backend


@receiver(task_finished)
def forget(task_result: "TaskResult[Any, Any]", **_: Any) -> None:
    """Delete the record of a finished job: nobody asks for it, and it would be kept for ever."""
    HUEY.delete(tasks_backend.KEY % task_result.id)
