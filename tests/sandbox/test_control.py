"""The control requests: ledger, reset, durations, sizes of pictures."""

from datetime import datetime

import pytest

from tests.sandbox.client import Client
from tests.sandbox_process import SandboxProcess


def test_the_ledger_lists_every_request_with_its_idempotency_key(
    sandbox: SandboxProcess, client: Client
) -> None:
    task = client.submit("my-key")
    client.status(task)
    seen = sandbox.ledger()["requests"]
    assert [(one["method"], one["path"], one["key"], one["status"]) for one in seen] == [
        ("POST", "/api/v1/tasks", "my-key", 200),
        ("GET", f"/api/v1/tasks/{task}", None, 200),
    ]


def test_the_ledger_lists_tasks_and_charges(sandbox: SandboxProcess, client: Client) -> None:
    task = client.submit("k", n=2)
    client.wait(task)
    ledger = sandbox.ledger()
    charge, told = ledger["charges"][0], ledger["tasks"][0]
    assert (charge["task"], charge["amount"]) == (task, 0.063)
    assert (told["task"], told["status"], told["key"]) == (task, "succeeded", "k")
    assert told["input"]["n"] == 2


def test_a_reset_deletes_everything(sandbox: SandboxProcess, client: Client) -> None:
    task = client.submit("k")
    sandbox.fault("status", "server_error")
    sandbox.control("keys", key=sandbox.api_key, enabled=False)
    sandbox.reset()
    assert sandbox.ledger() == {"charges": [], "tasks": [], "requests": []}
    assert client.call("GET", f"/api/v1/tasks/{task}").status_code == 404


def test_durations_can_be_set_for_the_next_tasks_only(
    sandbox: SandboxProcess, client: Client
) -> None:
    sandbox.durations(queued=60, count=1)
    statuses = [client.status(client.submit())["status"] for _ in range(2)]
    assert statuses[0] == "queued"
    assert statuses[1] != "queued"


def test_durations_can_be_drawn_from_a_range(sandbox: SandboxProcess, client: Client) -> None:
    def taken() -> list[float]:
        sandbox.reset()
        sandbox.small_pictures(16)
        sandbox.durations(processing=(0.5, 2.0), seed=7)
        for task in [client.submit() for _ in range(4)]:
            client.wait(task)
        tasks = sandbox.ledger()["tasks"]
        return [seconds_between(task["submitted"], task["ended"]) for task in tasks]

    first, again = taken(), taken()
    assert len(set(first)) == 4
    assert first == pytest.approx(again, abs=0.25)  # plus the time to draw the pictures


def test_the_ledger_has_the_end_and_the_polls_of_each_task(
    sandbox: SandboxProcess, client: Client
) -> None:
    sandbox.durations(processing=0.3)
    done, running = client.submit(), client.submit()
    client.wait(done)
    sandbox.durations(processing=600, task=running)
    client.status(running)
    first, second = sandbox.ledger()["tasks"]
    assert seconds_between(first["submitted"], first["ended"]) >= 0.3
    assert first["looks"] > 1
    assert (second["ended"], second["looks"]) == (None, 1)


def test_pictures_can_be_small(sandbox: SandboxProcess, client: Client) -> None:
    sandbox.small_pictures(256)
    assert client.picture(size="16:9", resolution="4k").size == (256, 144)
    sandbox.reset()
    assert client.picture(size="16:9").size == (2560, 1440)


def test_an_invalid_control_request_gets_an_error_message(sandbox: SandboxProcess) -> None:
    for name, body in (
        ("durations", {"queued": -1}),
        ("durations", {"queued": [2, 1]}),
        ("durations", {"processing": [2]}),
        ("keys", {}),
        ("links", {"seconds": "x"}),
        ("pictures", {"longest_side": 3}),
    ):
        answer = sandbox.http.post(f"{sandbox.url}/control/{name}", json=body, timeout=5)
        assert answer.status_code == 400, name
        assert answer.json()["error"]["message"]


def seconds_between(one: str, other: str) -> float:
    return (datetime.fromisoformat(other) - datetime.fromisoformat(one)).total_seconds()
