from django.urls import include, path

from playground.experiments import (
    compare_views,
    extending_views,
    grid_views,
    report_views,
    views,
)

urlpatterns = [
    path("compare/", compare_views.show_comparison, name="compare"),
    path("compare/report.html", report_views.download_comparison, name="compare_report"),
    path("", include("playground.experiments.voting.urls")),
    path("experiments/", views.list_experiments, name="experiments"),
    path("experiments/new/", views.compose_experiment, name="new_experiment"),
    path("experiments/<uuid:pk>/", grid_views.show_experiment, name="experiment"),
    path(
        "experiments/<uuid:pk>/report.html",
        report_views.download_experiment,
        name="experiment_report",
    ),
    path("experiments/<uuid:pk>/stop/", grid_views.stop_rest, name="stop_experiment"),
    path("experiments/<uuid:pk>/retry/", grid_views.retry_failed, name="retry_experiment"),
    path("experiments/<uuid:pk>/start/", grid_views.start_rest, name="start_rest_of_experiment"),
    path(
        "experiments/<uuid:pk>/leave-out/",
        grid_views.leave_out_rest,
        name="leave_out_rest_of_experiment",
    ),
    path("experiments/<uuid:pk>/add/", extending_views.add_values, name="add_to_experiment"),
    path(
        "experiments/<uuid:pk>/repeat/<str:row>/",
        extending_views.repeat_row,
        name="repeat_in_experiment",
    ),
]
