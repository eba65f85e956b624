"""Addresses of verification."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.verify import views_pairs, views_queue, views_work
from tongzhou.screens.verify.kinds import NEED, OFFER

app_name = "verify"
urlpatterns = [
    path("verify/", views_queue.queue, name="queue"),
    path("verify/next/", views_queue.take_next, name="next"),
    path("verify/urgency/", views_queue.urgency, name="urgency"),
    path("verify/undo/", views_queue.undo, name="undo"),
    path("verify/similar/", views_pairs.similar, name="similar"),
    path("verify/duplicates/", views_pairs.duplicates, name="duplicates"),
    path("verify/duplicates/find/", views_pairs.find, name="find"),
    path("verify/duplicates/<uuid:pk>/", views_pairs.pair, name="pair"),
    path("verify/duplicates/<uuid:pk>/merge/", views_pairs.merge, name="merge"),
    path("verify/duplicates/<uuid:pk>/different/", views_pairs.different, name="different"),
    path("verify/merged/<uuid:pk>/undo/", views_pairs.unmerge, name="unmerge"),
    path("verify/need/<uuid:pk>/close/", views_work.close, name="close"),
    path("verify/need/<uuid:pk>/keep-trying/", views_work.keep_trying, name="keep_trying"),
    path("verify/need/<uuid:pk>/let-in/", views_work.let_in, name="let_in"),
]
for kind in (NEED, OFFER):
    name = kind.name
    urlpatterns += [
        path(f"verify/{name}/<uuid:pk>/", views_work.work(kind), name=name),
        path(f"verify/{name}/<uuid:pk>/take/", views_work.take(kind), name=f"{name}_take"),
        path(f"verify/{name}/<uuid:pk>/outcome/", views_work.outcome(kind), name=f"{name}_outcome"),
        path(f"verify/{name}/<uuid:pk>/extend/", views_work.extend(kind), name=f"{name}_extend"),
        path(f"verify/{name}/<uuid:pk>/release/", views_work.release(kind), name=f"{name}_release"),
        path(f"verify/{name}/<uuid:pk>/photos/<uuid:photo>/", views_work.photo(kind), name=f"{name}_photo"),
    ]
