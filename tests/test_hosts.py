"""Three hosts with web processes, two of them with a worker: one PostgreSQL and one bucket.

Any host can continue what another host started. Each has its own DATA_DIR. With Celery (slow)
there is one broker, and the third host runs the clock.
"""

import io
import os
import re
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import psutil
import psycopg
import pytest
import requests

from playground.wake_ups import Topic
from tests import html
from tests.conftest import picture_bytes
from tests.launched import ROOT, free_port
from tests.media.test_bucket import BUCKET, KEYS, S3Service
from tests.redis_server import RedisServer
from tests.sandbox_process import SandboxProcess
from tests.schema import browser

pytestmark = [pytest.mark.only_on("postgresql"), pytest.mark.timeout(600)]

PASSWORD = "a long walk home"
FORM = "/models/doubao-seedream-5-0-lite/"
HTMX = {"HX-Request": "true"}
WEB = ("-m", "gunicorn", "playground.wsgi", "--config", "python:playground.gunicorn")
CELERY = ("-m", "celery", "-A", "playground", "worker", "--pool", "threads", "--concurrency", "8")
SECONDS = 120


@dataclass(frozen=True, slots=True)
class Host:
    environment: dict[str, str]
    started: "list[subprocess.Popen[str]]" = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['PORT']}"

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def start_until_end(self, stack: ExitStack, *words: str) -> None:
        """Start a process that is stopped after the tests."""
        process = self.start(*words)
        self.started.append(process)
        stop_at_end(stack, process)

    def kill(self) -> None:
        """Kill all of its processes."""
        for process in self.started:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()

    def manage(self, *words: str) -> str:
        with self.start("manage.py", *words) as process:
            said, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, said
        return said.strip()

    def wait_until_ready(self) -> None:
        wait_until(lambda: is_answered(f"{self.url}/readyz"))


def is_answered(url: str) -> bool:
    try:
        return requests.get(url, timeout=30).ok
    except requests.ConnectionError:
        return False


def wait_until(condition: Callable[[], object]) -> None:
    ends_at = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < ends_at
        time.sleep(0.1)


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, str]]:
    """The settings of an empty bucket."""
    service = S3Service()
    service.client.create_bucket(Bucket=BUCKET)
    yield {
        "S3_BUCKET": BUCKET,
        "S3_ENDPOINT_URL": service.url,
        "S3_REGION": KEYS["region_name"],
        "S3_ACCESS_KEY_ID": KEYS["aws_access_key_id"],
        "S3_SECRET_ACCESS_KEY": KEYS["aws_secret_access_key"],
    }
    service.stop()


@pytest.fixture(scope="module", params=["threads", pytest.param("celery", marks=pytest.mark.slow)])
def broker(request: pytest.FixtureRequest) -> Iterator[RedisServer | None]:
    if request.param == "threads":
        yield None
        return
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="module")
def hosts(
    bucket: dict[str, str],
    broker: RedisServer | None,
    sandbox_process: SandboxProcess,
    new_database: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[Host]]:
    known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    shared = known | bucket | {
        "DATABASE_URL": new_database(),
        "SECRET_KEY": "an-owl-5-Lanterns_9-and-a-very-quiet-harbour-at-2am",
        "MINDVIDEO_API_KEY": sandbox_process.api_key,
        "MINDVIDEO_BASE_URL": sandbox_process.url,
    }  # fmt: skip
    if broker:
        shared["BROKER_URL"] = broker.url
    found = [
        Host(shared | {"PORT": str(free_port()), "DATA_DIR": str(tmp_path_factory.mktemp(name))})
        for name in ("one", "two", "three")
    ]
    found[0].manage("release")
    with ExitStack() as stack:
        for host in found:
            host.start_until_end(stack, *WEB)
        for host in found[:2]:
            name = f"--hostname=worker@{Path(host.environment['DATA_DIR']).name}"
            host.start_until_end(stack, *((*CELERY, name) if broker else ("manage.py", "work")))
        if broker:
            found[2].start_until_end(stack, "manage.py", "clock")
        for host in found:
            host.wait_until_ready()
        yield found


def stop_at_end(stack: ExitStack, process: subprocess.Popen[str]) -> None:
    stack.enter_context(process)
    stack.callback(process.terminate)


def read_fields(form: Element) -> dict[str, list[str]]:
    return {name: [*map(str, values)] for name, values in browser.send(form).lists()}


