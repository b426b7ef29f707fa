"""Response headers for which Django has no setting."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Permissions-Policy: unused features, by names that browsers support. (`<input capture>` opens the
# phone's camera app, and needs no permission.)
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
# For copying links, and for the native buttons of videos.
OURS = ("autoplay", "clipboard-write", "fullscreen", "picture-in-picture")

PERMISSIONS = ", ".join([*(f"{name}=()" for name in OFF), *(f"{name}=(self)" for name in OURS)])


# Permissions apply to documents only; omitting the header saves half a kilobyte per file.
PARTS = frozenset({"text/css", "text/javascript", "image/jpeg", "image/png", "image/webp"})


class HeadersMiddleware:
    """Adds the headers; the outermost middleware, so that static files and errors have them too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").split(";")[0] not in PARTS:
            response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # Files set their own Cache-Control; responses without it are pages with personal data.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response
