"""Database sessions like Django's, but loaded with a prepared query.

Every request of a person begins by reading their session.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from playground.prepared_queries import Value, load_prepared


class SessionStore(db.SessionStore):
    """Django's store."""

    def _get_session_from_db(self) -> Session | None:
        values: dict[str, Value] = {"key": self.session_key or "", "now": timezone.now()}
        found = load_prepared("", make_sessions, values)
        if not found:
            self._session_key = None
        return found[0] if found else None


def make_sessions(values: Mapping[str, Any]) -> QuerySet[Session, Session]:
    return Session.objects.filter(session_key=values["key"], expire_date__gt=values["now"])
