"""`tongzhou demo --plan`: the real sheets of Hubei, 2020-02-06, planned with made-up donations."""

from __future__ import annotations

from pathlib import Path

from tongzhou.cli.console import both, language, note, say, working

__all__ = ["plan_demo"]

SNAPSHOT = "wuhan2020/2020-02-06"
DONATIONS = "demo/donations_synthetic.csv"


def plan_demo(out: Path) -> None:
    """Plan the real sheets of Hubei, 2020-02-06, and write the plan to `out`."""
    with working("演示", "demo") as progress:
        from tongzhou.cli.plan import show
        from tongzhou_engines.allocation import Source, plan
        from tongzhou_engines.base.datafiles import data_path
        from tongzhou_engines.base.files import check_output, read_table
        from tongzhou_engines.reporting import Both, Cover, write_plan
        from tongzhou_engines.sheets import read_sheets

        check_output(out, "plan.json")
        progress.say(both("读取 2020-02-06 的真实表格", "reading the real sheets of 2020-02-06"))
        sheets = read_sheets([data_path(SNAPSHOT)], as_of="2020-02-06")
        made_up = read_table(data_path(DONATIONS))
        progress.say(both("计算谁帮谁", "working out who helps whom"))
        donations = Source(made_up.frame, made_up.file, "", tuple(made_up.rows))
        result = plan(Source(sheets.needs, "needs.csv"), [Source(sheets.offers, "offers.csv"), donations])
        progress.say(both("写出报告和工作簿", "writing report and workbook"))
        ribbon = Both(
            "演示数据：需求是 2020-02-06 的真实记录，捐赠是编造的（合成）",
            "Demo data: the needs are real records of 2020-02-06, the donations are made up (synthetic)",
        )
        write_plan(result, out, lang=language(), cover=Cover(as_of="2020-02-06", ribbon=ribbon))
    real, services, gifts, leads = sheets.needs.height, sheets.offers.height, made_up.frame.height, sheets.leads.height
    say(
        f"演示数据：{real} 项真实需求（湖北各地医院，2020-02-06），{services} 个真实服务，"
        f"{gifts} 个合成捐赠（并不存在，仅供演示），{leads} 条线索（未承诺，不参与计划）。",
        f"Demo data: {real} real needs (hospitals of Hubei, 2020-02-06), {services} real services, {gifts} synthetic "
        f"donations (made up for the demo), {leads} leads (not committed, never planned).",
    )
    show(result, out)
    report = (out / "report.html").resolve()
    note(f"报告：{report}", f"Report: {report}")
