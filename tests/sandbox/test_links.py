"""URLs of results: signed, with an expiry time, renewed with every status response."""

from tests.sandbox.client import Client
from tests.sandbox_process import SandboxProcess


def test_a_result_url_needs_no_api_key(sandbox: SandboxProcess, client: Client) -> None:
    answer = sandbox.http.get(client.urls()[0], timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_a_result_url_with_a_wrong_signature_is_forbidden(client: Client) -> None:
    url = client.urls()[0]
    assert client.call("GET", url.partition("?")[0]).status_code == 403
    assert client.call("GET", url[:-4] + "0000").status_code == 403
    assert client.call("GET", url.replace("/1.jpeg", "/2.jpeg")).status_code == 403


def test_a_result_url_is_the_same_in_two_polls(client: Client) -> None:
    task = client.submit()
    assert client.wait(task)["output"] == client.status(task)["output"]


def test_an_expired_url_is_reported_and_the_next_poll_has_a_new_one(
    sandbox: SandboxProcess, client: Client
) -> None:
    sandbox.control("links", seconds=0)
    task = client.submit()
    url = client.wait(task)["output"]["images"][0]["url"]
    assert client.call("GET", url).json()["error"]["code"] == "link_expired"
    sandbox.control("links", seconds=60)
    assert client.call("GET", client.status(task)["output"]["images"][0]["url"]).ok


def test_a_head_request_returns_the_size_of_a_file(client: Client) -> None:
    url = client.urls()[0]
    head = client.call("HEAD", url)
    assert int(head.headers["Content-Length"]) == len(client.call("GET", url).content)
    assert head.content == b""
