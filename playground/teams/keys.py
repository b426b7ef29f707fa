"""Whether a service takes a key, and what is said of the keys on their page."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from playground.providers import mindvideo
from playground.providers.errors import KeyRefused, OutOfFunds, ProviderError
from playground.providers.transport import Limits
from playground.teams.models import ApiKey, Service, Workspace
from playground.teams.periods import begin_of_month

# Somebody waits for the answer, and so does a thread of the web process.
LIMITS = Limits(connect_seconds=3, read_seconds=8, total_seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A key that was stored.

    doubt       why it is not known whether the service takes it; "" where it does
    is_current  whether new runs are paid with it
    """

    key: ApiKey
    doubt: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A key on the page of keys.

    spent, spent_lately  what its runs cost in all and this month, in the service's unit
    under_way            how many of its runs have not ended
    is_current           new runs are paid with it
    is_idle              it belongs to a service that is not in use here
    """

    key: ApiKey
    spent: Decimal
    spent_lately: Decimal
    under_way: int
    is_current: bool
    is_idle: bool


def ask(service: Service, secret: str) -> str:
    """See whether a service takes a key; return why that is not known, "" where it does.

    Raises  KeyRefused
    """
    if not service.base_url:
        return _("The service is not running.")
    client = mindvideo.connect(service.base_url, secret, timeout=LIMITS)
    try:
        client.check()
    except KeyRefused:
        raise
    except OutOfFunds:  # an account without money, whose key is good
        return ""
    except ProviderError as error:
        return str(error)
    finally:
        client.http.close()
    return ""


def add(
    workspace: Workspace,
    service: Service,
    secret: str,
    *,
    name: str,
    added_by: User,
    is_wanted: bool,
) -> Added:
    """Store a key that the service takes, or cannot be asked about.

    is_wanted  new runs shall be paid with it; while another can pay, one in doubt waits for that
    Raises     KeyRefused
    """
    doubt = ask(service, secret)
    key = ApiKey.objects.store(workspace, service, secret, name=name, added_by=added_by)
    if not doubt:
        key.note_answer(accepted=True)
    if doubt or not is_wanted:
        key.enable()
    current = workspace.current_key()
    return Added(key=key, doubt=doubt, is_current=current is not None and current.pk == key.pk)


def check(key: ApiKey) -> str:
    """Ask about a stored key, and note it; return why it is not known, "" where it is taken.

    Raises  KeyRefused, UndecryptableError
    """
    try:
        doubt = ask(Service(key.service), key.secret)
    except KeyRefused:
        key.note_answer(accepted=False)
        raise
    if not doubt:
        key.note_answer(accepted=True)
    return doubt


def list_keys(workspace: Workspace) -> list[Listed]:
    """Return the keys of a workspace, the current one first."""
    current = workspace.current_key()
    kept = ApiKey.objects.kept().filter(workspace=workspace).with_use(begin_of_month())
    shown = [
        Listed(
            key=key,
            spent=key.spent or Decimal(),
            spent_lately=key.spent_lately or Decimal(),
            under_way=key.under_way,
            is_current=current is not None and key.pk == current.pk,
            is_idle=key.service != Service.in_use(),
        )
        for key in kept.defer("secret").select_related("added_by").order_by("-current_since")
    ]
    return sorted(shown, key=lambda listed: (not listed.is_current, not listed.key.is_active))
