"""Every fixed text of the reports, Chinese and English, in one place; values go in with `Both.fill`."""

from __future__ import annotations

from collections.abc import Mapping

from tongzhou_engines.reporting.texts import Both

__all__ = ["LABELS"]

#: Key > text. ``{name}`` is a value; ``{name:one|many}`` chooses by a value made with `whole`.
LABELS: Mapping[str, Both] = {
    # the page
    "title": Both("同舟计划报告", "Tongzhou plan report"),
    "language": Both("语言", "Language"),
    "contents": Both("目录", "Contents"),
    "as_of": Both("数据截至 {when}", "Data as of {when}"),
    "scroll": Both("表格可左右滑动", "The table scrolls sideways"),
    "place": Both("地点", "Place"),
    "all": Both("合计", "All"),
    "none": Both("没有。", "None."),
    "synthetic_mark": Both("合成", "synthetic"),
    "more_rows": Both("再看 {n} 行", "Show {n} more {n:row|rows}"),
    "continued": Both("{caption}（续）", "{caption} (continued)"),
    "problems_listed": Both("都已列出", "all listed"),
    "not_printed": Both("（折叠的行不打印，见 plan.xlsx）", "(folded rows are not printed; see plan.xlsx)"),
    "rest_rows": Both(
        "还有 {n} 行没有列出，全部在 plan.xlsx“{sheet}”表。",
        "{n} more {n:row is|rows are} not listed; all are in plan.xlsx, sheet “{sheet}”.",
    ),
    "rest_file": Both(
        "还有 {n} 行没有列出，全部在 {file}。", "{n} more {n:row is|rows are} not listed; all are in {file}."
    ),
    "to_do": Both("可以怎么办", "What can be done"),
    "reason": Both("原因", "Reason"),
    "example": Both("例如", "e.g."),
    # headline
    "headline": Both(
        "{needs} 项需求中，{helped} 项将得到帮助，其中 {full} 项可全部满足；{open} 项仍有缺口。",
        "Of {needs} {needs:need|needs}, {helped} will get help, {full} of them in full; {open} still "
        "{open:lacks|lack} something.",
    ),
    "headline_offers": Both(
        "帮助来自 {used} 个供给（共 {offers} 个）；另有 {held} 个供给全部或部分暂缓，其中 {stop} 个请勿发货。",
        "The help comes from {used} of {offers} {offers:offer|offers}; {held} {held:offer is|offers are} held in "
        "whole or in part, {stop} of them: do not send.",
    ),
    "headline_estimates": Both(
        "{share} 的需求按估计数量计划（{n} 项：没有报数量，或所报超出合理上限）；经核实的有 {confirmed} 项。",
        "{share} of the needs are planned on an estimate ({n}: no quantity given, or asked above the plausible "
        "maximum); "
        "{confirmed} {confirmed:is|are} confirmed.",
    ),
    "headline_synthetic": Both(
        "{lines} 条派单来自虚构的合成供给；只算真实供给，得到帮助的需求是 {helped} 项。",
        "{lines} {lines:assignment comes|assignments come} from made-up, synthetic offers; counting real offers "
        "only, {helped} {helped:need gets|needs get} help.",
    ),
    "headline_nothing": Both(
        "另有 {n} 项核实为不需要，未计入。",
        "{n} more {n:was|were} confirmed as needing nothing and {n:is|are} not counted.",
    ),
    "headline_asked_nothing": Both(
        "另有 {n} 项所报数量为 0（未核实），未计入。",
        "{n} more asked for 0 (not confirmed) and {n:is|are} not counted.",
    ),
    "headline_set_aside": Both(
        "另有 {n} 行没能进入计划：见数据问题。",
        "{n} further {n:row|rows} could not be planned: see data problems.",
    ),
    "proposal": Both(
        "这是一份建议：由负责人批准之后才执行。",
        "This is a proposal: nothing moves until a responsible person approves it.",
    ),
    # key figures
    "key_figures": Both("关键数字", "Key figures"),
    "key_needs": Both("项需求", "needs"),
    "key_helped": Both("得到帮助", "get help"),
    "key_full": Both("全部满足", "met in full"),
    "key_open": Both("仍有缺口", "still lack"),
    "key_lines": Both("条派单", "assignments"),
    "key_held": Both("个供给暂缓", "offers held"),
    "key_estimated": Both("按估计计划", "planned on estimates"),
    "key_problems": Both("条数据问题", "data problems"),
    "of_needs": Both("占需求 {share}", "{share} of needs"),
    "of_offers": Both("来自 {n} 个供给", "from {n} {n:offer|offers}"),
    "of_all_offers": Both("共 {n} 个供给", "of {n} {n:offer|offers}"),
    "met_mean": Both("平均满足率 {share}", "mean share met {share}"),
    "synthetic_lines": Both("其中合成 {n}", "{n} synthetic"),
    # moves
    "moves": Both("什么送到哪里", "What moves where"),
    "moves_intro": Both(
        "派单按“从哪里、到哪里、什么”归并，惠及需求多的在前。逐条派单见 plan.xlsx“派单”表。",
        "Assignments put together by from, to and what; those reaching most needs first. Every single line is in "
        "plan.xlsx, "
        "sheet “派单 Assignments”.",
    ),
    "moves_caption": Both("派单归并表（{shown} / {total} 组）", "Assignments in groups ({shown} of {total})"),
    "from": Both("从", "From"),
    "to": Both("到", "To"),
    "what": Both("什么", "What"),
    "how_much": Both("多少", "How much"),
    "needs": Both("需求数", "Needs"),
    "lines": Both("派单数", "Lines"),
    "urgency": Both("紧急程度", "Urgency"),
    "most_urgent": Both("最紧急", "Most urgent"),
    "in_place_of": Both("代替 {name}", "in place of {name}"),
    "substitute_part": Both("其中替代品 {amount}", "{amount} of it by a substitute"),
    "synthetic_part": Both("其中合成 {amount}", "{amount} of it synthetic"),
    "synthetic_all": Both("全部合成", "all synthetic"),
    "reach_caption": Both("走多远：按到达层级", "How far: by reach"),
    "reach": Both("到达层级", "Reach"),
    "reach_other": Both("层级 {n}", "reach {n}"),
    # coverage
    "coverage": Both("满足了多少", "How much is met"),
    "coverage_intro": Both(
        "平均满足率：每项需求得到所计划数量的百分之几，再取平均，每项需求算一次。不同物资单位不同，不把数量相加。",
        "Mean share met: the per cent of the planned quantity each need gets, averaged; each need counts once. "
        "Units differ, "
        "so quantities of different categories are never added.",
    ),
    "tiles_title": Both("各地平均满足率：{scope}", "Mean share met by place: {scope}"),
    "tiles_legend": Both(
        "格子里的水位和数字是平均满足率；虚线格没有需求；红框为 0%。",
        "Water level and number in a tile: mean share met. Dashed: no need. Red frame: 0%.",
    ),
    "tiles_geographic": Both(
        "方格只大致按方位摆放，不是地图，不表示边界。",
        "The squares only follow the lie of the land roughly; this is no map and shows no boundary.",
    ),
    "tiles_plain": Both("方格按代码顺序摆放，不表示方位。", "The squares stand in code order and show no location."),
    "tiles_table": Both("同样的数字见下表。", "The table below holds the same figures."),
    "tiles_left_out": Both(
        "只画出前 {n} 个地方，全部见表。", "Only the first {n} places are drawn; the table has all."
    ),
    "no_needs": Both("没有需求", "no needs"),
    "coverage_caption": Both("各地满足情况，最缺的在前", "Places, the worst supplied first"),
    "below_caption": Both(
        "再下一级，最缺的在前（{shown} / {total}）", "One level down, the worst supplied first ({shown} of {total})"
    ),
    "urgency_caption": Both("按紧急程度", "By urgency"),
    "category_caption": Both("按类别，需求多的在前", "By category, most needed first"),
    "helped": Both("得到帮助", "Helped"),
    "full": Both("全部满足", "In full"),
    "met": Both("平均满足率", "Mean share met"),
    "category": Both("类别", "Category"),
    "planned": Both("计划量", "Planned"),
    "served": Both("派出", "Assigned"),
    "short": Both("还缺", "Lacking"),
    "asked": Both("所报", "Asked"),
    "unknown_count": Both("未报数量", "No quantity"),
    "unknown_needs": Both("{n} 项", "{n} {n:need|needs}"),
    # gaps
    "gaps": Both("缺口与原因", "Gaps and their reasons"),
    "gaps_reasons_caption": Both("缺口按原因（一项需求一个原因）", "Gaps by reason (one reason for each need)"),
    "gaps_caption": Both(
        "缺口明细，最紧急的在前（{shown} / {total} 组）", "Gaps, the most urgent first ({shown} of {total} groups)"
    ),
    "without": Both("完全没有得到", "Nothing at all"),
    "categories": Both("涉及类别", "Categories"),
    "share": Both("占比", "Share"),
    # holds
    "holds": Both("请勿发货与暂缓", "Do not send, and holds"),
    "holds_intro": Both(
        "超出所知需求的一件也不派。下面的供给现在请不要发出；情况变化后重新计划。",
        "Nothing beyond the known need is ever assigned. Please do not send the following now; plan again when "
        "things change.",
    ),
    "holds_reasons_caption": Both("暂缓按原因", "Holds by reason"),
    "holds_caption": Both("暂缓的供给（{shown} / {total}）", "Offers held ({shown} of {total})"),
    "organisation": Both("单位", "Organisation"),
    "offers": Both("供给数", "Offers"),
    "held": Both("暂缓数量", "Held"),
    # asked
    "asked_planned": Both("所报与计划", "Asked and planned"),
    "asked_intro": Both(
        "照所报数量平均分，会奖励夸大。所以：核实过的按核实数；没核实的按所报，但不超过这类需求方的合理上限；没报"
        "数量的按最小批量估计。",
        "Sharing by what was asked would reward exaggeration. So a confirmed number is used as it is; one not "
        "confirmed up to the "
        "plausible maximum for such a requester; where no number was given, the minimum lot stands in as an "
        "estimate.",
    ),
    "basis_caption": Both("计划量从哪里来", "What the planned quantities rest on"),
    "basis": Both("依据", "Basis"),
    "asked_caption": Both(
        "按类别：所报（只含报了数量的）与计划量（含估计）",
        "By category: asked (where a number was given) and planned (with estimates)",
    ),
    "capped_caption": Both(
        "所报超出合理上限的需求，请核实（{shown} / {total}）",
        "Needs asked above the plausible maximum: please confirm ({shown} of {total})",
    ),
    "need": Both("需求", "Need"),
    "times": Both("倍数", "Times"),
    # synthetic
    "synthetic": Both("合成供给：算与不算", "With and without synthetic offers"),
    "synthetic_intro": Both(
        "合成（虚构）的供给用来演示。这里只是把本计划的派单按来源分开，并没有去掉合成供给重新计划。",
        "Synthetic offers are made up, for demonstration. This only splits the assignments of this plan by their "
        "source; it is not "
        "a new plan without them.",
    ),
    "synthetic_caption": Both("全部供给与只算真实供给", "All offers, and real offers only"),
    "synthetic_categories": Both("按类别：派出数量的来源", "By category: where the assigned quantity comes from"),
    "with_synthetic": Both("全部供给", "All offers"),
    "without_synthetic": Both("只算真实供给", "Real offers only"),
    "real": Both("真实", "Real"),
    "no_synthetic": Both(
        "本计划没有合成供给，所有数字都来自真实供给。",
        "This plan has no synthetic offer; every figure rests on real ones.",
    ),
    "what_counts": Both("项目", "Figure"),
    # problems
    "problems": Both("数据问题", "Data problems"),
    "problems_intro": Both(
        "原表中有疑问的格子。没有一行被悄悄丢掉：每个问题都写明怎样处理，全部在 problems.csv。",
        "Doubtful cells of the sheets. No row was dropped in silence: each problem says what was done; all are "
        "in problems.csv.",
    ),
    "problems_caption": Both("数据问题归并表（{shown} / {total} 种）", "Data problems by kind ({shown} of {total})"),
    "problem": Both("问题", "Problem"),
    "action": Both("处理", "Action"),
    "count": Both("次数", "Count"),
    "first_at": Both("第一处", "First at"),
    # certificate
    "decided": Both("按什么原则决定", "How this was decided"),
    "decided_intro": Both(
        "原则有先后，前一条做到底，后一条才说话。",
        "The principles have an order; each is carried out completely before the next may speak.",
    ),
    "decided_caption": Both("各类帮助的原则", "Principles for each kind of help"),
    "kind": Both("类型", "Kind"),
    "order": Both("原则，先后为序", "Principles, in order"),
    "certificate": Both("最优证明", "Certificate"),
    "certificate_proves": Both(
        "这份计划附有证明 certificate.json。它说明：每条派单都合规；在上述原则之下，没有任何别的合规计划能让更紧"
        "急的得到更多、"
        "或让最缺的地方更不缺；也没有多走一步不必要的路。",
        "The plan carries a proof, certificate.json. It shows that every line is lawful; that no other lawful "
        "plan serves the more "
        "urgent better or leaves the worst supplied less short under the principles above; and that nothing "
        "moves farther than needed.",
    ),
    "certificate_not": Both(
        "它不能证明输入是真的：需求是否属实、供给是否兑现，仍要由人核实。",
        "It does not prove that the inputs are true: whether a need is real and an offer will be kept is for "
        "people to verify.",
    ),
    "certificate_how": Both(
        "任何人都可以不用求解器核对：运行下面的命令，通过则退出码为 0；改动任何一行都会被指出。",
        "Anyone can verify it without the solver: run the command below; exit code 0 means it holds, and any "
        "altered line is named.",
    ),
    "certificate_inputs": Both(
        "计划所用的表原样存放在 inputs/，校验值在 plan.json。",
        "The tables planned from lie in inputs/ as they were used, their checksums in plan.json.",
    ),
    "certificate_stages": Both(
        "分 {boards} 组、{stages} 步决定；种子 {seed}。",
        "Decided in {boards} {boards:group|groups} and {stages} {stages:stage|stages}; seed {seed}.",
    ),
    "footer": Both("由同舟生成。同样的输入得到同样的报告。", "Made by Tongzhou. The same inputs give the same report."),
    # workbook
    "sheet_summary": Both("总览", "Summary"),
    "sheet_assignments": Both("派单", "Assignments"),
    "sheet_gaps": Both("缺口", "Gaps"),
    "sheet_holds": Both("暂缓", "Holds"),
    "sheet_needs": Both("需求", "Needs"),
    "sheet_offers": Both("供给", "Offers"),
    "sheet_coverage": Both("覆盖", "Coverage"),
    "sheet_problems": Both("问题", "Problems"),
    "sheet_readme": Both("说明", "Readme"),
    "number": Both("序号", "No."),
    "offer_id": Both("供给编号", "Offer id"),
    "need_id": Both("需求编号", "Need id"),
    "requester": Both("需求方", "Requester"),
    "from_place": Both("从（供给所在地）", "From (home of the offer)"),
    "to_place": Both("到（需求所在地）", "To (place of the need)"),
    "place_code": Both("区划代码", "Place code"),
    "quantity": Both("数量", "Quantity"),
    "unit": Both("单位", "Unit"),
    "for_need": Both("用于满足", "Serves the need for"),
    "due": Both("截止", "Due"),
    "status": Both("状态（填写）", "Status (fill in)"),
    "notes": Both("备注（填写）", "Notes (fill in)"),
    "opened": Both("提出", "Opened"),
    "vulnerability": Both("脆弱性", "Vulnerability"),
    "confirmed": Both("核实数", "Confirmed"),
    "lacking": Both("缺少", "Lacking"),
    "bottleneck": Both("受限于（供给编号）", "Bound by (offer ids)"),
    "why": Both("理由", "Why"),
    "reserve": Both("自留", "Reserve"),
    "given": Both("已派出", "Assigned"),
    "free_left": Both("未派出", "Not assigned"),
    "covers": Both("服务范围", "Coverage"),
    "from_day": Both("起", "From day"),
    "until_day": Both("止", "Until day"),
    "unknown": Both("未知", "unknown"),
    "synthetic_column": Both("合成", "Synthetic"),
    "coverage_ratio": Both("满足率", "Share met"),
    "exact": Both("精确值", "Exact amount"),
    "file": Both("文件", "File"),
    "file_sheet": Both("工作表", "Sheet"),
    "row": Both("行", "Row"),
    "column": Both("列", "Column"),
    "value": Both("原值", "Value"),
    "explanation": Both("说明", "Explanation"),
    "sheet_cut": Both(
        "工作表最多 {limit} 行，其余 {n} 行见 {file}", "a sheet holds at most {limit} rows; the other {n} are in {file}"
    ),
    "status_open": Both("待确认", "to confirm"),
    "status_accepted": Both("已接受", "accepted"),
    "status_declined": Both("不接受", "declined"),
    "status_sent": Both("已发出", "sent"),
    "status_arrived": Both("已送达", "arrived"),
    "status_partly": Both("部分送达", "partly arrived"),
    # readme sheet
    "readme_1": Both(
        "本工作簿是计划目录的一部分，供协调员使用。表格中的数字以同目录的 CSV 文件为准；改动本工作簿不会改变计划。",
        "This workbook is part of a plan directory, for coordinators. The CSV files beside it are authoritative; "
        "editing this "
        "workbook does not change the plan.",
    ),
    "readme_2": Both(
        "“派单”表最后两列留给您填写：状态（下拉选择）和备注。",
        "The last two columns of “派单 Assignments” are for you to fill in: status (a list) and notes.",
    ),
    "readme_3": Both(
        "标“合成”的是虚构的供给，只用于演示，绝不能当作真实的援助。",
        "What is marked “合成 synthetic” is made up for demonstration and must never be taken for real help.",
    ),
    "readme_4": Both(
        "“暂缓”表中的供给请勿发货，除非理由已经消除并重新计划。",
        "Do not send what stands in “暂缓 Holds” unless its reason is gone and a new plan was made.",
    ),
    "readme_5": Both(
        "凡不是“已核实”的计划量都已注明依据；所报数量与计划量并列在“需求”表。",
        "Every planned quantity that is not confirmed says what it rests on; asked and planned stand side by "
        "side in “需求 Needs”.",
    ),
    "readme_6": Both(
        "以 = + - @ 开头的文字前加了一个撇号，以免被当作公式运行。",
        "A text that starts with = + - @ has an apostrophe before it, so that no program runs it as a formula.",
    ),
    "readme_7": Both("资金以元显示，计划内部以分计算。", "Money is shown in yuan; the plan itself counts in fen."),
    "readme_8": Both("核对计划：./tongzhou check 计划目录", "To verify the plan: ./tongzhou check DIRECTORY"),
    # terminal
    "terminal_moves": Both(
        "什么送到哪里（前 {n} 组，共 {total} 组）", "What moves where (first {n} of {total} groups)"
    ),
    "terminal_coverage": Both(
        "各地平均满足率，最缺的在前（每项需求算一次，数量不相加）",
        "Mean share met by place, worst first (each need counts once; units not added)",
    ),
    "terminal_gaps": Both("缺口原因", "Why needs stay open"),
    "terminal_holds": Both("暂缓的供给", "Offers held"),
    "terminal_more": Both("…… 还有 {n} 行，见 report.html", "... {n} more, see report.html"),
    "needs_count": Both("{n} 项需求", "{n} {n:need|needs}"),
    "offers_count": Both("{n} 个供给", "{n} {n:offer|offers}"),
    # notebook
    "first_lines": Both("派单（前 {n} 组，共 {total} 组）", "Assignments (first {n} of {total} groups)"),
}
