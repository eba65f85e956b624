"""What a plan says in plain words: its name, its one sentence, its figures, and the words for codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.types import ForWhom, Line, Urgency
from tongzhou.chain.planning.models import Plan
from tongzhou.chain.planning.selectors import seen
from tongzhou.chain.planning.types import Change, LineState, PlanState, Scope, Step
from tongzhou.chain.triage.types import Basis
from tongzhou.kernel import ids
from tongzhou.kernel.access import Actor
from tongzhou.kernel.words import counted, local
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.places.models import Place

__all__ = [
    "CHANGE_TONES",
    "GAP",
    "HOLD",
    "LINE_TONES",
    "MARKS",
    "ORDERS",
    "REACH",
    "TONES",
    "Figure",
    "amount",
    "details",
    "failure",
    "figures",
    "giver",
    "order_words",
    "outside",
    "part",
    "percent",
    "plan_name",
    "receiver",
    "rows_in_all",
    "scope_words",
    "sentence",
    "step",
]

#: How a state looks: see components/tag.html.
TONES: dict[str, str] = {
    PlanState.QUEUED: "busy",
    PlanState.RUNNING: "busy",
    PlanState.READY: "mark",
    PlanState.APPROVED: "good",
    PlanState.EMPTY: "off",
    PlanState.REJECTED: "off",
    PlanState.SUPERSEDED: "off",
    PlanState.CANCELLED: "off",
    PlanState.FAILED: "stop",
}
LINE_TONES: dict[str, str] = {
    LineState.PROPOSED: "mark",
    LineState.APPROVED: "good",
    LineState.STRUCK: "off",
    LineState.STALE: "stop",
}
CHANGE_TONES: dict[str, str] = {Change.NEW: "busy", Change.CHANGED: "mark", Change.KEPT: "", Change.GONE: "off"}

#: The smallest division that holds both the offer and the need.
REACH: dict[int, Any] = {
    0: gettext_lazy("同街道"),
    1: gettext_lazy("同区县"),
    2: gettext_lazy("同市"),
    3: gettext_lazy("同省"),
    4: gettext_lazy("跨省"),
}
#: What stands beside a quantity nobody has confirmed.
MARKS: dict[str, Any] = {
    Basis.ASKED: gettext_lazy("未核实"),
    Basis.CAPPED: gettext_lazy("估计：按合理上限"),
    Basis.ESTIMATE: gettext_lazy("估计"),
    Basis.MINIMUM: gettext_lazy("估计：按最小包装"),
}
GAP: dict[str, Any] = {
    "no_offer": gettext_lazy("没有人承诺过"),
    "not_authorised": gettext_lazy("有供给，但不能到这里"),
    "forbidden": gettext_lazy("有供给，但这一对被人工禁止"),
    "window": gettext_lazy("时间对不上"),
    "more_urgent_first": gettext_lazy("先给了更紧急的"),
    "nearer_first": gettext_lazy("先给了更近的"),
    "shared_fairly": gettext_lazy("不够分，各处按同一比例"),
}
HOLD: dict[str, Any] = {
    "not_needed": gettext_lazy("先不要发：现在没有人需要"),
    "may_not_go_where_needed": gettext_lazy("先不要发：有地方需要，但还不能去"),
    "quantity_unknown": gettext_lazy("先问清有多少"),
    "reserved": gettext_lazy("提供方自己留用"),
}
#: The lawful orders of principles: a short name, and what it does.
ORDERS: dict[str, tuple[Any, Any]] = {
    "urgency,locality,fairness": (
        gettext_lazy("先急，再近，再匀"),
        gettext_lazy("先急后缓；一样急，先近后远：本街道、本区县、本市、本省、全国；一样近，各处按同一比例。"),
    ),
    "urgency,fairness,locality": (
        gettext_lazy("先急，再匀，再近"),
        gettext_lazy("先急后缓；一样急，不论远近先补最缺的，各处按同一比例；在这个前提下走最近的路。"),
    ),
    "locality,urgency,fairness": (
        gettext_lazy("先近，再急，再匀"),
        gettext_lazy("先近后远：本地能满足的先在本地满足；一样近，先急后缓；再按同一比例。"),
    ),
}


#: Tables with a row for each of what a figure counts.
_ROWS_OF = {"gaps": "gap", "holds": "held"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the figures above the tables; `lack` is red."""

    label: str
    value: str
    href: str = ""
    lack: bool = False


def amount(quantity: int | None, category: Category | None) -> str:
    """``1,200 只`` with the base unit in the reader's language; money in yuan; a dash when nobody said how much."""
    if quantity is None:
        return "–"
    if category is None:
        return f"{quantity:,}"
    if category.unit == "分":
        return f"{quantity / 100:,.2f} {_('元')}"
    return f"{quantity:,} {counted(quantity, category.unit, category.unit_en)}".strip()


