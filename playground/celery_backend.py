"""The backend of `django.tasks` with BROKER_URL: sends each job to Celery's workers."""

from typing import Any

from django.tasks import Task
from kombu.exceptions import OperationalError

from playground.broker import BrokerAwayError, describe
from playground.celery import app, queue_name
from playground.task_backend import LossyBackend


class CeleryBackend(LossyBackend):
    """Sends a message for each job, to the queue of the same name.

    Raises  BrokerAwayError if the broker is not available
    """

    def send(self, task: "Task[Any, Any]", args: list[Any], kwargs: dict[str, Any]) -> None:
        queue = queue_name(task.queue_name)
        try:
            app.send_task(task.module_path, args, kwargs, queue=queue)
        except OperationalError as error:
            raise BrokerAwayError(describe(error)) from error
