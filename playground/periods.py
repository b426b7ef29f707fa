"""The days and months of cost totals, in UTC."""

from datetime import datetime

from django.utils import timezone


def begin_of_day() -> datetime:
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)


def begin_of_month() -> datetime:
    return begin_of_day().replace(day=1)
