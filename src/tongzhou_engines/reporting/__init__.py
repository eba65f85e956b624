"""A plan shown to people: terminal, report.html, plan.xlsx, notebooks, and the whole plan directory."""

from tongzhou_engines.reporting.directory import write_plan
from tongzhou_engines.reporting.display import plan_html
from tongzhou_engines.reporting.report import Cover, report_html, write_report
from tongzhou_engines.reporting.terminal import TerminalSummary, terminal_summary
from tongzhou_engines.reporting.texts import Both
from tongzhou_engines.reporting.workbook import write_workbook

__all__ = [
    "Both",
    "Cover",
    "TerminalSummary",
    "plan_html",
    "report_html",
    "terminal_summary",
    "write_plan",
    "write_report",
    "write_workbook",
]
