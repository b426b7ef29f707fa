from django.urls import path

from playground.health import views

urlpatterns = [
    path("healthz", views.is_alive, name="healthz"),
    path("readyz", views.is_ready, name="readyz"),
]
