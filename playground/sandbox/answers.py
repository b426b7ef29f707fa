"""The responses of the API, and the documents in them."""

import hmac
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from playground.sandbox.tasks import Picture, Status, Task

MICRO = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response to the client.

    hang_up  reset the connection instead of responding
    """

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    headers: tuple[tuple[str, str], ...] = ()
    hang_up: bool = False

    @property
    def status_line(self) -> str:
        return f"{self.status} {HTTPStatus(self.status).phrase}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Signed URLs of result files, which expire.

    base     scheme and host that the client used
    seconds  minimum validity of a URL; the maximum is twice as long
    """

    base: str
    secret: str
    seconds: float

    def address(self, task: Task, picture: Picture, now: float) -> str:
        """Return a URL, constant within a period, so that polling pages do not reload pictures."""
        path = file_path(task.id, picture)
        expires = int((now // self.seconds + 2) * self.seconds) if self.seconds else int(now) - 1
        return f"{self.base}{path}?expires={expires}&signature={sign(self.secret, path, expires)}"


def file_path(task_id: str, picture: Picture) -> str:
    return f"{file_stem(task_id, picture)}.{picture.name.rpartition('.')[2]}"


def file_stem(task_id: str, picture: Picture) -> str:
    return f"/files/{task_id}/{picture.position + 1}"


def sign(secret: str, path: str, expires: int) -> str:
    """Return a signature that does not depend on the file's suffix."""
    stem = path.rpartition(".")[0]
    return hmac.digest(secret.encode(), f"{stem} {expires}".encode(), "sha256").hex()


def answer_json(document: Any, status: int = 200, **headers: str) -> Answer:
    """Make a JSON response; `retry_after="3"` becomes a header Retry-After."""
    named = tuple((name.replace("_", "-").title(), value) for name, value in headers.items())
    return Answer(
        status=status,
        body=json.dumps(document).encode(),
        headers=(("Content-Type", "application/json"), *named),
    )


def answer_error(
    status: int, code: str, message: str, fields: dict[str, str] | None = None, **headers: str
) -> Answer:
    """Make an error response."""
    error: dict[str, Any] = {"code": code, "message": message}
    if fields:
        error["fields"] = fields
    return answer_json({"error": error}, status, **headers)


def content_of(answer: Answer) -> bytes:
    return answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)


def with_content(answer: Answer, content: bytes, content_type: str | None = None) -> Answer:
    """Replace the body of a response, and its Content-Length."""
    kept = [
        header
        for header in answer.headers
        if header[0] != "Content-Length" and not (content_type and header[0] == "Content-Type")
    ]
    if content_type:
        kept.append(("Content-Type", content_type))
    return replace(answer, body=content, headers=tuple(kept))


def dollars(micro: int) -> float:
    return round(micro / MICRO, 6)


def task_document(task: Task, pictures: list[Picture], links: Links) -> dict[str, Any]:
    """Return a task as JSON of the API; a finished one has cost_actual, output or error."""
    now = time.time()
    status = task.status_at(now)
    document: dict[str, Any] = {
        "request_id": task.request_id,
        "task_id": task.id,
        "status": status,
        "cost_estimate": dollars(task.estimate),
    }
    if status is Status.SUCCEEDED:
        whole, each = task.charge, task.picture_price
        document["cost_actual"] = dollars(each * len(pictures) if whole is None else whole)
        are_videos = any(picture.content_type.startswith("video/") for picture in pictures)
        document["output"] = {
            "videos" if are_videos else "images": [
                file_document(task, picture, links, now) for picture in pictures
            ]
        }
    elif status in (Status.FAILED, Status.CANCELLED):
        document["cost_actual"] = 0
    if status is Status.FAILED and task.verdict:
        document["error"] = {"code": task.verdict.code, "message": task.verdict.message}
    return document


def file_document(task: Task, picture: Picture, links: Links, now: float) -> dict[str, Any]:
    return {
        "url": links.address(task, picture, now),
        "width": picture.width,
        "height": picture.height,
        "content_type": picture.content_type,
    }


def events_document(task: Task) -> dict[str, Any]:
    return {
        "task_id": task.id,
        "events": [
            {
                "type": f"task.{event.status}",
                "status": event.status,
                "message": event.message,
                "at": iso_time(event.at),
            }
            for event in task.events_at(time.time())
        ],
    }


def iso_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
