"""The registry of providers. No other code names a provider.

To add one: write its client in a module here, and add it to PROVIDERS. docs/architecture.md lists
all files to change.
"""

from dataclasses import replace
from typing import Any, NoReturn

from playground.providers import mindvideo, mindvideo_code, texts
from playground.providers.errors import Unavailable
from playground.providers.protocol import HttpRequest, Program, Provider
from playground.providers.transport import Limits

MINDVIDEO = Provider(
    slug="mindvideo",
    name="MindVideo",
    base_url_setting="MINDVIDEO_BASE_URL",
    key_variable=mindvideo_code.KEY_VARIABLE,
    key_example="mv_live_...",
    keys_url="https://api.mindvideo.ai/",  # its documentation mentions a dashboard without a URL
    connect=mindvideo.connect,
    describe=mindvideo_code.describe,
    write_programs=mindvideo_code.write_programs,
)

# A separate program, `playground/sandbox`, with the same API.
SANDBOX = replace(
    MINDVIDEO,
    slug="sandbox",
    name="Sandbox",
    base_url_setting="SANDBOX_URL",
    key_example="mv_sandbox_...",
    keys_url="",
    is_local=True,
    stands_in_for=MINDVIDEO.slug,
)

PROVIDERS: dict[str, Provider] = {each.slug: each for each in (MINDVIDEO, SANDBOX)}

# The provider of models without one, from when there was only one.
DEFAULT = MINDVIDEO.slug


def get(slug: str) -> Provider:
    """Return a provider; for a removed one, a placeholder with its name."""
    return PROVIDERS.get(slug) or unknown(slug)


def real() -> list[Provider]:
    """Return the real providers, without mocks."""
    return [each for each in PROVIDERS.values() if not each.stands_in_for]


def stand_ins() -> list[Provider]:
    """Return the providers that mock another."""
    return [each for each in PROVIDERS.values() if each.stands_in_for]


def unknown(slug: str) -> Provider:
    """Return a placeholder for a removed provider that keys and runs still name."""
    return Provider(
        slug=slug,
        name=slug,
        base_url_setting="",
        key_variable="",
        key_example="",
        keys_url="",
        connect=_refuse_to_connect,
        describe=_describe_plainly,
        write_programs=_write_nothing,
    )


def _refuse_to_connect(base_url: str, api_key: str, *, timeout: Limits | None = None) -> NoReturn:
    del base_url, api_key, timeout
    raise Unavailable(texts.NO_PROVIDER)


def _describe_plainly(base_url: str, model: str, inputs: Any, *, key: str) -> HttpRequest:
    del key
    return HttpRequest(
        method="POST", url=base_url, headers={}, body={"model": model, "input": inputs}
    )


def _write_nothing(
    base_url: str, model: str, inputs: Any, *, has_files: bool
) -> tuple[Program, ...]:
    del base_url, model, inputs, has_files
    return ()
