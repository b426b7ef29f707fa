"""The styleguide: every component in its states, light beside dark. For development and tests."""

from datetime import timedelta
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

USUAL_SECONDS = 20
COLOURS = (
    "paper", "sheet", "raised", "well", "well-strong", "stage", "line", "edge", "ink", "quiet",
    "accent", "accent-hover", "accent-ink", "accent-wash", "on-accent", "good", "good-wash",
    "warning", "warning-wash", "danger", "danger-wash", "busy",
)  # fmt: skip
MODELS = (
    SimpleNamespace(title="Seedream 5 Lite", about="Text to picture, series", price="$0.03"),
    SimpleNamespace(title="Kling 3", about="Picture to video", price="$0.35"),
)


class SampleForm(forms.Form):
    """A field in each state."""

    name = forms.CharField(label="Preset name", required=False, help_text="At most 60 characters.")
    count = forms.IntegerField(label="Images", max_value=15)
    limit = forms.DecimalField(label="Daily, per person", required=False)
    kind = forms.ChoiceField(label="Who sees a new run", choices=[("a", "Everyone")])


@never_cache
@require_safe
def show_styleguide(request: HtmxRequest) -> HttpResponse:
    """Show the styleguide; 404 unless the settings enable it."""
    if not settings.STYLEGUIDE:
        raise Http404
    schemes = [{"name": name, **sample(name)} for name in ("light", "dark")]
    return render(request, "styleguide.html", {"schemes": schemes, "colours": COLOURS})


def wait(seconds: int, *, tint: int) -> dict[str, Any]:
    """Return the template context of a placeholder for a picture that is `seconds` old."""
    run = SimpleNamespace(created_at=timezone.now() - timedelta(seconds=seconds))
    is_late = seconds > USUAL_SECONDS
    shown = {"usual": USUAL_SECONDS, "elapsed_seconds": seconds, "is_late": is_late}
    return {"run": run, "tint": tint} | shown


def sample(scheme: str) -> dict[str, Any]:
    """Return the template context of the components in one color scheme."""
    form = SampleForm({f"{scheme}-count": "20", f"{scheme}-kind": "a"}, prefix=scheme)
    return {
        "form": form,
        "waiting": wait(14, tint=3),
        "late": wait(48, tint=5),
        "cost": Decimal("0.0315"),
        "now": timezone.now(),
        "models": MODELS,
    }
