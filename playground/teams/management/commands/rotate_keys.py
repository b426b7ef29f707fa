"""`manage.py rotate_keys`: re-encrypts stored secrets with the first of ENCRYPTION_KEYS."""

import uuid
from collections.abc import Iterator
from itertools import batched
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Cast

from playground.teams import audit
from playground.teams.audit import AuditEvent
from playground.teams.encryption import UndecryptableError, reseal
from playground.teams.models import ApiKey

BATCH = 100
MOST_NAMES = 10
SEALED = ("secret", "seed")  # fields of a second factor that accounts.MFAAdapter encrypts


class Command(BaseCommand):
    help = (
        "Encrypt all stored API keys, and the secrets of second factors, with the first of "
        "ENCRYPTION_KEYS; the others may then go."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        del args, options
        refuse_unopened()
        stored = list(ApiKey.objects.kept().order_by("created_at").values_list("pk", flat=True))
        factors = list(Authenticator.objects.order_by("pk").values_list("pk", flat=True))
        changed = sum(rotate(batch) for batch in batched(stored, BATCH))
        changed += sum(rotate_factor(pk) for pk in factors)
        audit.log_event(None, AuditEvent.KEYS_ROTATED, changed=changed)
        self.stdout.write(
            f"Re-encrypted with the first of ENCRYPTION_KEYS: {changed}. "
            f"Already so: {len(stored) + len(factors) - changed}."
        )


def refuse_unopened() -> None:
    """Check that every secret can be decrypted before changing any.

    Raises  CommandError
    """
    names = [str(key) for key, sealed in read_sealed() if not can_be_opened(sealed)]
    names += [
        f"the second factor of {factor.user}"
        for factor in Authenticator.objects.select_related("user")
        if not all(can_be_opened(sealed) for sealed in read_factor(factor).values())
    ]
    if not names:
        return
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    raise CommandError(
        "Nothing was changed: no key in ENCRYPTION_KEYS opens "
        f"{', '.join(names[:MOST_NAMES])}{more}. Add the one that encrypted it."
    )


def can_be_opened(sealed: str) -> bool:
    try:
        reseal(sealed)
    except UndecryptableError:
        return False
    return True


def rotate(batch: tuple[uuid.UUID, ...]) -> int:
    """Re-encrypt the rows and return how many changed; can be interrupted and repeated."""
    changed = 0
    with transaction.atomic():
        locked = ApiKey.objects.select_for_update().kept().filter(pk__in=batch)
        for key, sealed in read_sealed(locked):
            fresh = reseal(sealed)
            if fresh != sealed:
                as_it_is = Value(fresh, output_field=models.TextField())
                ApiKey.objects.filter(pk=key.pk).update(secret=as_it_is)
                changed += 1
    return changed


def read_sealed(keys: models.QuerySet[ApiKey] | None = None) -> Iterator[tuple[ApiKey, str]]:
    """Yield each stored key without its secret, and the encrypted text."""
    found = ApiKey.objects.kept() if keys is None else keys
    for key in found.defer("secret").annotate(sealed=Cast("secret", models.TextField())):
        yield key, key.sealed


@transaction.atomic
def rotate_factor(pk: int) -> bool:
    """Re-encrypt a second factor; return whether it changed."""
    factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if factor is None:  # deleted concurrently
        return False
    sealed = read_factor(factor)
    fresh = {name: reseal(text) for name, text in sealed.items()}
    if fresh == sealed:
        return False
    factor.data |= fresh
    factor.save(update_fields=["data"])
    return True


def read_factor(factor: Authenticator) -> dict[str, str]:
    """Return the encrypted fields of a second factor by name."""
    return {name: factor.data[name] for name in SEALED if name in factor.data}
