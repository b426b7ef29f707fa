"""Checks web addresses that are given as input files, before a run is paid for.

The provider fetches them, not this program. But an address that leads nowhere costs a run, and one
into a private network may open something there where the provider's machines are beside it.
"""

from collections.abc import Iterator, Mapping

from django.conf import settings

from playground.providers import dns_lookups, registry, texts
from playground.providers.errors import FileRefused
from playground.providers.links import Reference, quoted, read_reference
from playground.public_url import loopback_origins
from playground.runs.files.references import REFERENCE, WRITTEN_OUT
from playground.teams import providers_in_use

LOOKUP_SECONDS = 2.0  # a person has pressed Generate, and waits

type Errors = dict[str, list[str]]


def trusted_origins(provider: str) -> tuple[str, ...]:
    """Return the origins that may be http, and private: our own, and those that a provider takes.

    One that runs on this machine, as the sandbox does, fetches from here and from itself.
    """
    known = registry.get(provider)
    origins = [settings.PUBLIC_BASE_URL, *known.reference_origins]
    if known.is_local:
        origins += [providers_in_use.address_of(known), *loopback_origins()]
    return tuple(filter(None, origins))


def find_bad(addresses: Mapping[str, str], *, provider: str) -> Errors:
    """Return the errors of addresses as text, without the network.

    addresses  by JSON Pointer; uploads, variables and files written out are not among them here
    provider   the slug of the one that is to fetch them
    """
    found: Errors = {}
    origins = trusted_origins(provider)
    for pointer, text in web_addresses(addresses):
        try:
            read_reference(text, trusted_origins=origins)
        except FileRefused as refused:
            found[pointer] = [str(refused)]
    return found


def find_private(addresses: Mapping[str, str], *, provider: str) -> Errors:
    """Return which addresses have a host whose name leads into a private network.

    It asks the resolver and waits LOOKUP_SECONDS at most.

    provider  the slug of the one that is to fetch them
    """
    read: dict[str, Reference] = {}
    origins = trusted_origins(provider)
    for pointer, text in web_addresses(addresses):
        try:
            read[pointer] = read_reference(text, trusted_origins=origins)
        except FileRefused:
            continue  # `find_bad` says so
    private = dns_lookups.find_private(read.values(), limit_seconds=LOOKUP_SECONDS)
    return {
        pointer: [str(texts.ADDRESS_PRIVATE(address=quoted(addresses[pointer])))]
        for pointer, reference in read.items()
        if reference.name in private
    }


def web_addresses(addresses: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for pointer, text in addresses.items():
        if text and not REFERENCE.match(text) and not WRITTEN_OUT.match(text):
            yield pointer, text
