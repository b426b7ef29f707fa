"""Rate limits of each person on actions that cost money or much work.

Not the limits of a team's budget: these stop a program that runs away, or a key that is stuck.
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

A_MINUTE = 60  # what allauth's limits in settings.py are counted in


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


# No person meets them, nor a team of two dozen that shares one account in a demo; and files come a
# dozen at a time.
LIMITS: dict[LimitedAction, Limit] = {
    LimitedAction.GENERATE: Limit(most=300, seconds=60),
    LimitedAction.CHANGE_FORM: Limit(most=150, seconds=10),
    LimitedAction.UPLOAD: Limit(most=100, seconds=10),
    LimitedAction.ACT_ON_RUN: Limit(most=60, seconds=10),
    LimitedAction.CHANGE_KEY: Limit(
        most=40, seconds=60
    ),  # the service is asked whether it takes it
    LimitedAction.EDIT_MODEL: Limit(most=100, seconds=10),
    LimitedAction.INVITE: Limit(most=60, seconds=60),
    LimitedAction.EXPORT: Limit(most=30, seconds=60),  # every run of a month is read
    LimitedAction.DOWNLOAD: Limit(most=20, seconds=60),  # gigabytes, or 200 pictures decoded
}


def rate_limited(costly: LimitedAction, *methods: str) -> Callable[[View], View]:
    """Count each request by these methods, and refuse it in words where there are too many.

    methods  without any, POST; what is only looked at, and yet is much work, names its own
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
    """Count a request; return for how many seconds there are too many, 0 where there are not."""
    limit = LIMITS[costly]
    try:
        used, left_seconds = Tally.objects.add_one(
            f"{costly} by {request.user.pk}", seconds=limit.seconds
        )
    except Error:  # the person who cannot be counted is let in: the view tells its own troubles
        logger.exception("Could not count how often a person did something")
        return 0
    return left_seconds if used > limit.most else 0


def rate_limited_by_address(action: str) -> Callable[[View], View]:
    """Do the same for strangers, by the address that they come from.

    action  of ACCOUNT_RATE_LIMITS, in which allauth counts
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
    """Answer a person who tried too often; it is in urls.py for allauth, too."""
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
