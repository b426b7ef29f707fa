"""The web app manifest (PWA), for installing the pages as an app."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

PAPER = "#f8f6f3"  # --paper of tokens.css, in the light scheme
ICONS = (
    ("img/icon-192.png", "192x192", "any"),
    ("img/icon-512.png", "512x512", "any"),
    ("img/icon-maskable-512.png", "512x512", "maskable"),
)


@login_not_required
@require_safe
def show_manifest(request: HttpRequest) -> JsonResponse:
    """Send the web app manifest. Browsers request it without cookies, so it needs no login.

    Source  https://www.w3.org/TR/appmanifest/
    """
    del request
    return JsonResponse(build_manifest(), content_type="application/manifest+json")


def build_manifest() -> dict[str, object]:
    icons = [
        {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes, purpose in ICONS
    ]
    return {
        "name": "Playground",
        "short_name": "Playground",
        "description": _("Makes pictures from text and from other pictures."),
        "id": reverse("home"),
        "start_url": reverse("home"),
        "scope": reverse("home"),
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }
