"""A person with a browser, who submits again if there is no response."""

import re
import threading
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

import requests

from tests import html
from tests.schema import browser

TIMEOUT_SECONDS = 60
RETRY_SECONDS = 0.1
POLL_SECONDS = 0.5
PATH = "/models/doubao-seedream-5-0-lite/"
VARY = "/experiments/new/?model=doubao-seedream-5-0-lite"
CELL = re.compile(r'class="grid__state" href="/runs/([0-9a-f-]{36})/"|data-run="([0-9a-f-]{36})"')
KEYS = "/team/keys/"
WITHOUT_KEY = re.compile("No API key|The API key was changed")  # it may be back by then
POLL = re.compile(r'hx-get="(/runs/[0-9a-f-]{36}/\?seen=\d+)"')
ONCE_MORE = re.compile(r'name="once_more" value="(\w+)"')


class Person:
    """Opens the form, presses Generate until it is accepted, and polls until the run is done."""

    def __init__(self, url: str, stop: threading.Event) -> None:
        self.url = url
        self.stop = stop
        self.answers = 0
        self.http = requests.Session()
        self.http.trust_env = False  # no proxy between a test and loopback

    def generate(self, prompt: str) -> uuid.UUID:
        """Fill in the form, submit it until it is accepted, and return its run."""
        page = html.parse(self.request("GET", PATH).text)
        form = next(each for each in page.iter("form") if each.get("id") == "form")
        browser.fill(form, "/prompt", prompt)
        fields = [(name, value) for name, values in browser.send(form).lists() for value in values]
        while True:
            answer = self.request("POST", PATH, data=fields, allow_redirects=False)
            if answer.status_code == requests.codes.found:
                break
            if agreed := ONCE_MORE.search(answer.text):  # another run has the same prompt
                fields.append(("once_more", agreed[1]))
                continue
            assert WITHOUT_KEY.search(answer.text), f"refused: {answer.status_code}"
            self.stop.wait(POLL_SECONDS)
        return uuid.UUID(urlsplit(answer.headers["Location"]).path.strip("/").split("/")[-1])

    def vary(self, prompts: list[str]) -> set[uuid.UUID]:
        """Start an experiment with a cell for each prompt; return its runs."""
        form = next(
            each for each in html.parse(self.request("GET", VARY).text).iter("form")
            if each.get("id") == "vary"
        )  # fmt: skip
        browser.fill(form, "vary:/prompt", "\n".join(prompts))
        fields = dict(browser.send(form).items()) | {"do": "start"}
        del fields["base"]  # all people share one draft, which changes
        while True:
            answer = self.request("POST", VARY, data=fields, allow_redirects=False)
            if answer.status_code == requests.codes.found:
                break
            assert WITHOUT_KEY.search(answer.text), f"refused: {answer.status_code}"
            self.stop.wait(POLL_SECONDS)
        grid = self.request("GET", urlsplit(answer.headers["Location"]).path).text
        cells = {uuid.UUID(each) for pair in CELL.findall(grid) for each in pair if each}
        assert len(cells) == len(prompts), "the grid does not show a run for each prompt"
        return cells

    def watch(self, run: uuid.UUID, seconds: float) -> bool:
        """Poll like a run's page until the run is done; False after `seconds`."""
        give_up_at = time.monotonic() + seconds
        text = self.request("GET", f"/runs/{run}/").text
        while poll := POLL.search(text):
            if time.monotonic() > give_up_at:
                return False
            self.stop.wait(POLL_SECONDS)
            answer = self.request("GET", poll[1], headers={"HX-Request": "true"})
            text = answer.text or text  # 204: nothing new
        return True

    def delete_keys(self) -> None:
        """Delete all API keys of the workspace, as its owner."""
        page = html.parse(self.request("GET", KEYS).text)
        addresses = [link.get("href", "") for link in page.iter("a")]
        for address in addresses:
            if address.endswith("/delete/"):
                forms = html.parse(self.request("GET", address).text).iter("form")
                form = next(form for form in forms if form.get("action", address) == address)
                fields = dict(browser.send(form).items())
                self.request("POST", address, data=fields, allow_redirects=False)

    def store_key(self, secret: str) -> None:
        """Store an API key for the provider; repeat until it is stored."""
        while "/delete/" not in (page := self.request("GET", KEYS).text):
            form = next(
                form
                for form in html.parse(page).iter("form")
                if form.get("method") == "post" and form.find(".//*[@name='secret']") is not None
            )
            fields = dict(browser.send(form).items()) | {"secret": secret, "is_wanted": "on"}
            self.request("POST", KEYS, data=fields, allow_redirects=False)

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request until there is a response; raise for an error page."""
        give_up_at = time.monotonic() + TIMEOUT_SECONDS
        while True:
            assert not self.stop.is_set(), "the test ended early"
            try:
                answer = self.http.request(method, f"{self.url}{path}", timeout=20, **options)
            except requests.RequestException:
                assert time.monotonic() < give_up_at, "the web process does not respond"
                self.stop.wait(RETRY_SECONDS)
            else:
                if answer.status_code != requests.codes.unprocessable_entity:
                    answer.raise_for_status()
                self.answers += 1
                return answer
