from django.urls import path

from playground.experiments.voting import views

urlpatterns = [
    path("votes/", views.list_votings, name="votes"),
    path("votes/<uuid:pk>/", views.vote, name="vote"),
    path("votes/<uuid:pk>/results/", views.show_results, name="vote_results"),
    path("votes/<uuid:pk>/votes.csv", views.download_votes, name="votes_csv"),
    path("votes/<uuid:pk>/table.csv", views.download_table, name="votes_table_csv"),
]
