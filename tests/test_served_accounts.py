"""Accounts in the running program: concurrent logins, mail sent by the worker, and logs."""

import email
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.policy import default
from pathlib import Path

import pytest
import requests

from tests.launched import ROOT, Launched
from tests.teams.mail_server import MailServer, run_mail_server

PASSWORD = "a long walk home"
SECONDS = 30

pytestmark = [pytest.mark.once, pytest.mark.timeout(180)]


def manage(program: Launched, *words: str, typed: str = "") -> str:
    ended = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=program.environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return ended.stdout.strip()


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with run_mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def program(
    data_dir: Path, server: MailServer, new_database: Callable[[], str]
) -> Iterator[Launched]:
    mail = f"smtp://127.0.0.1:{server.port}"
    with Launched(data_dir, mode="serve", EMAIL_URL=mail, DATABASE_URL=new_database()) as program:
        owner = ("people", "owner", "ana", "--email", "ana@example.com")
        manage(program, *owner, typed=f"{PASSWORD}\n")
        yield program


def send(program: Launched, path: str, host: str = "127.0.0.1", **fields: str) -> requests.Response:
    """Open a page and submit its form, with this host name of the machine."""
    with requests.Session() as http:
        http.trust_env = False
        http.headers["Host"] = f"{host}:{program.port}"
        url = f"{program.url.rstrip('/')}{path}"
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', http.get(url, timeout=60).text)
        assert token
        return http.post(
            url,
            data={"csrfmiddlewaretoken": token[1], **fields},
            cookies={"csrftoken": http.cookies["csrftoken"]},
            allow_redirects=False,
            timeout=60,
        )


def read_logs(data_dir: Path) -> str:
    return "".join(path.read_text() for path in (data_dir / "logs").glob("*.log"))


def wait_until(condition: Callable[[], object]) -> None:
    ends_at, tick = time.monotonic() + SECONDS, threading.Event()
    while not condition():
        assert time.monotonic() < ends_at
        tick.wait(0.05)


def test_the_log_does_not_contain_the_setup_token(program: Launched, data_dir: Path) -> None:
    printed = re.search(r"token=([\w-]+)", "".join(program.lines))
    assert printed, program.lines
    assert printed[1] not in read_logs(data_dir)
    assert "manage.py people setup" in read_logs(data_dir)


def test_the_worker_sends_the_reset_and_no_log_contains_its_link(
    program: Launched, server: MailServer, data_dir: Path
) -> None:
    answers = [
        send(program, "/account/password/reset/", email=address)
        for address in ("nobody@example.com", "ana@example.com")
    ]
    assert {(each.status_code, each.headers["Location"]) for each in answers} == {
        (302, "/account/password/reset/done/")
    }
    wait_until(lambda: server.received)
    mail = email.message_from_string(server.received[0], policy=default)
    link = r"http://127\.0\.0\.1:\d+(/account/password/reset/key/(\S+)/)"
    found = re.search(link, mail.get_content())
    assert found
    url = f"{program.url.rstrip('/')}{found[1]}"
    for _ in range(21):
        requests.get(f"{url}broken", timeout=60)
    assert found[2] not in read_logs(data_dir)


def test_the_token_of_an_invitation_with_errors_is_not_logged(
    program: Launched, data_dir: Path
) -> None:
    path = f"/{manage(program, 'people', 'invite').split('/', 3)[3]}"
    assert send(program, path, username="a b", password="x").status_code == 422
    wait_until(lambda: "/join/[hidden]/" in read_logs(data_dir))
    assert path.split("/")[2] not in read_logs(data_dir)


@pytest.mark.slow
def test_only_five_of_many_concurrent_wrong_passwords_are_checked(program: Launched) -> None:
    hosts = ["127.0.0.1", "localhost", "LOCALHOST"] * 4

    def guess(host: str) -> str:
        page = send(program, "/login/", host, login="ana", password="wrong").text
        said = re.search(r'role="alert">([^<]+)<', page)
        return said[1] if said else page

    with ThreadPoolExecutor(len(hosts)) as people:
        answers = Counter("Wrong username" in said for said in people.map(guess, hosts))
    assert 1 <= answers[True] <= 5
    assert answers[True] + answers[False] == len(hosts)
