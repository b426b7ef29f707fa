"""The Celery application, for installations with BROKER_URL: celery -A playground worker

The database rows are the queue; messages only trigger their processing. Results are not stored,
messages are JSON, and a lost or duplicate one does no harm (`runs/worker/broker_clock.py`).
"""

import logging
import os
import sys
from typing import Any

import django
from celery import Celery, signals
from celery.worker.consumer import Consumer
from celery.worker.state import maybe_shutdown
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 5
SOCKET_SECONDS = 30
LONGEST_RETRY_SECONDS = 5


def queue_name(queue: str) -> str:
    """Return the name in the broker of a queue of `runs/worker/tasks.py`."""
    return f"playground.{queue}"


class PlainConsumer(Consumer):  # type: ignore[misc]  # Celery has no types
    """Celery's consumer, with one log line per dropped message and quick reconnects."""

    def on_unknown_task(self, body: Any, message: Any, exc: Exception) -> None:
        del body, exc
        self.drop(message, str(message.headers.get("task")))

    def on_unknown_message(self, body: Any, message: Any) -> None:
        del body
        self.drop(message, "no task")

    def on_invalid_task(self, body: Any, message: Any, exc: Exception) -> None:
        del body, exc
        self.drop(message, str(message.headers.get("task")))

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        del exc
        self.drop(message, "no JSON")

    def drop(self, message: Any, what: str) -> None:
        logger.warning(
            "A message was dropped that this version does not know (%.80s): its run or mail is "
            "found by its row", what,
        )  # fmt: skip
        message.reject_log_error(logger, self.connection_errors)

    def ensure_connected(self, conn: Any) -> Any:
        """Retry the connection to the broker every few seconds, and log that once."""
        said: list[Exception] = []

        def report(error: Exception, _: float) -> None:
            if not said:
                logger.error(
                    "The broker %s cannot be reached: %s. It is tried again until it can",
                    conn.as_uri(), error,
                )  # fmt: skip
            said.append(error)

        found = conn.ensure_connection(
            report,
            interval_start=1,
            interval_step=1,
            interval_max=LONGEST_RETRY_SECONDS,
            callback=maybe_shutdown,
        )
        self.first_connection_attempt = False
        if said:
            logger.warning("The broker can be reached again")
        return found


def read_address() -> str:
    try:
        if settings.BROKER_URL:
            return str(settings.BROKER_URL)
    except ImproperlyConfigured as error:
        sys.exit(f"playground: {error}")
    sys.exit("playground: BROKER_URL is not set: without a broker start manage.py work instead.")


def find_visibility_seconds() -> int:
    """Return the visibility timeout: seconds until an unacknowledged message is delivered again.

    It is longer than any step. The steps of a killed worker are found sooner, by their rows.
    """
    return int(settings.STEP_LIMIT.total_seconds()) + 60 * 60


def make_app(address: str) -> Celery:
    # Without Celery's fixup for Django, which closes the database connection after each task.
    app = Celery("playground", broker=address, fixups=[])
    app.conf.update(
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        # A prefork process is then killed. A thread cannot be, but it loses its lease.
        task_time_limit=settings.STEP_LIMIT.total_seconds(),
        task_queues=[make_queue(queue) for queue in settings.WORKER_THREADS],
        task_default_queue=queue_name("default"),
        task_create_missing_queues=False,
        worker_prefetch_multiplier=1,
        worker_consumer=f"{__name__}:{PlainConsumer.__name__}",
        worker_proc_alive_timeout=60.0,  # a busy machine forks slowly
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_timeout=CONNECT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": find_visibility_seconds(),
            "queue_order_strategy": "priority",  # serves the queues by priority
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_timeout": SOCKET_SECONDS,
            "socket_keepalive": True,
        },
        imports=["playground.runs.worker.deliveries"],
    )
    return app


def make_queue(queue: str) -> Queue:
    """Return a queue with a consumer timeout, after which RabbitMQ closes an idle connection."""
    name = queue_name(queue)
    patience = {"x-consumer-timeout": find_visibility_seconds() * 1000}
    return Queue(name, routing_key=name, queue_arguments=patience)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
app = make_app(read_address())


def set_up_django(**_: Any) -> None:
    django.setup()


def keep_our_logging(loglevel: int, **_: Any) -> None:
    """Log Celery's lines by Django's redacting configuration, at the level of --loglevel."""
    logging.getLogger("celery").setLevel(loglevel)


signals.import_modules.connect(set_up_django, sender=app, weak=False)
signals.setup_logging.connect(keep_our_logging, weak=False)
