"""The one door by which flows post what happened; `flows.notify` turns it into notices.

Events of assignments: ``proposed``, ``accepted``, ``declined``, ``lapsed``, ``unclaimed``, ``reserve_asked``, ``sent``,
``delivered``, ``confirmed``, ``short``, ``withdrawn``, ``return_asked``, ``returned``, ``corrected``, ``incident``.
The payload: event, assignment (its code), need, offer, response, organisation (the giver), team, receiver, holder,
state, accounts (ids of who is meant besides) and what the event adds.
"""

from __future__ import annotations

from tongzhou.chain.dispatch.services.events import post, post_many

__all__ = ["post", "post_many"]
