"""The process that draws: `python -m playground.sandbox.drawing --data DIR`, started by the studio.

It reads ids of tasks from standard input, one per line, until it closes, as it does when the
server ends, even by kill -9.
"""

import argparse
import hashlib
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
from pathlib import Path

from playground.sandbox.any_model import FACTS, read_wish
from playground.sandbox.art import Scene, draw, read_prompt
from playground.sandbox.commissions import draw_wish
from playground.sandbox.orders import Order, make_order, nearest_ratio, size_of, within
from playground.sandbox.pictures import save
from playground.sandbox.references import Reference, UnreadableReference, read_reference
from playground.sandbox.store import Store
from playground.sandbox.tasks import Picture, Status, Task, Verdict
from playground.sandbox.wishes import Wish

THREADS = 2
NICENESS = 5  # responses have priority
RECIPE = 1  # version of the drawing, a part of every file name

logger = logging.getLogger(__name__)


class Easels:
    """Threads that draw; a task may be enqueued twice, also by two processes.

    A file's name is a digest of all inputs of the drawing, and files are written atomically, so
    drawing is idempotent.
    """

    def __init__(self, *, store: Store) -> None:
        self.store = store
        self.waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.taken: set[str] = set()
        self.lock = threading.Lock()

    def start(self) -> None:
        """Start the threads, with the unfinished tasks of an earlier process."""
        for task_id in self.store.undecided():
            self.take(task_id)
        for number in range(THREADS):
            threading.Thread(target=self.work, name=f"easel-{number}", daemon=True).start()

    def take(self, task_id: str) -> None:
        """Enqueue a task, unless it is being drawn."""
        with self.lock:
            if task_id in self.taken:
                return
            self.taken.add(task_id)
        self.waiting.put(task_id)

    def work(self) -> None:
        while True:
            task_id = self.waiting.get()
            try:
                self.finish(task_id)
            except Exception:
                logger.exception("Drawing failed.")
            finally:
                with self.lock:
                    self.taken.discard(task_id)

    def finish(self, task_id: str) -> None:
        task = self.store.find_task(task_id)
        if task is None or task.verdict is not None:
            return
        try:
            document = json.loads(task.document)
            order = read_wish(document) if FACTS in document else make_order(document)
            pictures = self.draw_all(order)
        except UnreadableReference as error:
            self.store.decide(task_id, failure(task, "invalid_image", str(error)))
        except Exception:
            self.store.decide(task_id, failure(task, "internal_error", "The drawing went wrong."))
            raise
        else:
            done = Verdict(status=Status.SUCCEEDED, decided_at=time.time())
            self.store.decide(task_id, done, pictures)

    def draw_all(self, order: Order | Wish) -> tuple[Picture, ...]:
        references = tuple(read_reference(address) for address in order.references)
        if isinstance(order, Wish):
            folder = self.store.pictures_folder
            return draw_wish(order, references, folder, self.store.longest_side())
        count = group_size(order) if order.grouped else order.limit
        return tuple(self.draw_one(order, references, position, count) for position in range(count))

    def draw_one(
        self, order: Order, references: tuple[Reference, ...], position: int, count: int
    ) -> Picture:
        ratio = order.size if order.size != "auto" else free_ratio(order, references)
        size = size_of(ratio, order.resolution)
        width, height = within(*size, self.store.longest_side())
        scene = Scene(
            prompt=order.prompt,
            position=position,
            count=count if order.grouped else 1,
            width=width,
            height=height,
            watermark=order.watermark,
            references=tuple(reference.picture for reference in references),
        )
        name = picture_name(order, scene, references)
        path = self.store.pictures_folder / name
        if not path.exists():
            save(draw(scene), path, order.image_format)
        return Picture(position=position, name=name, width=width, height=height)


def failure(task: Task, code: str, message: str) -> Verdict:
    """Return a failure, visible from the task's start on."""
    known_at = max(time.time(), task.started_at)
    return Verdict(status=Status.FAILED, decided_at=known_at, code=code, message=message)


def group_size(order: Order) -> int:
    """Return the number of pictures of a grouped request: from the prompt, up to its limit."""
    wanted = read_prompt(order.prompt).wanted
    return max(min(wanted, order.limit), min(2, order.limit))


def free_ratio(order: Order, references: tuple[Reference, ...]) -> str:
    """Return the aspect ratio for the size "auto": of the first reference, else by the prompt."""
    if references:
        return nearest_ratio(references[0].width, references[0].height)
    return read_prompt(order.prompt).ratio


def picture_name(order: Order, scene: Scene, references: tuple[Reference, ...]) -> str:
    facts = (
        RECIPE,
        scene.prompt,
        scene.position,
        scene.count,
        scene.width,
        scene.height,
        scene.watermark,
        [reference.digest for reference in references],
    )
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    return f"{digest[:40]}.{order.image_format}"


def main() -> None:
    """Draw until standard input closes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server handles Ctrl-C and closes the pipe
    os.nice(NICENESS)
    easels = Easels(store=Store(parser.parse_args().data))
    easels.start()
    for line in sys.stdin:
        easels.take(line.strip())


if __name__ == "__main__":
    main()
