from allauth.account.urls import urlpatterns as account_urls
from allauth.account.views import logout
from allauth.socialaccount import views as social
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from playground.manifest import show_manifest
from playground.styleguide import show_styleguide
from playground.teams import login_views, rate_limits, single_sign_on
from playground.teams.middleware import no_workspace

OURS = {"account_login", "account_logout"}

urlpatterns = [
    path("manifest.webmanifest", show_manifest, name="manifest"),
    path("login/", login_views.log_in, name="account_login"),
    path("logout/", no_workspace(login_views.clear_browser_cache(logout)), name="account_logout"),
    path("account/", include([each for each in account_urls if each.name not in OURS])),
    path("account/mfa/", include("allauth.mfa.urls")),
    path(
        "account/sso/login/error/",
        login_not_required(social.login_error),
        name="socialaccount_login_error",
    ),
    path("account/sso/", single_sign_on.show_connections, name="socialaccount_connections"),
    path("account/sso/", include("allauth.socialaccount.urls")),
    path(
        "account/oidc/<str:provider_id>/login/",
        single_sign_on.begin_login,
        name="openid_connect_login",
    ),
    path(
        "account/oidc/<str:provider_id>/login/callback/",
        single_sign_on.finish_login,
        name="openid_connect_callback",
    ),
    path("styleguide/", show_styleguide, name="styleguide"),
    path("", include("playground.teams.urls")),
    path("", include("playground.catalog.urls")),
    path("", include("playground.compose.urls")),  # "run again", before the other actions on a run
    path("", include("playground.runs.urls")),
    path("", include("playground.health.urls")),
    path("", include("playground.archive.urls")),
    path("", include("playground.gallery.urls")),
    path("", include("playground.experiments.urls")),
]

if settings.ADMIN_PATH:
    from playground.admin_site import admin_urls

    urlpatterns += [path(f"{settings.ADMIN_PATH}/", admin_urls().urls)]

handler400 = "playground.outage.answer_bad_request"
handler404 = "playground.teams.middleware.answer_not_found"
handler500 = "playground.outage.answer_error"
handler429 = rate_limits.refuse_too_many
