"""A short client of the sandbox's API, for its tests."""

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
    """Sends requests with an API key and default inputs."""

    sandbox: SandboxProcess
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request with the key."""
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
        """Submit a task; without a prompt a default one is used."""
        submission = self.submission(key, model, **inputs)
        return self.call("POST", "/api/v1/tasks", stream=stream, **submission)

    def submission(
        self, key: str | None = None, model: str = MODEL, **inputs: Any
    ) -> dict[str, Any]:
        """Return the headers and the JSON body of a submission, as arguments of `requests.post`."""
        headers = {"Authorization": f"Bearer {self.sandbox.api_key}"}
        if key:
            headers["Idempotency-Key"] = key
        body = {"model": model, "input": {"prompt": "a quiet sea", **inputs}}
        return {"headers": headers, "json": body}

    def submit(self, key: str | None = None, **inputs: Any) -> str:
        """Submit a task that must be accepted; return its id."""
        answer = self.post(key, **inputs)
        assert answer.ok, answer.text
        return str(answer.json()["task_id"])

    def status(self, task: str) -> dict[str, Any]:
        answer = self.call("GET", f"/api/v1/tasks/{task}")
        assert answer.ok, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def wait(self, task: str) -> dict[str, Any]:
        """Poll until the task has ended; return its last document."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while (document := self.status(task))["status"] in ("queued", "processing"):
            assert time.monotonic() < give_up_at, document
            time.sleep(0.02)
        return document

    def urls(self, **inputs: Any) -> list[str]:
        """Submit a task, wait for its success, and return the URLs of its pictures."""
        document = self.wait(self.submit(**inputs))
        assert document["status"] == "succeeded", document
        return [image["url"] for image in document["output"]["images"]]

    def file(self, **inputs: Any) -> bytes:
        """Submit a task; return its first picture as bytes."""
        answer = self.call("GET", self.urls(**inputs)[0])
        assert answer.ok, answer.text
        return answer.content

    def picture(self, **inputs: Any) -> Image.Image:
        return Image.open(io.BytesIO(self.file(**inputs)))
