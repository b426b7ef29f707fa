from django.urls import path

from playground.experiments import compare_views

urlpatterns = [path("compare/", compare_views.show_comparison, name="compare")]