def percent(part: int, whole: int) -> str:
    """A share in whole per cent, never rounded to all or nothing."""
    if not whole:
        return "0%"
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1%"
    return ">99%" if 99 < share < 100 else f"{share:.0f}%"


def receiver(need: Need) -> str:
    """The institution that asks; people are only called what they are."""
    if need.for_whom == ForWhom.FACILITY:
        return need.requester or (need.organisation.label if need.organisation else _("机构"))
    return _("个人")


def giver(offer: Offer) -> str:
    """The organisation that gives; people are only called what they are."""
    return offer.giver or _("个人")


def plan_name(plan: Plan) -> str:
    """``计划 12``, or ``分配建议 12`` where a command allocates."""
    word = _("分配建议 %(number)s") if plan.is_proposal else _("计划 %(number)s")
    return word % {"number": plan.number}


def scope_words(plan: Plan, narrowed: Scope | None = None) -> str:
    """What it is about: the area, then what narrows it; `narrowed` is what of it somebody asks again."""
    area, line = plan.area, plan.line
    if narrowed is not None:
        line = narrowed.line
        code = narrowed.area or plan.response.area_id
        area = plan.area if code == plan.area_id else Place.objects.get(pk=code)
    parts = [area.full_label]
    if line:
        parts.append(str(Line(line).label))
    if plan.category is not None:
        parts.append(plan.category.label)
    return " · ".join(parts)


def _n(counted: Mapping[str, Any], key: str) -> str:
    return f"{counted.get(key) or 0:,}"


def _share(counted: Mapping[str, Any]) -> str:
    """Estimates among the quantities, as the plan counted them (rounded up, so that the last one is never hidden)."""
    told = counted.get("estimated_percent")
    return percent(counted.get("estimated", 0), counted["needs"]) if told is None else f"{told}%"


def sentence(plan: Plan) -> str:
    """The one sentence read first."""
    counted = plan.figures
    if not counted.get("needs"):
        return _("这个范围里没有核实过、还没解决的需求，没有什么可派的。")
    if plan.state == PlanState.EMPTY:
        return _nothing_goes(counted)
    said = {
        "helped": _n(counted, "helped"),
        "needs": _n(counted, "needs"),
        "full": _n(counted, "full"),
        "share": _share(counted),
    }
    if plan.is_proposal:
        text = _(
            "建议：%(needs)s 项需求里，%(helped)s 项得到帮助，其中 %(full)s 项全部满足；%(share)s 的数量是估计的。"
        )
    else:
        text = _("%(needs)s 项需求里，%(helped)s 项得到帮助，其中 %(full)s 项全部满足；%(share)s 的数量是估计的。")
    return text % said


def _nothing_goes(counted: Mapping[str, Any]) -> str:
    """Why not one line came out, and that nobody has to do anything about it."""
    gaps: dict[str, int] = counted.get("gaps") or {}
    needs = {"needs": _n(counted, "needs")}
    if not gaps:
        return _("%(needs)s 项需求现在一条也派不出去。不用批准；情况变了再规划一次。") % needs
    reason, count = max(gaps.items(), key=lambda one: (one[1], one[0]))
    said = needs | {"why": str(GAP.get(reason, reason)), "n": f"{count:,}"}
    return (
        _("%(needs)s 项需求现在一条也派不出去，多数是因为：%(why)s（%(n)s 项）。不用批准；情况变了再规划一次。") % said
    )


def details(plan: Plan, actor: Actor) -> list[str]:
    """What must stand beside the sentence: unconfirmed numbers, made-up help with and without, what pins cost."""
    counted, found = plan.figures, []
    if asked := (counted.get("basis") or {}).get(Basis.ASKED):
        found.append(_("另有 %(n)s 项按求助人自己说的数量算，还没有人核实。") % {"n": f"{asked:,}"})
    made_up = counted.get("synthetic") or {}
    if made_up.get("lines"):
        real = counted.get("helped", 0) - made_up.get("helped_only", 0)
        found.append(
            _("其中 %(lines)s 行用的是合成（编造）的供给；不算这些，%(real)s 项得到帮助。")
            % {"lines": _n(made_up, "lines"), "real": f"{real:,}"}
        )
    return [*found, *_pins_cost(plan), *_pins_less(plan, actor), *_pins_aside(plan)]


def _pins_cost(plan: Plan) -> list[str]:
    """What fixing and forbidding pairs changed, by urgency and category."""
    cost = plan.figures.get("pins_cost") or {}
    if not cost and (pins := plan.figures.get("pins")):
        return [_("照办了 %(n)s 对人工的固定和禁止，没有让哪一级、哪一类少派。") % {"n": f"{pins:,}"}]
    kinds = Category.objects.in_bulk({key for by in cost.values() for key in by}) if cost else {}
    return [
        _("因为人工的固定和禁止，%(urgency)s的%(category)s派出 %(with)s，不这样是 %(without)s。")
        % {
            "urgency": Urgency(int(urgency)).label,
            "category": kinds[key].label if key in kinds else key,
            "with": amount(said["with"], kinds.get(key)),
            "without": amount(said["without"], kinds.get(key)),
        }
        for urgency, by in cost.items()
        for key, said in by.items()
    ]


