"""Response headers for which Django has no setting."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# What a browser offers and no page of ours uses, in names that browsers know. (`<input capture>`
# opens the phone's own camera, and asks for nothing.)
OFF = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
# Copying a link, and what a video's own buttons do.
OURS = ("autoplay", "clipboard-write", "fullscreen", "picture-in-picture")

PERMISSIONS = ", ".join([*(f"{name}=()" for name in OFF), *(f"{name}=(self)" for name in OURS)])


# What is never a document, to which alone permissions apply: half a kilobyte less for each.
PARTS = frozenset({"text/css", "text/javascript", "image/jpeg", "image/png", "image/webp"})


class HeadersMiddleware:
    """Stands before all others, so that static files and refusals have these headers too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").split(";")[0] not in PARTS:
            response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # Files say how long they may be kept; what says nothing is a page about a person.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response
