"""A second provider for tests, with another task API and another key header, and its server."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from playground.providers import texts
from playground.providers.error_responses import raise_for_answer
from playground.providers.errors import Lost, Unavailable, Unreachable
from playground.providers.mindvideo import read_date
from playground.providers.programs import write_json
from playground.providers.protocol import (
    HttpRequest,
    ModelFacts,
    OutputFile,
    Program,
    Provider,
    TaskEvent,
    TaskState,
    TaskStatus,
    Ticket,
)
from playground.providers.transport import (
    ApiKeyAuth,
    Limits,
    NoConnectionError,
    Response,
    Session,
    read_json,
    send_request,
)
from tests.providers.scripted import Reply, Request, ScriptedService

HEADER = "X-Atelier-Key"
STATES = {"waiting": TaskStatus.QUEUED, "done": TaskStatus.SUCCEEDED}


@dataclass(frozen=True, slots=True)
class Atelier:
    """A client of an API that calls tasks jobs and models engines."""

    http: Session
    base_url: str
    limits: Limits = field(default_factory=Limits)

    def submit(
        self, model: str, inputs: Mapping[str, Any], *, key: str, facts: ModelFacts | None = None
    ) -> Ticket:
        assert facts is None, "only the sandbox gets descriptions of models"
        body = json.dumps({"engine": model, "arguments": inputs, "once": key}).encode()
        job = self._ask("POST", "/v2/jobs", body=body)
        return Ticket(
            task_id=job["job"],
            request_id="",
            status=STATES[job["state"]],
            cost_estimate=Decimal(job["dollars"]),
        )

    def status(self, task_id: str) -> TaskState:
        job = self._ask("GET", f"/v2/jobs/{task_id}")
        return TaskState(
            status=STATES[job["state"]],
            cost_actual=Decimal(job["dollars"]),
            outputs=tuple(OutputFile(url=url, kind="image") for url in job["files"]),
        )

    def events(self, task_id: str) -> tuple[TaskEvent, ...]:
        job = self._ask("GET", f"/v2/jobs/{task_id}")
        return (TaskEvent(at=None, type="", message=job["state"], raw=json.dumps(job["state"])),)

    def check(self) -> datetime | None:
        return read_date(self._reach("GET", "/v2/account").headers.get("Date", ""))

    def close(self) -> None:
        self.http.close()

    def _ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        document: dict[str, Any] = read_json(self._reach(method, path, **options).text)
        return document

    def _reach(self, method: str, path: str, **options: Any) -> Response:
        try:
            answer = send_request(
                self.http, method, self.base_url + path, limits=self.limits, **options
            )
        except NoConnectionError as error:
            raise Unreachable(texts.UNREACHABLE) from error
        except OSError as error:
            raise Unavailable(texts.BROKEN_OFF) from error
        raise_for_answer(answer, not_found=Lost, gone=texts.TASK_GONE)
        return answer


def connect(base_url: str, api_key: str, *, timeout: Limits | None = None) -> Atelier:
    auth = ApiKeyAuth(api_key, base_url, header=HEADER, scheme="")
    return Atelier(Session(auth), base_url, timeout or Limits())


def describe(base_url: str, model: str, inputs: Any, *, key: str) -> HttpRequest:
    return HttpRequest(
        method="POST",
        url=f"{base_url}/v2/jobs",
        headers={HEADER: "$ATELIER_API_KEY"},
        body={"engine": model, "arguments": inputs, "once": key},
    )


def write_programs(
    base_url: str, model: str, inputs: Any, *, has_files: bool
) -> tuple[Program, ...]:
    del has_files
    sent = write_json({"engine": model, "arguments": inputs})
    text = f'curl {base_url}/v2/jobs -H "{HEADER}: $ATELIER_API_KEY" -d {json.dumps(sent)}'
    return (Program(name="curl", title="curl", text=text),)


ATELIER = Provider(
    slug="atelier",
    name="Atelier",
    base_url_setting="ATELIER_BASE_URL",
    key_variable="ATELIER_API_KEY",
    key_example="at_...",
    keys_url="https://atelier.example/keys",
    connect=connect,
    describe=describe,
    write_programs=write_programs,
    reference_origins=("http://store.atelier.test",),
)


class AtelierService(ScriptedService):
    """A server that accepts one key; a job is done at the second poll and has one picture."""

    def __init__(self, *, key: str, picture: bytes) -> None:
        super().__init__()
        self.key, self.picture = key, picture
        self.jobs: dict[str, dict[str, Any]] = {}

    def next_reply(self, request: Request) -> Reply:
        self.requests.append(request)
        if request.path.startswith("/files/"):
            return Reply(body=self.picture, headers={"Content-Type": "image/png"})
        if request.headers.get(HEADER) != self.key:
            return Reply(status=401, body={"error": {"message": "no such key"}})
        if request.path == "/v2/account":
            return Reply(body={"account": "ours"})
        if request.method == "POST":
            return Reply(body=self.add_job(request.json))
        return self.job_reply(request.path.rpartition("/")[2])

    def add_job(self, sent: dict[str, Any]) -> dict[str, Any]:
        known = self.jobs.setdefault(sent["once"], {**sent, "job": f"job_{len(self.jobs)}"})
        return {"job": known["job"], "state": "waiting", "dollars": "0.05"}

    def job_reply(self, job: str) -> Reply:
        if job not in {each["job"] for each in self.jobs.values()}:
            return Reply(status=404, body={"error": {"message": "no such job"}})
        looks = sum(request.path == f"/v2/jobs/{job}" for request in self.requests)
        files = [f"{self.url}/files/{job}.png"] if looks > 1 else []
        state = "done" if files else "waiting"
        return Reply(body={"state": state, "files": files, "dollars": "0.04"})
