"""The three requests about tasks behave as documented."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.client import Client
from tests.sandbox_process import SandboxProcess


def test_a_submitted_task_answers_with_ids_status_and_estimate(
    sandbox: SandboxProcess, client: Client
) -> None:
    sandbox.durations(queued=60)
    document = client.post(n=2).json()
    assert set(document) == {"request_id", "task_id", "status", "cost_estimate"}
    assert (document["status"], document["cost_estimate"]) == ("queued", 0.063)


def test_a_task_is_queued_then_processing_then_succeeded(
    sandbox: SandboxProcess, client: Client
) -> None:
    sandbox.durations(queued=60, processing=60)
    task = client.submit()
    seen = [client.status(task)["status"]]
    sandbox.durations(processing=60, task=task)
    seen.append(client.status(task)["status"])
    sandbox.durations(task=task)
    seen.append(client.wait(task)["status"])
    assert seen == ["queued", "processing", "succeeded"]


def test_a_finished_task_has_its_cost_and_its_pictures(client: Client) -> None:
    document = client.wait(client.submit(n=3))
    assert document["cost_actual"] == document["cost_estimate"] == 0.0945
    assert len({image["url"] for image in document["output"]["images"]}) == 3


@pytest.mark.parametrize(("resolution", "dollars"), [("2k", 0.0315), ("3k", 0.045), ("4k", 0.063)])
def test_the_cost_of_a_picture_depends_on_its_resolution(
    client: Client, resolution: str, dollars: float
) -> None:
    assert client.post(resolution=resolution).json()["cost_estimate"] == dollars


def test_events_list_the_status_changes_in_order(client: Client) -> None:
    task = client.submit()
    client.wait(task)
    events = client.call("GET", f"/api/v1/tasks/{task}/events").json()["events"]
    assert [event["status"] for event in events] == ["queued", "processing", "succeeded"]
    assert all(event["type"] and event["message"] for event in events)
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)


def test_a_repeated_idempotency_key_returns_the_same_task_and_charges_once(
    sandbox: SandboxProcess, client: Client
) -> None:
    assert client.submit("one") == client.submit("one")
    assert len(sandbox.ledger()["charges"]) == 1


def test_an_idempotency_key_with_other_inputs_is_a_conflict(
    sandbox: SandboxProcess, client: Client
) -> None:
    client.submit("one", prompt="a hill")
    assert client.post("one", prompt="a lake").status_code == 409
    assert len(sandbox.ledger()["charges"]) == 1


def test_twenty_concurrent_identical_posts_charge_once(
    sandbox: SandboxProcess, client: Client
) -> None:
    with ThreadPoolExecutor(20) as pool:
        tasks = set(pool.map(client.submit, ["same"] * 20))
    assert len(tasks) == len(sandbox.ledger()["charges"]) == 1


def test_posts_without_an_idempotency_key_make_separate_tasks(
    sandbox: SandboxProcess, client: Client
) -> None:
    assert client.submit() != client.submit()
    assert len(sandbox.ledger()["charges"]) == 2
