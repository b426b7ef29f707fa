from django.urls import path

from playground.teams import views

urlpatterns = [
    path("team/switch/", views.switch_workspace, name="switch_workspace"),
]
