"""The calls of the API, as short as the tests want them."""

import io
import time
from dataclasses import dataclass, field
from typing import Any

import requests
from PIL import Image

from tests.sandbox_process import SandboxProcess

MODEL = "doubao-seedream-5-0-lite"
PATIENCE_SECONDS = 30


@dataclass
class Client:
    """A person with a key. A prompt alone is enough."""

    sandbox: SandboxProcess
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request with the key, and what else is given."""
        headers = {
            "Authorization": f"Bearer {self.sandbox.api_key}",
            **self.headers,
            **options.pop("headers", {}),
        }
        url = path if path.startswith("http") else self.sandbox.url + path
        return self.sandbox.http.request(method, url, headers=headers, timeout=20, **options)

    def post(
        self, key: str | None = None, model: str = MODEL, *, stream: bool = False, **inputs: Any
    ) -> requests.Response:
        """Submit; a prompt is filled in when none is given."""
        submission = self.submission(key, model, **inputs)
        return self.call("POST", "/api/v1/tasks", stream=stream, **submission)

    def submission(
        self, key: str | None = None, model: str = MODEL, **inputs: Any
    ) -> dict[str, Any]:
        """The headers and the body of a submission, for those who send it themselves."""
        headers = {"Authorization": f"Bearer {self.sandbox.api_key}"}
        if key:
            headers["Idempotency-Key"] = key
        body = {"model": model, "input": {"prompt": "a quiet sea", **inputs}}
        return {"headers": headers, "json": body}

    def submit(self, key: str | None = None, **inputs: Any) -> str:
        """Submit and expect it to be accepted; the id of the task."""
        answer = self.post(key, **inputs)
        assert answer.ok, answer.text
        return str(answer.json()["task_id"])

    def status(self, task: str) -> dict[str, Any]:
        answer = self.call("GET", f"/api/v1/tasks/{task}")
        assert answer.ok, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def wait(self, task: str) -> dict[str, Any]:
        """Ask until the task has ended."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while (document := self.status(task))["status"] in ("queued", "processing"):
            assert time.monotonic() < give_up_at, document
            time.sleep(0.02)
        return document

    def urls(self, **inputs: Any) -> list[str]:
        """The result links of a new task, when it has succeeded."""
        document = self.wait(self.submit(**inputs))
        assert document["status"] == "succeeded", document
        return [image["url"] for image in document["output"]["images"]]

    def file(self, **inputs: Any) -> bytes:
        """The first result file of a new task."""
        answer = self.call("GET", self.urls(**inputs)[0])
        assert answer.ok, answer.text
        return answer.content

    def picture(self, **inputs: Any) -> Image.Image:
        return Image.open(io.BytesIO(self.file(**inputs)))
