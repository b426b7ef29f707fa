"""The registry of providers, and that no other code names a provider."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from playground.providers import registry
from playground.providers.errors import Unavailable
from playground.providers.protocol import Provider
from playground.teams import providers_in_use

ROOT = Path(__file__).parents[2]
REAL = registry.real()
# The providers, the sandbox, which simulates one, settings, data, and migrations.
MAY_NAME = (
    *("playground/providers/", "playground/sandbox/", "playground/settings.py"),
    *("playground/catalog/data/", "/migrations/"),
)
SOURCES = (
    *((folder, ending) for folder in ("playground",) for ending in ("py", "json")),
    *(("templates", ending) for ending in ("html", "txt")),
    *(("static", ending) for ending in ("js", "css")),
)
PATHS = ("/api/v1/tasks",)


def read_sources() -> Iterator[tuple[str, str]]:
    for folder, ending in SOURCES:
        for path in (ROOT / folder).glob(f"**/*.{ending}"):
            yield path.relative_to(ROOT).as_posix(), path.read_text().lower()


def words_of(provider: Provider) -> set[str]:
    names = {provider.slug, provider.name, provider.key_variable, provider.base_url_setting}
    return {word.lower() for word in {*names, *PATHS}}


@pytest.mark.parametrize("provider", REAL, ids=lambda each: each.slug)
def test_nothing_but_the_registry_and_data_names_a_provider(provider: Provider) -> None:
    naming = {name for name, text in read_sources() if any(w in text for w in words_of(provider))}
    assert "playground/providers/registry.py" in naming
    assert not {name for name in naming if not any(allowed in name for allowed in MAY_NAME)}


@pytest.mark.parametrize("provider", registry.PROVIDERS.values(), ids=lambda each: each.slug)
def test_the_settings_have_what_each_provider_needs(provider: Provider) -> None:
    assert isinstance(getattr(settings, provider.base_url_setting), str)
    assert isinstance(getattr(settings, provider.key_variable), str)


@pytest.mark.parametrize("provider", registry.PROVIDERS.values(), ids=lambda each: each.slug)
def test_a_slug_fits_its_columns_and_the_stored_price(provider: Provider) -> None:
    assert provider.slug == provider.slug.lower()
    assert provider.slug.isidentifier()
    assert len(provider.slug) <= 20
    assert provider.slug not in {"amount", "per", "likely", "most"}


@pytest.mark.parametrize("provider", REAL, ids=lambda each: each.slug)
def test_a_described_request_contains_no_key(provider: Provider) -> None:
    sent = provider.describe("https://api.test", "m", {"prompt": "a"}, key="once-only")
    assert sent.url.startswith("https://api.test/")
    assert f"${provider.key_variable}" in "".join(sent.headers.values())
    assert "once-only" in str(sent)


def test_a_removed_provider_can_only_be_named() -> None:
    gone = registry.get("gone")
    assert (gone.name, providers_in_use.address_of(gone)) == ("gone", "")
    assert gone.write_programs("", "m", {}, has_files=False) == ()
    with pytest.raises(Unavailable):
        gone.connect("https://x", "key")


def test_the_sandbox_is_not_offered_as_a_provider_of_models() -> None:
    assert [each.slug for each in registry.stand_ins()] == ["sandbox"]
    assert registry.SANDBOX not in REAL
