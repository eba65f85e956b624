"""Addresses of guidance. The words that stand where a guide's name could are kept for them (`types.RESERVED`)."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.guidance import views_book, views_make, views_people, views_read, views_write

app_name = "guidance"
urlpatterns = [
    path("guidance/", views_read.guides, name="list"),
    path("guidance/handbook.pdf", views_book.handbook_pdf, name="handbook_pdf"),
    path("guidance/handbook.epub", views_book.handbook_epub, name="handbook_epub"),
    path("guidance/work/", views_make.work, name="work"),
    path("guidance/new/", views_write.new, name="new"),
    path("guidance/examples/", views_write.examples, name="examples"),
    path("guidance/acknowledged/", views_people.everything, name="acknowledged"),
    path("guidance/work/questions/<uuid:pk>/", views_make.question, name="question"),
    path("guidance/<slug:slug>/", views_read.guide, name="guide"),
    path("guidance/<slug:slug>/v/<int:number>/", views_read.version, name="version"),
    path("guidance/<slug:slug>/guide.pdf", views_book.pdf, name="pdf"),
    path("guidance/<slug:slug>/guide.epub", views_book.epub, name="epub"),
    path("guidance/<slug:slug>/acknowledge/", views_read.acknowledge, name="acknowledge"),
    path("guidance/<slug:slug>/ask/", views_read.ask, name="ask"),
    path("guidance/<slug:slug>/acknowledged/", views_people.one_guide, name="people"),
    path("guidance/<slug:slug>/revise/", views_write.revise, name="revise"),
    path("guidance/<slug:slug>/edit/", views_write.edit, name="edit"),
    path("guidance/<slug:slug>/draft/", views_make.draft, name="draft"),
    path("guidance/<slug:slug>/submit/", views_make.submit, name="submit"),
    path("guidance/<slug:slug>/approve/", views_make.approve, name="approve"),
    path("guidance/<slug:slug>/back/", views_make.send_back, name="send_back"),
    path("guidance/<slug:slug>/publish/", views_make.publish, name="publish"),
    path("guidance/<slug:slug>/withdraw/", views_make.withdraw, name="withdraw"),
    path("guidance/<slug:slug>/placing/", views_make.placing, name="placing"),
]