def _pins_less(plan: Plan, actor: Actor) -> list[str]:
    """Who gets less because of them, by name as far as the reader may see the need."""
    less: dict[str, Any] = plan.figures.get("pins_less") or {}
    if not less.get("needs"):
        return []
    said = {one["need"]: one for one in less["most"]}
    rows = seen.gaps_of(actor, plan).filter(need__code__in=said)
    named = {row.need.code: row for row in rows.select_related("need__organisation", "place", "category")}
    told = [
        _("%(who)s（%(place)s）：%(category)s %(with)s，不这样是 %(without)s")
        % {
            "who": receiver(named[code].need), "place": named[code].place.full_label,
            "category": named[code].category.label, "with": amount(one["with"], named[code].category),
            "without": amount(one["without"], named[code].category),
        }
        for code, one in said.items()
        if code in named
    ]  # fmt: skip
    head = ngettext(
        "因为人工的固定和禁止，%(n)s 项需求少得。", "因为人工的固定和禁止，%(n)s 项需求少得。", less["needs"]
    ) % {"n": f"{less['needs']:,}"}
    return [head + (_("少得最多的：%(told)s。") % {"told": _("；").join(told)} if told else "")]


def _pins_aside(plan: Plan) -> list[str]:
    """Pins that could not be carried out, and why."""
    return [
        _("人工固定的一对没有照办（需求 %(need)s）：%(why)s。")
        % {"need": ids.format_code(one["need"]), "why": local(one["zh"], one["en"])}
        for one in (plan.figures.get("pins_set_aside") or [])[:5]
    ]


def outside(plan: Plan) -> str:
    """What was not looked at at all, in one sentence; "" when there is nothing to say."""
    counted = plan.figures
    waiting = (counted.get("unverified_needs") or 0, counted.get("unverified_offers") or 0)
    if not any(waiting):
        return ""
    return _("另外，%(needs)s 项需求、%(offers)s 份供给还没有核实，没有算进来。") % {
        "needs": f"{waiting[0]:,}", "offers": f"{waiting[1]:,}"
    }  # fmt: skip


def part(plan: Plan, key: str = "lines") -> str:
    """For who sees a part of it: the figures above a table (`key`, or another page) are those of all of it."""
    if (lines := plan.figures.get("lines")) is None:
        return ""
    if key == "lines":
        return _("上面的数字是整份计划的（%(lines)s 行）；下面只列出您负责的地方和条线。") % {"lines": f"{lines:,}"}
    if (whole := rows_in_all(plan, key)) is None:
        return _("上面的数字是整份计划的；下面只是您负责的地方和条线。")
    text = _("上面的数字是整份计划的；这张表整份有 %(rows)s 行，下面只列出您负责的地方和条线。")
    return text % {"rows": f"{whole:,}"}


def rows_in_all(plan: Plan, key: str) -> int | None:
    """How many rows a table of the plan has, as it was counted when the plan was made; None when it was not."""
    counted = plan.figures
    if key in _ROWS_OF:
        found: int | None = counted.get(_ROWS_OF[key])
        return found
    parts: dict[str, int] | None = counted.get({"lines": "changes", "left": "left_out"}.get(key, ""))
    return sum(parts.values()) if parts is not None else None


def figures(plan: Plan) -> list[Figure]:
    """Four figures, each the way into its table."""
    counted = plan.figures
    here = reverse("plans:plan", args=[plan.number])
    return [
        Figure(_("得到帮助的需求"), _n(counted, "helped"), f"{here}#rows"),
        Figure(_("全部满足"), _n(counted, "full")),
        Figure(
            _("还缺的需求"), _n(counted, "gap"), reverse("plans:gaps", args=[plan.number]), bool(counted.get("gap"))
        ),
        Figure(_("先不要发的供给"), _n(counted, "held"), reverse("plans:holds", args=[plan.number])),
    ]


def order_words(order: Any) -> tuple[str, str]:
    """The short name and the meaning of an order of principles."""
    named = order if isinstance(order, str) else ",".join(str(one) for one in order)
    short, long = ORDERS.get(named, (named, ""))
    return str(short), str(long)


def failure(said: Mapping[str, str]) -> dict[str, str] | None:
    """Why work in the background was not done, and what next, in the reader's language; None when nothing failed."""
    if not said:
        return None
    return {"what": local(said["zh"], said["en"]), "todo": local(said["todo_zh"], said["todo_en"])}


def step(plan: Plan) -> str:
    """What the worker is doing, in words."""
    return str(Step(plan.step).label) if plan.step in Step.values else ""
