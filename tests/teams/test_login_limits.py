"""Login attempts are limited, without locking people out of browsers that they used before."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client
from pytest_django.fixtures import Settings

from playground.teams import login_limits
from playground.teams.login_limits import FAILURES, LimitScope
from playground.teams.models import Tally
from tests.launched import ROOT
from tests.tables import sample
from tests.teams.conftest import SendMail

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

NAME, PASSWORD, NEW_PASSWORD = "ana", "correct horse", "a long walk home"
WRONG_PASSWORD = "Wrong username or password"
HOSTS = [
    *("localhost", "LOCALHOST", "localhost.", "localhost:1", "localhost:8150", "LocalHost.:9"),
    *("127.0.0.1", "127.0.0.1:10000", "127.0.0.1:10001", "[::1]", "[::1]:3"),
    *("play.example.com", "PLAY.example.com:443", "play.example.com."),
]
SPELLINGS = ["ana", "ANA", "aNa", " ana ", "\tana", "ａｎａ", "ＡＮＡ", "ana\u3000", "ª\u006eª"]

pytestmark = pytest.mark.usefixtures("ana")


def try_password(
    password: str = "wrong",
    *,
    name: str = NAME,
    host: str = "testserver",
    network: str = "192.0.2.1",
    browser: Client | None = None,
) -> "Answer":
    browser = browser or Client()
    fields = {"login": name, "password": password}
    return browser.post("/login/", fields, headers={"Host": host}, REMOTE_ADDR=network)


def is_logged_in(answer: "Answer") -> bool:
    return answer.status_code == 302


def pass_time(seconds: float) -> None:
    """Make all counts older by `seconds`."""
    Tally.objects.update(ends_at=F("ends_at") - seconds)


def guess_repeatedly(networks: int, hours: float = 1.0) -> int:
    """Guess from several networks as often as allowed; return how many passwords were checked.

    Four networks use up a username's attempts of an hour within fifteen minutes.
    """
    looked_at = 0
    for _ in range(round(hours * 12)):
        for number in range(networks):
            network = f"198.51.100.{number + 1}"
            for _ in range(6):
                if WRONG_PASSWORD not in try_password(network=network).text:
                    break
                looked_at += 1
        pass_time(301)
    return looked_at


@pytest.fixture
def hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "play.example.com", "testserver"]


@pytest.fixture
def known_browser() -> Client:
    """A browser in which ana logged in and out again."""
    browser = Client()
    assert is_logged_in(try_password(PASSWORD, browser=browser))
    browser.post("/logout/")
    return browser


@pytest.mark.parametrize("host", sample(HOSTS, 4))
@pytest.mark.usefixtures("hosts")
def test_login_attempts_of_a_username_are_counted_across_hosts(host: str) -> None:
    for number in range(5):
        assert WRONG_PASSWORD in try_password(host=HOSTS[number * 3 % len(HOSTS)]).text
    answer = try_password(PASSWORD, host=host)
    assert "attempts with this username" in answer.text
    assert not is_logged_in(answer)


@pytest.mark.usefixtures("hosts")
def test_new_hosts_give_no_more_attempts() -> None:
    answers = [try_password(host=f"127.0.0.1:{10_000 + number}").text for number in range(9)]
    assert [WRONG_PASSWORD in text for text in answers] == [True] * 5 + [False] * 4


@pytest.mark.parametrize("spelling", sample(SPELLINGS, 4))
def test_login_attempts_of_a_username_are_counted_across_spellings(spelling: str) -> None:
    for number in range(5):
        assert WRONG_PASSWORD in try_password(name=SPELLINGS[number]).text
    assert "attempts with this username" in try_password(PASSWORD, name=spelling).text


@pytest.mark.parametrize("typed", ["ana", "ana@example.com", "ANA@Example.com", "ANA"])
def test_an_e_mail_address_shares_the_attempt_count_of_its_username(
    settings: Settings, ana: User, typed: str
) -> None:
    settings.ACCOUNT_LOGIN_METHODS = {"username", "email"}
    EmailAddress.objects.create(user=ana, email="ana@example.com", verified=True, primary=True)
    assert is_logged_in(try_password(PASSWORD, name=typed))
    for name in ("ana", "ana@example.com", "ANA", "Ana@example.com", "ana@example.com"):
        assert "not correct" in (text := try_password(name=name).text) or WRONG_PASSWORD in text
    assert "attempts with this username" in try_password(PASSWORD, name=typed).text


def test_a_correct_password_does_not_count_as_an_attempt() -> None:
    for _ in range(8):
        assert is_logged_in(try_password(PASSWORD))
    assert set(Tally.objects.exclude(what__startswith="logins").values_list("used", flat=True)) == {
        0
    }


def test_logging_in_to_ones_own_account_does_not_reset_the_limit_of_another() -> None:
    User.objects.create_user("eve", password=NEW_PASSWORD)
    looked_at = 0
    for _ in range(9):
        looked_at += WRONG_PASSWORD in try_password().text
        assert is_logged_in(try_password(NEW_PASSWORD, name="eve"))
    assert looked_at == 5


@pytest.mark.once
@pytest.mark.parametrize("networks", sample([4, 2, 1], 1))
def test_login_attempts_of_a_username_are_limited_over_all_networks(
    networks: int,
) -> None:
    """The number is also in SECURITY.md and `login_limits`."""
    assert FAILURES[LimitScope.NAME][0].most == 50
    assert FAILURES[LimitScope.NAME_IN_NETWORK][1].most == 20
    assert guess_repeatedly(networks) == min(20 * networks, 50)


def test_after_five_wrong_passwords_the_correct_one_waits_five_minutes() -> None:
    for _ in range(5):
        assert WRONG_PASSWORD in try_password().text
    assert "Wait 5 minutes and try again, or reset the password" in try_password(PASSWORD).text
    pass_time(250)
    assert re.search(r"Wait [45]\d seconds", try_password(PASSWORD).text)
    pass_time(60)
    assert is_logged_in(try_password(PASSWORD))


def test_an_unknown_username_is_limited_with_the_same_message() -> None:
    for name in ("ana", "nobody"):
        for _ in range(5):
            assert WRONG_PASSWORD in try_password(name=name).text
        pass_time(61)  # the count of the network
    ours, nobodys = (try_password(name=name).text for name in ("ana", "nobody"))
    assert "attempts with this username. Wait" in ours
    assert re.sub(r"\d", "", message_in(ours)) == re.sub(r"\d", "", message_in(nobodys))


def message_in(page: str) -> str:
    found = re.search(r'role="alert">([^<]+)<', page)
    assert found, page
    return found[1].strip()


def test_failed_logins_with_many_usernames_are_logged_as_such() -> None:
    for number in range(10):
        assert WRONG_PASSWORD in try_password(name=f"name{number}").text
    message = message_in(try_password(PASSWORD).text)
    assert re.fullmatch(
        r"Too many attempts from your network\. Try again in \d+ seconds\.", message
    )
    assert is_logged_in(try_password(PASSWORD, network="192.0.2.2"))


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),  # as many as in a household
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
    ],
)
def test_an_address_is_mapped_to_its_network(first: str, second: str, *, is_one: bool) -> None:
    for _ in range(5):
        try_password(network=first)
    assert is_logged_in(try_password(PASSWORD, network=second)) != is_one


def test_logins_from_one_network_are_rate_limited() -> None:
    answers = [try_password(name=f"n{number}") for number in range(31)]
    assert [answer.status_code for answer in answers[29:]] == [200, 429]
    assert "Too many attempts from your network. Try again in" in answers[-1].text
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60


def test_failed_logins_elsewhere_do_not_lock_out_a_known_browser(known_browser: Client) -> None:
    guess_repeatedly(4, hours=0.25)
    assert "from several networks" in try_password(PASSWORD, network="192.0.2.77").text
    assert is_logged_in(try_password(PASSWORD, browser=known_browser))


def test_failed_logins_in_the_same_network_do_not_lock_out_a_known_browser(
    known_browser: Client,
) -> None:
    for number in range(40):
        try_password(name=f"n{number}" if number % 2 else NAME)
    assert try_password(PASSWORD).status_code == 429
    assert is_logged_in(try_password(PASSWORD, browser=known_browser))


def test_a_known_browser_has_its_own_limit(known_browser: Client) -> None:
    for _ in range(5):
        assert WRONG_PASSWORD in try_password(browser=known_browser).text
    assert "in this browser. Wait 5 minutes" in try_password(PASSWORD, browser=known_browser).text
    assert is_logged_in(try_password(PASSWORD))  # other browsers need not wait


def test_many_logins_in_a_known_browser_are_limited(known_browser: Client) -> None:
    answers = []
    for _ in range(30):
        answers.append(try_password(PASSWORD, browser=known_browser))
        known_browser.post("/logout/")
    answers.append(try_password(PASSWORD, browser=known_browser))
    assert [answer.status_code for answer in answers[28:]] == [302, 302, 429]
    assert "Too many attempts in this browser. Try again in" in answers[-1].text


def test_other_logins_in_a_known_browser_give_no_more_attempts(known_browser: Client) -> None:
    User.objects.create_user("eve", password=NEW_PASSWORD)
    looked_at = 0
    for _ in range(8):
        looked_at += WRONG_PASSWORD in try_password(browser=known_browser).text
        assert is_logged_in(try_password(NEW_PASSWORD, name="eve", browser=known_browser))
        known_browser.post("/logout/")
    assert looked_at == 5
    pass_time(301)
    assert is_logged_in(try_password(PASSWORD, browser=known_browser))


def cookie_of(browser: Client) -> str:
    return browser.cookies["device"].value


def forge_cookies(known_browser: Client) -> dict[str, str]:
    """Return invalid device cookies by name."""
    User.objects.create_user("eve", password=NEW_PASSWORD)
    eves = Client()
    try_password(NEW_PASSWORD, name="eve", browser=eves)
    nonce, mac = cookie_of(known_browser).split(".")
    theirs = cookie_of(eves).split(".")
    return {
        "another account's": ".".join(theirs),
        "a nonce alone": nonce,
        "ana's in another browser": f"{theirs[0]}.{mac}",
        "a guess": f"{nonce}.{'0' * 40}",
        "cut off": cookie_of(known_browser)[:-1],
        "too many": ".".join([nonce, *["0" * 40] * 8, mac]),
        "nonsense": "ó.=.%00",
        "empty": "",
    }


@pytest.mark.once
@pytest.mark.parametrize(
    "kind",
    [
        *("another account's", "a nonce alone", "ana's in another browser", "a guess"),
        *("cut off", "too many", "nonsense", "empty"),
    ],
)
def test_forged_and_foreign_device_cookies_are_ignored(known_browser: Client, kind: str) -> None:
    forged = Client()
    forged.cookies["device"] = forge_cookies(known_browser)[kind]
    for _ in range(5):
        try_password()
    assert not is_logged_in(try_password(PASSWORD, browser=forged))
    assert is_logged_in(try_password(PASSWORD, browser=known_browser))


def test_a_password_change_invalidates_known_browsers(
    known_browser: Client, client: Client
) -> None:
    change_password = {
        "oldpassword": PASSWORD,
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
    }
    client.post("/account/password/change/", change_password)
    client.post("/logout/")
    for _ in range(5):
        try_password()
    assert not is_logged_in(try_password(NEW_PASSWORD, browser=known_browser))
    assert is_logged_in(
        try_password(NEW_PASSWORD, browser=client)
    )  # the password was changed in this one


def test_the_device_cookie_reveals_nothing_and_is_secure(known_browser: Client) -> None:
    cookie = known_browser.cookies["device"]
    assert re.fullmatch(r"[\w-]{22}\.[0-9a-f]{40}", cookie.value)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_a_password_reset_link_ends_the_lockout(ana: User, send_mail: SendMail) -> None:
    User.objects.update(email="ana@example.com")
    guess_repeatedly(4, hours=0.25)
    browser = Client()
    assert not is_logged_in(try_password(PASSWORD, browser=browser, network="192.0.2.99"))
    browser.post("/account/password/reset/", {"email": "ana@example.com"})
    found = re.search(r"http://127.0.0.1:8000(\S+)", str(send_mail()[0].body))
    assert found
    form = browser.get(found[1], follow=True).request["PATH_INFO"]
    browser.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert is_logged_in(try_password(NEW_PASSWORD, browser=browser))
    assert is_logged_in(try_password(NEW_PASSWORD, network="192.0.2.99"))


def reauthenticate(browser: Client, password: str) -> "Answer":
    return browser.post("/account/reauthenticate/", {"password": password})


def change_password(browser: Client, password: str) -> "Answer":
    fields = {"oldpassword": password, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    return browser.post("/account/password/change/", fields)


@pytest.mark.parametrize("ask", [reauthenticate, change_password])
def test_password_guessing_in_an_open_session_is_limited(
    client: Client, ask: "Callable[[Client, str], Answer]"
) -> None:
    for _ in range(5):
        assert "Wait" not in ask(client, "wrong").text
    answer = ask(client, PASSWORD)
    assert "Too many wrong passwords. Wait 5 minutes" in answer.text or answer.status_code == 429


def test_failed_logins_elsewhere_do_not_block_reauthentication(client: Client) -> None:
    guess_repeatedly(4, hours=0.25)
    assert not is_logged_in(try_password(PASSWORD, network="192.0.2.99"))
    assert is_logged_in(reauthenticate(client, PASSWORD))


def test_codes_are_rate_limited_and_the_message_gives_the_wait(ana: User) -> None:
    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    browser = Client()
    assert is_logged_in(try_password(PASSWORD, browser=browser))
    path = "/account/mfa/authenticate/"
    answers = [browser.post(path, {"code": f"00000{number}"}).text for number in range(6)]
    assert [("Too many wrong codes" in text) for text in answers] == [False] * 5 + [True]
    assert "Wait 5 minutes" in answers[-1]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (0.2, "1 second"),
        (39.1, "40 seconds"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (121, "3 minutes"),
        (3600, "60 minutes"),
    ],
)
def test_waiting_times_are_written_in_words(seconds: float, words: str) -> None:
    assert login_limits.format_seconds(seconds) == words


def test_the_table_of_counts_contains_no_username_or_address() -> None:
    try_password(name="somebody", network="192.0.2.55")
    kept = " ".join(Tally.objects.values_list("what", flat=True))
    assert "somebody" not in kept
    assert "192.0.2" not in kept


def test_the_limits_are_those_that_are_documented() -> None:
    text = (ROOT / "SECURITY.md").read_text().partition("## Login rate limits")[2]
    rows = re.findall(r"^\| (?!what)[^|]+\|([^|]+)\|$", text.partition("## ")[0], re.MULTILINE)
    documented = [
        [(int(most), 1 if span == "a minute" else int(span)) for most, span in spans]
        for row in rows
        if (spans := re.findall(r"(\d+) (?:wrong )?in (\d+|a minute)", row))
    ]
    limits = [[(each.most, each.seconds // 60) for each in limits] for limits in FAILURES.values()]
    assert sorted(documented) == sorted(limits)


@pytest.mark.parametrize("name", ["", "\0", "ana\0", "x" * 5_000, "a" * 151])
def test_an_impossible_username_is_answered_without_an_error(name: str) -> None:
    assert try_password(name=name).status_code == 200
