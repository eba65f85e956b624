"""Addresses of forms, cases, referrals, the glass, and of what callers decide about their own words."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.casework import views_cases, views_forms, views_glass, views_own, views_papers, views_referrals

app_name = "casework"
urlpatterns = [
    path("calls/<uuid:pk>/papers/", views_papers.papers, name="papers"),
    path("calls/<uuid:pk>/papers/screening/", views_papers.screening, name="screening"),
    path("calls/<uuid:pk>/papers/plan/", views_papers.plan, name="plan"),
    path("calls/<uuid:pk>/papers/plan/give/", views_papers.give, name="give"),
    path("calls/<uuid:pk>/papers/contact/", views_papers.contact, name="contact"),
    path("calls/<uuid:pk>/papers/abusive/", views_papers.abusive, name="abusive"),
    path("calls/<uuid:pk>/papers/block/", views_papers.block, name="block"),
    path("calls/<uuid:pk>/case/", views_cases.open_one, name="open_case"),
    path("calls/<uuid:pk>/case/known/", views_cases.known, name="known"),
    path("calls/<uuid:pk>/referral/", views_referrals.refer, name="referral"),
    path("calls/<uuid:pk>/referral/need/", views_referrals.refer_need, name="referral_need"),
    path("calls/<uuid:pk>/referral/<uuid:ref>/", views_referrals.move, name="referral_move"),
    path("calls/<uuid:pk>/referral/<uuid:ref>/show/", views_referrals.show, name="referral_show"),
    path("line/forms/", views_forms.forms, name="forms"),
    path("line/forms/<uuid:line_id>/<slug:name>/", views_forms.edit, name="form_edit"),
    path("cases/", views_cases.own, name="cases"),
    path("cases/<uuid:pk>/", views_cases.one, name="case"),
    path("cases/<uuid:pk>/entry/", views_cases.entry, name="entry"),
    path("cases/<uuid:pk>/stage/", views_cases.stage, name="stage"),
    path("cases/<uuid:pk>/assign/", views_cases.assign, name="assign"),
    path("cases/keeping/", views_cases.keep_for, name="keeping"),
    path("cases/glass/", views_glass.queue, name="glass"),
    path("cases/glass/<uuid:pk>/", views_glass.look, name="glass_look"),
    path("cases/glass/<uuid:pk>/decide/", views_glass.decide, name="glass_decide"),
    path("cases/glass/<uuid:pk>/review/", views_glass.review, name="glass_review"),
    path("talk/plan/", views_own.plan, name="own_plan"),
    path("talk/own/", views_own.own, name="own"),
    path("talk/own/erase/", views_own.erase, name="own_erase"),
    path("talk/erase/", views_own.erase_later, name="erase"),
]
