"""Rate limits for each person on expensive actions.

Unlike budgets, they stop runaway scripts or a stuck key on the keyboard.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.core import ratelimit
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import ngettext

from playground.teams import audit
from playground.teams.audit import AuditEvent
from playground.teams.models import Tally
from playground.web import HtmxRequest, refuse

type View = Callable[..., HttpResponseBase]

logger = logging.getLogger(__name__)

A_MINUTE = 60  # the unit of allauth's limits in settings.py


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A number of actions in a number of seconds."""

    most: int
    seconds: int


class LimitedAction(StrEnum):
    """The limited actions, each counted for each person."""

    GENERATE = "generate"
    CHANGE_FORM = "change form"
    UPLOAD = "upload"
    ACT_ON_RUN = "act on run"
    CHANGE_KEY = "change key"
    EDIT_MODEL = "edit model"
    INVITE = "invite"
    EXPORT = "export"
    DOWNLOAD = "download"


# High enough for a team of two dozen that shares one demo account; files come a dozen at a time.
LIMITS: dict[LimitedAction, Limit] = {
    LimitedAction.GENERATE: Limit(most=300, seconds=60),
    LimitedAction.CHANGE_FORM: Limit(most=150, seconds=10),
    LimitedAction.UPLOAD: Limit(most=100, seconds=10),
    LimitedAction.ACT_ON_RUN: Limit(most=60, seconds=10),
    LimitedAction.CHANGE_KEY: Limit(most=40, seconds=60),  # each adds a request to the provider
    LimitedAction.EDIT_MODEL: Limit(most=100, seconds=10),
    LimitedAction.INVITE: Limit(most=60, seconds=60),
    LimitedAction.EXPORT: Limit(most=30, seconds=60),  # every run of a month is read
    LimitedAction.DOWNLOAD: Limit(most=20, seconds=60),  # gigabytes, or 200 pictures decoded
}


def rate_limited(costly: LimitedAction, *methods: str) -> Callable[[View], View]:
    """Rate-limit requests with these methods; above the limit, answer 429 with a message.

    methods  POST by default; expensive GET views list theirs
    """
    counted = methods or ("POST",)

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HtmxRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in counted and (wait_seconds := count_request(request, costly)):
                return refuse_too_many(request, wait_seconds)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def count_request(request: HtmxRequest, costly: LimitedAction) -> float:
    """Count a request; return the seconds to wait if the limit is exceeded, else 0."""
    limit = LIMITS[costly]
    try:
        used, left_seconds = Tally.objects.add_one(
            f"{costly} by {request.user.pk}", seconds=limit.seconds
        )
    except Error:  # fail open: the view reports database errors itself
        logger.exception("Could not count how often a person did something")
        return 0
    return left_seconds if used > limit.most else 0


def rate_limited_by_address(action: str) -> Callable[[View], View]:
    """Rate-limit anonymous requests by client address.

    action  a key of allauth's ACCOUNT_RATE_LIMITS
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and not ratelimit.consume(request, action=action):
                return refuse_too_many(request)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def refuse_too_many(
    request: HttpRequest, wait_seconds: float = A_MINUTE, words: str = ""
) -> HttpResponse:
    """Answer 429; urls.py uses it for allauth, too."""
    audit.log_event(request, AuditEvent.TOO_OFTEN, path=request.path)
    seconds = max(math.ceil(wait_seconds), 1)
    words = words or ngettext(
        "Too many requests in a short time. Wait %(count)d second, then try again.",
        "Too many requests in a short time. Wait %(count)d seconds, then try again.",
        seconds,
    ) % {"count": seconds}
    response = refuse(request, HTTPStatus.TOO_MANY_REQUESTS, words)
    response["Retry-After"] = str(seconds)
    return response
