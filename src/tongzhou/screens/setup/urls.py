"""Addresses under /setup/."""

from __future__ import annotations

from django.urls import include, path

from tongzhou.screens.setup import people_urls, views

_pages = [
    path("setup/", views.index, name="index"),
    path("setup/responses/", views.responses, name="responses"),
    path("setup/responses/new/", views.new_response, name="new_response"),
    path("setup/responses/<slug:slug>/", views.response, name="response"),
    path("setup/responses/<slug:slug>/close/", views.close_response, name="close_response"),
    path("setup/responses/<slug:slug>/reopen/", views.reopen_response, name="reopen_response"),
    path("setup/stages/", views.stages, name="stages"),
    path("setup/catalogue/", views.catalogue, name="catalogue"),
    path("setup/catalogue/<slug:slug>/<str:key>/", views.category, name="category"),
    path("setup/places/", views.places, name="places"),
    path("setup/places/<str:code>/", views.place, name="place"),
    path("setup/places/<str:code>/names/", views.add_place_name, name="add_place_name"),
    path("setup/places/<str:code>/sites/", views.add_site, name="add_site"),
    path("setup/sites/<uuid:pk>/", views.site, name="site"),
    path("setup/sites/<uuid:pk>/names/", views.add_site_name, name="add_site_name"),
    path("setup/sites/<uuid:pk>/withdraw/", views.withdraw_site, name="withdraw_site"),
    path("setup/names/<uuid:pk>/withdraw/", views.withdraw_name, name="withdraw_name"),
    *people_urls.urlpatterns,
]

urlpatterns = [path("", include((_pages, "setup")))]
