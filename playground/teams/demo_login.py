"""The automatic login of `make demo`, and the detection of proxied and remote requests.

Only requests from this machine to the printed address are logged in automatically. A local proxy
also connects from a loopback address, so any other sign of a proxy counts. Forwarders that leave no
sign cannot be detected: `ssh -L` or socat to the same port, or a proxy that speaks HTTP/1.1, adds
no header and sends our own Host.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from playground.forwarded import TAKEN_OFF
from playground.teams import audit
from playground.teams.audit import AuditEvent
from playground.teams.backends import PASSWORD_BACKEND
from playground.teams.models import DEMO_USERNAME
from playground.texts import Text, kept

AUTOMATIC_KEY = "automatic"  # session key: opened by the automatic login

# Headers that browsers, curl and our own scripts send. An allowlist, because every proxy and CDN
# adds different headers.
HARMLESS = re.compile(
    r"""
    accept | accept-(charset|encoding|language|datetime) | user-agent | host | cookie
    | connection | keep-alive | te | trailer | transfer-encoding | upgrade | http2-settings | expect
    | content-(length|type|encoding|language|disposition) | range
    | if-(match|none-match|modified-since|unmodified-since|range)
    | cache-control | pragma | priority | dnt | save-data | available-dictionary | dictionary-id
    | origin | referer | upgrade-insecure-requests | last-event-id | purpose | x-moz | x-purpose
    | (device-memory|dpr|viewport-width|width|downlink|ect|rtt) | service-worker
    | access-control-request-(method|headers|private-network|local-network)
    | sec-[a-z-]+ | hx-[a-z-]+ | x-requested-with | x-csrftoken
    """,
    re.VERBOSE | re.IGNORECASE,
)


# Shown to the reader, and written to the log in English.
FROM_ELSEWHERE = kept(
    "demo_from_elsewhere", "The request comes from %(address)s, not from this machine."
)
FROM_NOWHERE = kept(
    "demo_from_nowhere", "The request comes from an unknown address, not from this machine."
)
THROUGH_PROXY = kept(
    "demo_through_proxy", "The request came through a proxy: its protocol is %(protocol)s."
)
WITH_HEADER = kept(
    "demo_with_header", "The request came through a proxy: it has the header %(header)s."
)
FOR_OTHER_HOST = kept(
    "demo_for_other_host", "The request is for %(host)s, not for the printed address."
)
FROM_OTHER_PAGE = kept(
    "demo_from_other_page", "The request came from a page at another address (%(header)s)."
)
FROM_OTHER_SITE = kept("demo_from_other_site", "A link or page of another site led here.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The reason why a request is not logged in automatically.

    why      a sentence for the page and the log
    open_at  the path of a link with which a person confirms that they want to open the demo; "" if
             that would not help
    """

    why: Text | None
    open_at: str = ""

    def __str__(self) -> str:
        return str(self.why or "")


def is_from_here(request: HttpRequest) -> bool:
    """Whether a request comes from this machine, judged by its connection and headers."""
    return not find_trace_of_proxy(request)


def find_trace_of_proxy(request: HttpRequest) -> Text | None:
    """Return a sentence about headers that a proxy added, None without any."""
    peer = request.META.get("REMOTE_ADDR", "")
    if not is_loopback(peer):
        return FROM_ELSEWHERE(address=peer) if peer else FROM_NOWHERE
    protocol = request.META.get("SERVER_PROTOCOL", "")
    if protocol != "HTTP/1.1":
        return THROUGH_PROXY(protocol=protocol or "-")
    added = request.META.get(TAKEN_OFF, "")
    added = added or next((name for name in request.headers if not HARMLESS.fullmatch(name)), "")
    if added:
        return WITH_HEADER(header=added)
    return None


def is_loopback(address: str) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return (getattr(ip, "ipv4_mapped", None) or ip).is_loopback


def own_hosts() -> set[str]:
    """Return the Host headers of requests to the printed address."""
    ends = {f":{settings.PORT}", *([""] if settings.PORT == 80 else [])}  # noqa: PLR2004 - http's own
    return {f"{name}{end}" for name in settings.LOOPBACK_NAMES for end in ends}


def find_proxy(request: HttpRequest) -> Refusal | None:
    """Return why a request does not come from this machine; demo sessions are refused then, too.

    If our own page has another host in Referer or Origin, it is shown under another name. A link on
    another site has another Referer, too; browsers mark it with Sec-Fetch-Site.
    """
    if trace := find_trace_of_proxy(request):
        return Refusal(why=trace)
    host = request.META.get("HTTP_HOST", "").lower()
    if host and host not in own_hosts():  # without a Host, this check does not apply
        return Refusal(why=FOR_OTHER_HOST(host=host))
    if request.headers.get("Sec-Fetch-Site") not in {"cross-site", "same-site"}:
        for name in ("Origin", "Referer"):
            if is_another(request.headers.get(name, "")):
                return Refusal(why=FROM_OTHER_PAGE(header=name))
    return None


def find_other_site(request: HttpRequest) -> Refusal | None:
    """Return why a request is cross-site, and so not the person's own wish to open the demo."""
    is_asked_for = request.headers.get("Sec-Fetch-Site", "none") in {"none", "same-origin"}
    addresses = (request.headers.get(name, "") for name in ("Origin", "Referer"))
    if is_asked_for and not any(map(is_another, addresses)):
        return None
    path = request.GET.get("next", "") or request.get_full_path()
    is_ours = url_has_allowed_host_and_scheme(path, allowed_hosts=None) and path.startswith("/")
    return Refusal(why=FROM_OTHER_SITE, open_at=path if is_ours else "/")


def is_another(address: str) -> bool:
    """Whether an Origin or Referer has another origin than ours."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return True
    is_ours = parts.scheme == "http" and parts.netloc.lower() in own_hosts()
    return bool(address) and not is_ours


def is_automatic(request: HttpRequest, user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether a session was opened by the automatic login, without a password."""
    if not isinstance(user, AbstractBaseUser):
        return False
    is_demo_account = user.get_username() == DEMO_USERNAME and not user.password
    return AUTOMATIC_KEY in request.session or is_demo_account


def log_in(request: HttpRequest) -> None:
    user, _created = get_user_model().objects.get_or_create(username=DEMO_USERNAME)
    login(request, user, PASSWORD_BACKEND)
    request.session[AUTOMATIC_KEY] = True


def end_automatic(request: HttpRequest, **_: object) -> None:
    """Mark the session as opened with a password."""
    request.session.pop(AUTOMATIC_KEY, None)


def log_refusal(request: HttpRequest, refusal: Refusal) -> None:
    audit.log_event(
        request,
        AuditEvent.DEMO_REFUSED,
        why=refusal.why and refusal.why.in_english,
        path=request.path,
    )
