"""The tables of the people of the line."""

from tongzhou.desks.professionals.models.lines import ArrivalCount, LineSkill, ServiceLine, ShiftKind
from tongzhou.desks.professionals.models.people import (
    Acknowledgement,
    Availability,
    DayOff,
    PeopleImport,
    Professional,
    RecruitmentCall,
    SupervisionGroup,
    TrainingItem,
)
from tongzhou.desks.professionals.models.rosters import (
    Handover,
    Roster,
    RosterSnapshot,
    Shift,
    ShiftSwap,
    Sickness,
    SupervisorGap,
)

__all__ = [
    "Acknowledgement",
    "ArrivalCount",
    "Availability",
    "DayOff",
    "Handover",
    "LineSkill",
    "PeopleImport",
    "Professional",
    "RecruitmentCall",
    "Roster",
    "RosterSnapshot",
    "ServiceLine",
    "Shift",
    "ShiftKind",
    "ShiftSwap",
    "Sickness",
    "SupervisionGroup",
    "SupervisorGap",
    "TrainingItem",
]
