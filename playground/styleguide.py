"""The styleguide: every component in its states, light beside dark. For development and tests."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from playground.web import HtmxRequest

COLOURS = (
    "paper", "sheet", "raised", "well", "well-strong", "stage", "line", "edge", "ink", "quiet",
    "accent", "accent-hover", "accent-ink", "accent-wash", "on-accent", "good", "good-wash",
    "warning", "warning-wash", "danger", "danger-wash", "busy",
)  # fmt: skip


class SampleForm(forms.Form):
    """A field of each state."""

    name = forms.CharField(label="Preset name", required=False, help_text="At most 60 characters.")
    count = forms.IntegerField(label="Images", max_value=15)
    limit = forms.DecimalField(label="Daily, per person", required=False)
    kind = forms.ChoiceField(label="Who sees a new run", choices=[("a", "Everyone")])


@never_cache
@require_safe
def show_styleguide(request: HtmxRequest) -> HttpResponse:
    """Draw it where the settings ask for it; elsewhere there is no such page."""
    if not settings.STYLEGUIDE:
        raise Http404
    schemes = [{"name": name, **sample(name)} for name in ("light", "dark")]
    return render(request, "styleguide.html", {"schemes": schemes, "colours": COLOURS})


def sample(scheme: str) -> dict[str, Any]:
    """Return what the components of one scheme show."""
    run = SimpleNamespace(created_at=timezone.now(), pk=scheme)
    waiting = {"run": run, "usual": 20, "elapsed_seconds": 14, "tint": 3, "is_late": False}
    form = SampleForm({"count": "20", "kind": "a"}, prefix=scheme, auto_id="%s")
    return {
        "form": form,
        "waiting": waiting,
        "late": waiting | {"elapsed_seconds": 48, "tint": 5, "is_late": True},
        "cost": Decimal("0.0315"),
        "now": timezone.now(),
    }
