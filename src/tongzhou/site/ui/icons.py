"""Small drawings, 24 by 24, drawn with the line of the text around them."""

from __future__ import annotations

__all__ = ["ICONS"]

#: name > the inside of an <svg viewBox="0 0 24 24">.
ICONS: dict[str, str] = {
    "ask": '<path d="M12 3a9 9 0 0 0-7.7 13.6L3 21l4.6-1.2A9 9 0 1 0 12 3Z"/><path d="M12 8v5M12 16v.1"/>',
    "boat": '<path d="M2.5 13h19l-2.6 4.6H5.1L2.5 13Z"/>'
    '<path d="M12 13V3.5c3.6 1.4 5.6 4 6 7.5h-6M9 11V6.5C7 7.5 5.9 9 5.5 11H9"/>'
    '<path d="M2.5 20.8c1.6 0 1.6-.8 3.2-.8s1.6.8 3.2.8 1.6-.8 3.1-.8 1.6.8 3.2.8 1.6-.8 3.2-.8 1.6.8 3.1.8"/>',
    "check": '<path d="m4.5 12.5 5 5 10-11"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "copy": '<rect x="8.5" y="8.5" width="12" height="12" rx="2"/><path d="M15.5 5.5v-2h-12v12h2"/>',
    "down": '<path d="M12 4v12m-5-5 5 5 5-5M4 20h16"/>',
    "edit": '<path d="m4 20 1-4.5L16.5 4 20 7.5 8.5 19 4 20Z"/><path d="m14 6.5 3.5 3.5"/>',
    "exit": '<path d="M10 4H4.5v16H10"/><path d="M9 12h11m-4.5-4.5L20 12l-4.5 4.5"/>',
    "eye": '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z"/>'
    '<circle cx="12" cy="12" r="3"/>',
    "give": '<path d="M3 13h4l3-2.5c1-.8 2.5-.2 2.5 1 0 .6-.3 1-.8 1.4l-1.7 1.1H15l4-3c1.6-1 3 .8 1.8 2'
    'L15.5 18.5H7"/><path d="M3 12v8h4v-8M12 7.5S8.5 5.5 8.5 3.5C8.5 1.5 11 1.3 12 3'
    'c1-1.7 3.5-1.5 3.5.5 0 2-3.5 4-3.5 4Z"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.5v.1"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>',
    "look": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "moon": '<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4 20.5c.8-4 3.8-6 8-6s7.2 2 8 6"/>',
    "phone": '<path d="M6 3h3l1.5 5-2 1.5c1 2.5 3 4.5 5.5 5.5l1.5-2 5 1.5v3c0 1.5-1 2.5-2.5 2.5'
    'C10.5 20 4 13.5 3.5 5.5 3.5 4 4.5 3 6 3Z"/>',
    "place": '<path d="M12 21s7-6.5 7-11.5a7 7 0 0 0-14 0C5 14.5 12 21 12 21Z"/><circle cx="12" cy="9.5" r="2.5"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "sun": '<circle cx="12" cy="12" r="4.5"/><path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3'
    'l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4"/>',
    "undo": '<path d="M8 5 4 9l4 4"/><path d="M4 9h10a5.5 5.5 0 0 1 0 11H8"/>',
    "up": '<path d="M12 16V4M7 9l5-5 5 5M4 20h16"/>',
    "warn": '<path d="M12 3.5 22 20.5H2L12 3.5Z"/><path d="M12 10v5M12 17.7v.1"/>',
}
