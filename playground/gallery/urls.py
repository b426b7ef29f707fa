from django.urls import path

from playground.gallery import bulk_action_views, collection_views, picture_search_views, views

urlpatterns = [
    path("gallery/", views.show_gallery, name="gallery"),
    path("gallery/filters/", views.show_filters, name="gallery_filters"),
    path("gallery/find-by-picture/", picture_search_views.find_by_picture, name="find_by_picture"),
    path("gallery/names/", views.show_names, name="gallery_names"),
    path("gallery/sort/", bulk_action_views.apply_bulk_action, name="sort"),
    path("gallery/collections/", collection_views.show_collections, name="collections"),
    path(
        "gallery/collections/<uuid:pk>/",
        collection_views.change_collection,
        name="change_collection",
    ),
    path("gallery/tags/<uuid:pk>/", collection_views.change_tag, name="change_tag"),
    path("gallery/<uuid:pk>/", views.show_picture, name="picture"),
]
