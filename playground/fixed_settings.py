"""Settings that no environment variable changes: middleware, CSP, uploads and logging."""

from django.utils.csp import CSP

MIDDLEWARE = [
    "playground.forwarded.ForwardedMiddleware",
    "playground.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "playground.loopback.LoopbackNameMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # static files get the headers set above
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "playground.teams.languages.LanguageMiddleware",  # before middleware that can refuse a request
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "playground.teams.middleware.SessionUserMiddleware",
    "playground.body_limits.BodyMiddleware",
    "playground.teams.devices.DeviceMiddleware",
    "playground.teams.middleware.DemoLoginMiddleware",
    "playground.teams.middleware.SessionAgeMiddleware",
    "playground.teams.middleware.AskForLoginMiddleware",
    "playground.teams.middleware.WorkspaceMiddleware",
    "playground.teams.languages.LanguageSettingMiddleware",
    "playground.reader_time.ReaderTimeMiddleware",
    "playground.money.UnitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

# CSP: only own resources; images may also be data URIs (placeholders, previews).
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "playground.media.upload_handlers.ForgivingUploadHandler",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "playground.redaction.RedactingFormatter",
            "fmt": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.server": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}
