"""Cache-Control: private content is not cached, or only by browsers that revalidate it."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from playground.runs.models import Run
from tests.test_access import AUTHOR, ENDPOINTS, MEMBER, Visitors, visitors  # noqa: F401 - pytest finds it

pytestmark = pytest.mark.once

# Pictures on pages: the browser caches them and revalidates them at each use.
SHOWN = {
    "output_original", "output_thumbnail", "output_size", "upload_thumbnail", "hosted_upload",
}  # fmt: skip

type Table = list[tuple[str, str, int, str]]


def test_every_response_has_the_right_cache_control(visitors: Visitors) -> None:  # noqa: F811
    wrong: Table = []
    for endpoint in ENDPOINTS:
        for method in ("get", "post"):
            response, _ = visitors.request(AUTHOR, method, endpoint)
            directives = {word.strip() for word in response.headers["Cache-Control"].split(",")}
            is_picture = endpoint.route in SHOWN and response.status_code == HTTPStatus.OK
            wanted = {"private", "no-cache"} if is_picture else {"no-store"}
            if not wanted <= directives or {"public", "immutable"} & directives:
                wrong.append((method, endpoint.route, response.status_code, ", ".join(directives)))
    assert wrong == []


@pytest.fixture(params=["", "/protected/"], ids=["by us", "by nginx"])
def pictures(visitors: Visitors, settings: Settings, request: pytest.FixtureRequest) -> list[str]:  # noqa: F811
    """The URLs of the pictures of a private run, which only its author may see."""
    settings.ACCEL_REDIRECT = request.param
    things = {"output": ("output_original", "output_thumbnail"), "upload": ("upload_thumbnail",)}
    return [
        reverse(route, kwargs=visitors.arguments[f"private {thing}"])
        for thing, routes in things.items()
        for route in routes
    ]


def test_a_cached_picture_is_revalidated_for_each_reader(
    visitors: Visitors,  # noqa: F811
    pictures: list[str],
) -> None:
    author, member = visitors.people[AUTHOR], visitors.people[MEMBER]
    for address in pictures:
        first = author.get(address)
        first.getvalue()
        kept = {"If-None-Match": first["ETag"]}
        again = author.get(address, headers=kept)
        assert (again.status_code, again.content) == (304, b"")
        assert again["Cache-Control"] == "private, no-cache"
        assert member.get(address, headers=kept).status_code == 404
        assert Client().get(address, headers=kept).status_code == 302
    author.logout()
    for address in pictures:
        assert author.get(address, headers=kept).status_code == 302


def test_a_deleted_picture_is_not_shown_from_a_cache(client: Client, finished: Run) -> None:
    output = finished.outputs.get()
    address = output.thumbnail_url
    shown = client.get(address)
    shown.getvalue()
    kept = {"If-None-Match": shown["ETag"]}
    output.delete()
    assert client.get(address, headers=kept).status_code == 404


@pytest.mark.parametrize("accel", ["", "/protected/"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_downloads_are_not_cached(
    client: Client, finished: Run, settings: Settings, accel: str, method: str
) -> None:
    settings.ACCEL_REDIRECT = accel
    address = f"{finished.outputs.get().get_absolute_url()}?download"
    response = getattr(client, method)(address)
    response.getvalue()
    assert response["Cache-Control"] == "private, no-store"


def test_a_part_of_a_file_is_cached_like_the_whole(client: Client, finished: Run) -> None:
    address = finished.outputs.get().get_absolute_url()
    part = client.get(address, headers={"Range": "bytes=0-9"})
    assert (part.status_code, len(part.getvalue())) == (206, 10)
    assert part["Cache-Control"] == "private, no-cache"
    beyond = client.get(address, headers={"Range": "bytes=999999999-"})
    assert (beyond.status_code, beyond["Cache-Control"]) == (416, "private, no-store")