@dataclass(frozen=True, slots=True)
class Owner:
    """A person whose requests go to the host with the given number."""

    hosts: list[Host]
    http: requests.Session

    def get(self, number: int, path: str) -> requests.Response:
        answer = self.http.get(f"{self.hosts[number].url}{path}", timeout=60)
        answer.raise_for_status()
        return answer

    def post(
        self, number: int, path: str, fields: Mapping[str, str | list[str]], **options: object
    ) -> requests.Response:
        data = {**fields, "csrfmiddlewaretoken": self.http.cookies["csrftoken"]}
        url = f"{self.hosts[number].url}{path}"
        answer = self.http.post(url, data=data, timeout=60, **options)  # type: ignore[arg-type]
        assert answer.status_code < 400, answer.text
        return answer

    def generate(self, number: int, prompt: str, upload: str = "") -> uuid.UUID:
        page = html.parse(self.get(number, FORM).text)
        form = next(each for each in page.iter("form") if each.get("id") == "form")
        browser.fill(form, "/prompt", prompt)
        fields = read_fields(form)
        if upload:
            fields["/image_urls"] = [upload]
        answer = self.post(number, FORM, fields, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return uuid.UUID(urlsplit(answer.headers["Location"]).path.split("/")[-2])

    def wait_for(self, number: int, run: uuid.UUID) -> str:
        """Wait until a run is done; return the id of its first output."""
        page = ""

        def is_done() -> bool:
            nonlocal page
            page = self.get(number, f"/runs/{run}/").text
            return 'hx-trigger="every' not in page

        wait_until(is_done)
        found = re.search(r"/outputs/([0-9a-f-]{36})/", page)
        assert found, page
        return found[1]


@pytest.fixture(scope="module")
def owner(hosts: list[Host]) -> Iterator[Owner]:
    """Creates the first account on the third host, by a link that the first host printed."""
    link = urlsplit(hosts[0].manage("people", "setup").split()[-1])
    with requests.Session() as http:
        http.trust_env = False
        ana = Owner(hosts, http)
        page = html.parse(ana.get(2, f"{link.path}?{link.query}").text)
        form = next(each for each in page.iter("form"))
        fields: dict[str, str | list[str]] = {**read_fields(form)}
        fields |= {"workspace": "Studio", "username": "ana", "password": PASSWORD}
        ana.post(2, "/setup/", fields)
        assert "Studio" in ana.get(1, "/team/").text  # is logged in on the other hosts too
        yield ana


@pytest.fixture(scope="module")
def output(owner: Owner) -> str:
    """A picture that was requested on one host and polled on another."""
    return owner.wait_for(2, owner.generate(0, "a lighthouse"))


def test_each_host_has_what_its_pages_name(hosts: list[Host], owner: Owner) -> None:
    for number in range(len(hosts)):
        page = owner.get(number, FORM).text
        names = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
        assert len(names) > 3
        for name in names:
            owner.get((number + 1) % len(hosts), name)


def test_a_draft_is_restored_on_the_other_host(owner: Owner) -> None:
    owner.get(0, FORM)
    owner.post(0, f"{FORM}form/?check", {"/prompt": "half a lighth"}, headers=HTMX)
    assert "half a lighth" in owner.get(1, FORM).text
    owner.post(1, f"{FORM}start-over/", {})


def test_a_picture_is_the_same_at_each_host(hosts: list[Host], owner: Owner, output: str) -> None:
    kept = [owner.get(number, f"/outputs/{output}/").content for number in range(len(hosts))]
    assert len({*kept}) == 1
    small = [owner.get(number, f"/outputs/{output}/thumbnail/") for number in range(len(hosts))]
    assert len({each.content for each in small}) == 1


def test_a_file_is_sent_to_one_host_and_used_at_the_next(owner: Owner) -> None:
    owner.get(0, FORM)
    item = owner.post(
        0,
        "/uploads/",
        {"name": "/image_urls", "kind": "image"},
        files={"file": ("a.png", picture_bytes((640, 480)))},
    ).text
    found = re.search(r'value="(upload:[^"]+)"', item)
    assert found, item
    run = owner.generate(1, "the same at night", upload=found[1])
    owner.wait_for(2, run)
    assert "a.png" in owner.get(0, f"/runs/{run}/").text


def test_zips_and_picture_search_work_at_any_host(owner: Owner, output: str) -> None:
    owner.get(1, "/gallery/")
    answer = owner.post(1, "/gallery/take/", {"output": output})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith((".jpeg", ".jpg", ".png"))]
        picture = archive.read(name)
    with zipfile.ZipFile(io.BytesIO(owner.post(2, "/team/export/", {}).content)) as archive:
        assert archive.testzip() is None
    page = owner.post(0, "/gallery/find-by-picture/", {}, files={"file": (name, picture)}).text
    assert output in page


def test_a_press_wakes_the_workers_of_other_hosts_and_their_news_wake_its_pages(
    hosts: list[Host], owner: Owner
) -> None:
    wanted, heard = {topic.channel for topic in Topic}, set()
    with psycopg.connect(hosts[0].environment["DATABASE_URL"], autocommit=True) as listening:
        for channel in wanted:
            listening.execute(f"LISTEN {channel}")
        owner.wait_for(0, owner.generate(2, "a lamp"))  # the third host, which has no worker
        for wake_up in listening.notifies(timeout=SECONDS):
            heard.add(wake_up.channel)
            if heard == wanted:
                break
    assert heard == wanted


@pytest.mark.usefixtures("owner")  # without an owner the login page redirects to the setup
def test_wrong_passwords_are_counted_over_all_hosts(hosts: list[Host]) -> None:
    said = []
    with requests.Session() as http:
        http.trust_env = False
        for number in range(7):
            url = f"{hosts[number % len(hosts)].url}/login/"
            http.get(url, timeout=60)
            token = http.cookies["csrftoken"]
            fields = {"login": "bo", "password": "wrong", "csrfmiddlewaretoken": token}
            said.append("Wrong username" in http.post(url, data=fields, timeout=60).text)
    assert said == [True] * 5 + [False] * 2


def test_the_doctor_of_each_host_finds_all_workers_and_files(
    hosts: list[Host], output: str
) -> None:
    assert output
    findings = hosts[2].manage("doctor", "--json")
    assert "2 are running" in findings, findings
    assert hosts[2].manage("doctor", "--json", "--files") == "[]"  # no file is missing
    for host in hosts:
        assert list(Path(host.environment["DATA_DIR"]).rglob("files/*")) == []
