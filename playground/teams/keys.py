"""Checks API keys with their provider, and lists them for their page."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User

from playground.periods import begin_of_month
from playground.providers import registry
from playground.providers.errors import KeyRefused, OutOfFunds, ProviderError
from playground.providers.transport import Limits
from playground.teams import providers_in_use
from playground.teams.models import ApiKey, Workspace

# Short, because a person and a web thread wait for the response.
LIMITS = Limits(connect_seconds=3, read_seconds=8, total_seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedKey:
    """A key that was stored.

    doubt       why it is unknown whether the provider accepts the key; "" if it does
    is_current  whether new runs are paid with it
    """

    key: ApiKey
    doubt: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A key on the page of keys.

    spent, spent_lately  the cost of its runs in total and this month, in the provider's unit
    under_way            number of its unfinished runs
    is_current           new runs at its provider are paid with it
    why_idle             why no run can be sent to its provider; "" if one can
    """

    key: ApiKey
    spent: Decimal
    spent_lately: Decimal
    under_way: int
    is_current: bool
    why_idle: str


def ask_provider(provider: str, secret: str) -> str:
    """Check whether a provider accepts a key; return why that is unknown, "" if it does.

    Raises  KeyRefused
    """
    known = registry.get(provider)
    address = providers_in_use.address_of(known)
    if not address:
        return providers_in_use.why_idle(provider)
    client = known.connect(address, secret, timeout=LIMITS)
    try:
        client.check()
    except KeyRefused:
        raise
    except OutOfFunds:  # the key is valid, only the account has no funds
        return ""
    except ProviderError as error:
        return str(error)
    finally:
        client.close()
    return ""


def add_key(
    workspace: Workspace,
    provider: str,
    secret: str,
    *,
    name: str,
    added_by: User,
    is_wanted: bool,
) -> AddedKey:
    """Store a key that its provider accepts, or that cannot be checked now.

    is_wanted  make it the current key; an unchecked one only if no other key can pay
    Raises     KeyRefused
    """
    doubt = ask_provider(provider, secret)
    key = ApiKey.objects.store(workspace, provider, secret, name=name, added_by=added_by)
    if not doubt:
        key.note_answer(accepted=True)
    if doubt or not is_wanted:
        key.enable()
    current = workspace.current_key(provider)
    return AddedKey(key=key, doubt=doubt, is_current=current is not None and current.pk == key.pk)


def check_stored_key(key: ApiKey) -> str:
    """Check a stored key and save the result; return why it is unknown, "" if it is accepted.

    Raises  KeyRefused, UndecryptableError
    """
    try:
        doubt = ask_provider(key.provider, key.secret)
    except KeyRefused:
        key.note_answer(accepted=False)
        raise
    if not doubt:
        key.note_answer(accepted=True)
    return doubt


def list_keys(workspace: Workspace) -> list[KeyRow]:
    """Return the keys of a workspace, the current one of each provider first."""
    usable = workspace.api_keys.usable().order_by("current_since")
    current = dict(usable.values_list("provider", "pk"))
    kept = ApiKey.objects.kept().filter(workspace=workspace).with_use(begin_of_month())
    shown = [
        KeyRow(
            key=key,
            spent=key.spent or Decimal(),
            spent_lately=key.spent_lately or Decimal(),
            under_way=key.under_way,
            is_current=current.get(key.provider) == key.pk,
            why_idle=providers_in_use.why_idle(key.provider),
        )
        for key in kept.defer("secret").select_related("added_by").order_by("-current_since")
    ]
    return sorted(shown, key=lambda listed: (not listed.is_current, not listed.key.is_active))
