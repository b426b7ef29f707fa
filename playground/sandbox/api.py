"""The API: authorization, the three calls about tasks, and the result files."""

import hmac
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from playground.sandbox.answers import (
    Answer,
    Links,
    answer_error,
    answer_json,
    events_document,
    file_path,
    file_stem,
    sign,
    task_document,
)
from playground.sandbox.any_model import FACTS, read_lasting
from playground.sandbox.calls import Call, Route, Seam
from playground.sandbox.contract import is_own, parse_body, read_order
from playground.sandbox.refusal import Refusal
from playground.sandbox.store import Store
from playground.sandbox.studio import Studio
from playground.sandbox.tasks import Durations, Task

CHUNK = 256 * 1024
# Every result is also available as this video, for the fault "videos". Two seconds of H.264:
# ffmpeg -f lavfi -i gradients=s=320x180:r=12:d=2 -c:v libx264 -pix_fmt yuv420p -crf 30
CLIP = Path(__file__).parent / "clip.mp4"
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """Implements the API without faults.

    usual  default durations of a task
    """

    store: Store
    studio: Studio
    usual: Durations

    def answer(self, call: Call) -> Answer:
        """Answer one request; errors are responses too."""
        try:
            return self.dispatch(call)
        except Refusal as refusal:
            return answer_error(
                refusal.status, refusal.code, refusal.message, refusal.fields or None
            )

    def dispatch(self, call: Call) -> Answer:
        if call.path == "/healthz":
            return answer_json({"status": "ok"})
        if call.route is None:
            raise Refusal(404, "not_found", "There is nothing at this address.")
        if call.method not in call.route.methods:
            return refuse_method(call.route)
        if call.route.seam is Seam.FILE:
            return self.send_file(call)
        self.authorize(call)
        if call.route.seam is Seam.SUBMIT:
            return self.submit(call)
        task = self.task_of(call)
        if call.route.seam is Seam.EVENTS:
            return answer_json(events_document(task))
        return self.tell(task, call)

    def authorize(self, call: Call) -> None:
        scheme, _, key = call.authorization.partition(" ")
        if scheme.lower() != "bearer" or not self.store.is_allowed(key.strip()):
            raise Refusal(401, "unauthorized", "The API key is missing, unknown or disabled.")

    def submit(self, call: Call) -> Answer:
        if call.key and len(call.key) > LONGEST_KEY:
            raise Refusal(400, "invalid_key", "The Idempotency-Key is too long.")
        document = self.add_facts(parse_body(call.body))
        bill = read_order(document).bill
        submission = self.store.submit(bill, document, call.key, self.usual)
        if submission.is_new:
            self.studio.take(submission.task.id)
        return self.tell(submission.task, call)

    def add_facts(self, document: dict[str, Any]) -> dict[str, Any]:
        """Add the model's description from this or an earlier request.

        The description of the built-in model is ignored.
        """
        model = document.get("model")
        if not isinstance(model, str) or is_own(model):
            return {name: value for name, value in document.items() if name != FACTS}
        known = self.store.recall_model(model)
        if FACTS not in document:
            return document | {FACTS: known} if known else document
        told = read_lasting(document)
        if told != known:
            self.store.remember_model(model, told)
        return document

    def tell(self, task: Task, call: Call) -> Answer:
        if task.verdict is None and task.due_at < time.time():
            self.studio.take(task.id)  # in case the process that was drawing it died
        links = Links(base=call.base, secret=self.store.secret, seconds=self.store.link_seconds())
        return answer_json(task_document(task, self.store.pictures_of(task.id), links))

    def task_of(self, call: Call) -> Task:
        task = self.store.find_task(call.task or "")
        if task is None:
            raise Refusal(404, "task_not_found", "There is no such task.")
        return task

    def send_file(self, call: Call) -> Answer:
        self.check_link(call)
        for picture in self.store.pictures_of(call.task or ""):
            path = self.store.pictures_folder / picture.name
            if file_path(call.task or "", picture) == call.path and path.exists():
                return file_answer(path, picture.content_type)
            if file_stem(call.task or "", picture) + CLIP.suffix == call.path:
                return file_answer(CLIP, "video/mp4")
        raise Refusal(404, "file_not_found", "There is no such file.")

    def check_link(self, call: Call) -> None:
        """Verify the signature before the expiry, which is not revealed without signature."""
        query = parse_qs(call.query)
        expires = query.get("expires", [""])[0]
        if not expires.isdecimal():
            raise Refusal(403, "invalid_link", "The link has no valid signature.")
        expected = sign(self.store.secret, call.path, int(expires))
        if not hmac.compare_digest(expected, query.get("signature", [""])[0]):
            raise Refusal(403, "invalid_link", "The link has no valid signature.")
        if int(expires) < time.time():
            raise Refusal(403, "link_expired", "The link has expired; ask for the task again.")


def refuse_method(route: Route) -> Answer:
    allowed = ", ".join(route.methods)
    return answer_error(405, "method_not_allowed", f"Use {allowed}.", allow=allowed)


def file_answer(path: Path, content_type: str) -> Answer:
    headers = (
        ("Content-Type", content_type),
        ("Content-Length", str(path.stat().st_size)),
        ("Cache-Control", "private, max-age=3600"),
    )
    return Answer(body=read_chunks(path), headers=headers)


def read_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
