from django.contrib.auth.views import LogoutView
from django.urls import include, path

from playground.teams import entrance
from playground.teams.middleware import no_workspace

urlpatterns = [
    path("login/", entrance.log_in, name="login"),
    path("logout/", no_workspace(LogoutView.as_view()), name="logout"),
    path("", include("playground.teams.urls")),
    path("", include("playground.catalog.urls")),
    path("", include("playground.runs.urls")),
]
