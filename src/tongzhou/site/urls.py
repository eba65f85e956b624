"""Every address of the site. Each view carries its access declaration; one without is refused."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from tongzhou.site import faults

handler400, handler403 = faults.handler400, faults.handler403
handler404, handler500 = faults.handler404, faults.handler500

#: Rooms and screens with pages, in the order their addresses are tried: conversations, where a second counts, first.
_PAGES = [
    "screens.talk",
    "screens.calls",
    "screens.home",
    "screens.help",
    "screens.give",
    "screens.progress",
    "screens.cards",
    "screens.desk",
    "screens.records",
    "screens.verify",
    "screens.callbacks",
    "screens.tasks",
    "screens.teams",
    "screens.imports",
    "screens.plans",
    "screens.setup",
    "screens.notices",
    "screens.assignments",
    "screens.demo",
    "screens.entry",
    "screens.gaps",
    "screens.needed",
    "screens.situation",
    "screens.feedback",
    "screens.casework",
    "screens.telephone",
    "screens.line_statistics",
    "screens.professionals",
    "screens.rosters",
    "screens.guidance",
    "screens.api",
    "screens.bulletins",
    "screens.directory",
    "registers.people",
    "registers.organisations",
    "registers.places",
    "site.ui",
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include(f"tongzhou.{name}.urls")) for name in _PAGES]
