"""Invalid requests: their status codes, and that they cost nothing."""

from typing import Any

import pytest

from tests.sandbox.client import MODEL, Client
from tests.sandbox_process import SandboxProcess


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic mv_sandbox_test", "Bearer "])
@pytest.mark.parametrize("path", ["/api/v1/tasks/task_x", "/api/v1/tasks/task_x/events"])
def test_a_request_without_a_valid_api_key_is_unauthorized(
    client: Client, path: str, header: str
) -> None:
    answer = client.call("GET", path, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")


def test_a_disabled_api_key_is_unauthorized(sandbox: SandboxProcess, client: Client) -> None:
    sandbox.control("keys", key=sandbox.api_key, enabled=False)
    assert client.post().status_code == 401


def test_an_unknown_model_is_not_found(client: Client) -> None:
    answer = client.post(model="gpt-9")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"text"', b'{"input": NaN}', b"{}", b"\xff"])
def test_an_invalid_body_is_a_bad_request(client: Client, body: bytes) -> None:
    assert client.call("POST", "/api/v1/tasks", data=body).status_code == 400


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({"prompt": ""}, "/prompt"),
        ({"n": 16}, "/n"),
        ({"n": True}, "/n"),
        ({"size": "5:4"}, "/size"),
        ({"image_urls": ["data:,", 7]}, "/image_urls/1"),
        ({"image_urls": []}, "/image_urls"),
        ({"surprise": 1}, ""),
    ],
)  # fmt: skip
def test_the_error_of_an_invalid_input_names_the_field(
    client: Client, inputs: dict[str, Any], field: str
) -> None:
    answer = client.post(**inputs)
    assert answer.status_code == 422
    assert list(answer.json()["error"]["fields"]) == [field]


def test_the_error_of_a_missing_prompt_names_it(client: Client) -> None:
    answer = client.call("POST", "/api/v1/tasks", json={"model": MODEL, "input": {}})
    assert list(answer.json()["error"]["fields"]) == ["/prompt"]


def test_references_and_images_together_are_at_most_fifteen(client: Client) -> None:
    assert client.post(image_urls=["data:,"] * 11, n=5).status_code == 422
    assert client.post(image_urls=["data:,"] * 10, n=5).status_code == 200


def test_an_invalid_request_is_not_charged(sandbox: SandboxProcess, client: Client) -> None:
    client.post("k", n=0)
    client.post(model="gpt-9")
    ledger = sandbox.ledger()
    assert (ledger["charges"], ledger["tasks"]) == ([], [])


def test_an_unknown_task_is_not_found(client: Client) -> None:
    assert client.call("GET", "/api/v1/tasks/task_x").status_code == 404
    assert client.call("GET", "/api/v1/tasks/task_x/events").status_code == 404


def test_other_methods_and_paths_are_refused(client: Client) -> None:
    assert client.call("GET", "/api/v1/tasks").headers["Allow"] == "POST"
    assert client.call("DELETE", "/api/v1/tasks/task_x").status_code == 405
    assert client.call("GET", "/admin").status_code == 404
