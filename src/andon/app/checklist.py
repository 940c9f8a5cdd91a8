"""An exit in a terminal: its steps, what blocks it and who clears that, and when it is done."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

Facts = Mapping[str, Any]

MOST_SHOWN = 10
"""So many products without local stock are named."""

STEPS = (
    ("Clear the queue", "清空JIT订单", ("open_order",)),
    ("Unbind the suppliers", "解除绑定", ("live_grant", "unsigned_letter")),
    ("Throw the switch", "关闭总开关", ("unsettled_fee", "fee_without_delivery_evidence")),
    ("Verify", "退出核验", ()),
)
WORDS = {
    "open_order": ("open order", "未完结订单"),
    "stuck_order": ("stuck order", "异常滞留"),
    "stale_parcel": ("stale parcel", "物流停滞"),
    "unanswered_order": ("unanswered order", "未接单"),
    "open_cancellation": ("open cancellation", "待答复取消"),
    "live_grant": ("live grant", "有效授权"),
    "unsigned_letter": ("unsigned letter", "未签署函件"),
    "unsettled_fee": ("unsettled fee", "未结清费用"),
    "fee_without_delivery_evidence": ("fee without delivery evidence", "无签收凭证费用"),
    "secured_fee": ("disputed fee, held", "争议费用（已冻结）"),
    "uncounted_stock": ("uncounted stock", "待校准库存"),
    "seller": ("seller", "卖家"),
    "supplier": ("supplier", "供应商"),
    "carrier": ("carrier", "承运商"),
    "platform": ("platform", "平台"),
    "shop_line_country": ("your own, this line and country", "本店同线路同国家"),
    "shop": ("all of your own", "本店全部"),
    "policy": ("the policy", "规则"),
    "unshipped": ("not shipped", "未揽收"),
    "shipped": ("in transit", "运输中"),
    "settlement": ("fees settled", "费用结清"),
    "switch": ("the switch strikes", "总开关关闭"),
    "draining": ("draining", "清空订单"),
    "unbinding": ("unbinding", "解除绑定"),
    "switching_off": ("switching off", "关闭总开关"),
    "verifying": ("verifying", "核验中"),
    "done": ("done", "已退出"),
    "withdrawn": ("withdrawn", "已撤回"),
}
"""Codes in words; a code that is not here stands for itself. `supplier` as a basis is the supplier's past."""


class Checklist:
    """How an exit is drawn: in a language, in the shop's own zone, at an instant."""

    def __init__(self, zone: str, now: datetime, *, chinese: bool = False) -> None:
        self.zone = ZoneInfo(zone)
        self.now = now
        self.chinese = chinese

    def exit(self, leaving: Facts) -> RenderableType:
        """The whole checklist of an exit."""
        parts: list[RenderableType] = [self._head(leaving), self._steps(leaving)]
        if leaving["blockers"]:
            parts += [Text(), self._blockers(leaving["blockers"], leaving["blocker_counts"])]
        if leaving["checks"]:
            parts += [Text(), self._checks(leaving["checks"])]
        if leaving["forecast"]:
            parts += [Text(), self.forecast(leaving["forecast"])]
        if leaving["unsold"]:
            parts += [Text(), self.unsold(leaving["unsold"])]
        return Group(*parts)

    def rehearsal(self, found: Facts) -> RenderableType:
        """What an exit would find and change."""
        parts: list[RenderableType] = [
            Text(self._say("A rehearsal: nothing was changed.", "演练：未作任何更改。"), style="dim"),
            self._changes(found),
        ]
        if found["blockers"]:
            parts += [Text(), self._blockers(found["blockers"], found["blocker_counts"])]
        parts += [Text(), self.forecast(found["forecast"])]
        if found["unsold"]:
            parts += [Text(), self.unsold(found["unsold"])]
        return Group(*parts)

    def ahead(self, found: Facts) -> RenderableType:
        """What is known of an exit that has not started."""
        none = Text(
            self._say("The shop is not leaving. If it left now:", "店铺没有退出申请。若现在退出："),
            style="dim",
        )
        unsold = [self.unsold(found["unsold"])] if found["unsold"] else []
        return Group(none, self.forecast(found["forecast"]), *unsold)

    def forecast(self, forecast: Facts) -> RenderableType:
        """By when it is done, part by part."""
        table = _table(self._both(("waits for", "等待")), "50 %", "90 %", self._both(("known from", "依据")))
        for part in forecast["parts"]:
            table.add_row(
                self._part(part), self._minute(part["p50"]), self._minute(part["p90"]), self._basis(part)
            )
        return Group(Text(self._by(forecast), style="bold"), table)

    def unsold(self, unsold: Sequence[Facts]) -> RenderableType:
        """The products that would go unsold, the most wanted first."""
        choices = " / ".join(unsold[0]["choices"])
        title = self._say(
            f"{len(unsold)} without local stock: new orders for them are refused (or move: {choices})",
            f"{len(unsold)}个商品无本地库存，其新订单将被拒绝（过渡可选：{choices}）",
        )
        table = _table("SKU", self._both(("orders a day", "日均订单")))
        for each in unsold[:MOST_SHOWN]:
            table.add_row(each["sku"], f"{each['orders_a_day']:g}")
        if len(unsold) > MOST_SHOWN:
            table.add_row(f"… {len(unsold) - MOST_SHOWN}", "")
        return Group(Text(title, style="bold"), table)

    def _head(self, leaving: Facts) -> Text:
        head = Text.assemble(
            (self._say(f"Exit {leaving['id']}", f"退出{leaving['id']}"), "bold"),
            "  ",
            (self._word(leaving["state"]), "green" if leaving["state"] == "done" else "cyan"),
            "  ",
            (self._say("since ", "始于") + self._minute(leaving["started_at"]), "dim"),
        )
        if leaving["forced"]:
            head.append("  " + self._say("by force", "强制"), "red")
        if leaving["ticket"]:
            head.append(f"  {leaving['ticket']}", "dim")
        return head

    def _steps(self, leaving: Facts) -> Table:
        table = Table.grid(padding=(0, 2))
        counts, at = leaving["blocker_counts"], leaving["step"] or 0
        ended = leaving["state"] in {"done", "withdrawn"}
        for number, (english, chinese, codes) in enumerate(STEPS, start=1):
            is_over = number < at or leaving["state"] == "done"
            mark = (
                ("✓", "green") if is_over else ("▶", "cyan") if number == at and not ended else ("·", "dim")
            )
            table.add_row(
                Text(*mark),
                f"{number} {self._say(english, chinese)}",
                Text(self._of_step(number, leaving, codes, counts), style="dim"),
            )
        return table

    def _of_step(self, number: int, leaving: Facts, codes: Iterable[str], counts: Facts) -> str:
        if number == 3 and leaving["off_at"]:
            left = datetime.fromisoformat(leaving["off_at"]) - self.now
            when = self._minute(leaving["off_at"])
            if left > timedelta(0) and leaving["state"] == "switching_off":
                return self._say(f"strikes {when}, in {_length(left)}", f"{when}关闭，还有{_length(left)}")
            return self._say(f"struck {when}", f"{when}已关闭") if leaving["state"] != "withdrawn" else ""
        return ", ".join(f"{counts[code]} {self._word(code)}" for code in codes if code in counts)

    def _blockers(self, blockers: Sequence[Facts], counts: Facts) -> RenderableType:
        groups: dict[tuple[str, str, str], list[Facts]] = {}
        for blocker in blockers:
            remedy = blocker["remedy"]["text"][self._language]
            groups.setdefault((blocker["code"], blocker["owner"], remedy), []).append(blocker)
        kinds = [code for code, *_ in groups]
        lines: list[RenderableType] = [Text(self._say("In the way", "尚未满足"), style="bold")]
        for (code, owner, remedy), these in groups.items():
            # Where a code is of one kind its count is of all, else of those that are listed.
            count = counts.get(code, len(these)) if kinds.count(code) == 1 else len(these)
            lines += self._blocker(code, owner, remedy, count, these)
        return Group(*lines)

    def _blocker(
        self, code: str, owner: str, remedy: str, count: int, these: Sequence[Facts]
    ) -> tuple[Text, Padding]:
        """Blockers of a kind: how many, whose matter, since when and by when, and under it how they are cleared."""
        first = min(these, key=lambda each: str(each["since"]))
        expected = max((str(each["expected_on"]) for each in these if each["expected_on"]), default="")
        what = Text.assemble(
            f"{count:>4} ",
            (_padded(self._word(code), 31), "yellow" if first["blocking"] else "dim"),
            _padded(self._word(owner), 10),
            self._say("since ", "始于") + self._minute(first["since"])[5:],
            (self._say(", by ", "，预计") + expected[5:]) if expected else "",
        )
        call = first["remedy"]["call"]
        how = f"{remedy}: {call}" if call else str(remedy)
        return what, Padding(Text(how, style="dim"), (0, 0, 0, 5))

    def _checks(self, checks: Sequence[Facts]) -> Table:
        table = Table.grid(padding=(0, 2))
        for check in checks:
            mark = Text("✓", "green") if check["passed"] else Text("✗", "red")
            note = self._say("put right", "已修正") if check["put_right"] else ""
            table.add_row(mark, check["check"].replace("_", " "), Text(note, style="yellow"))
        return table

    def _changes(self, found: Facts) -> Table:
        table = Table.grid(padding=(0, 2))
        orders, count = found["orders"], found["products"]["count"]
        states = ", ".join(f"{number} {state}" for state, number in orders["by_state"].items())
        waited = self._say(f"{orders['open']} to end first", f"{orders['open']}笔须先完结")
        failing = [check["check"].replace("_", " ") for check in found["checks"] if not check["passed"]]
        plans = (", ".join(found[side]["plan"]) for side in ("before", "after"))
        for english, chinese, text in (
            ("orders", "订单", f"{waited}: {states}" if states else waited),
            (
                "products",
                "商品",
                self._say(f"{count} from JIT to standard", f"{count}个由JIT发货改为标准物流"),
            ),
            ("plan", "物流方案", " → ".join(plans)),
            *(("grant", "授权", self._grant(grant)) for grant in found["grants"]),
            *(("stock", "库存", self._stock(stock)) for stock in found["stock"]),
            *(("money", "资金", self._money(money)) for money in found["money"]),
            ("checks", "核验", ", ".join(failing) or self._say("all would hold", "全部通过")),
        ):
            table.add_row(Text(self._say(english, chinese), style="bold"), text)
        return table

    def _grant(self, grant: Facts) -> str:
        count = grant["open_fulfilments"]
        wait = self._say(f", after {count} open", f"，待{count}笔完结") if count else ""
        who = self._say(f"supplier {grant['supplier_id']}", f"供应商{grant['supplier_id']}")
        return f"{who}: {grant['before']} → {grant['after']}{wait}"

    def _stock(self, stock: Facts) -> str:
        own, there = self._say("your own", "本地仓"), self._say("supplier", "供应商")
        place = own if stock["location"] == 0 else f"{there} {stock['location']}"
        units = f"{stock['on_hand_before']} → {stock['on_hand_after']}"
        sellable = f"{self._say('sellable', '可售')} {stock['sellable_before']} → {stock['sellable_after']}"
        return f"{stock['item']} @ {place}: {units} ({sellable})"

    def _money(self, money: Facts) -> str:
        fees = self._say("unsettled fees", "未结费用")
        funds, unsettled, after = (money[name]["amount"] for name in ("funds", "unsettled", "after"))
        return f"{money['funds']['currency']} {funds} - {unsettled} ({fees}) = {after}"

    def _by(self, forecast: Facts) -> str:
        half, most = self._minute(forecast["p50"]), self._minute(forecast["p90"])
        if half == most:
            return self._say(f"Done by {half}", f"预计{half}完成")
        return self._say(
            f"Done by {half} as likely as not, by {most} nine times in ten",
            f"预计{half}完成（概率50%），{most}前完成（概率90%）",
        )

    def _part(self, part: Facts) -> str:
        if part["what"] != "fulfilments":
            return self._word(part["what"])
        way = " ".join(filter(None, [part["line"], part["country"]]))
        return f"{part['count']} {self._word(part['stage'])} {way}"

    def _basis(self, part: Facts) -> str:
        if part["what"] != "fulfilments" or part["basis"] == "policy":
            return self._word("policy")
        if part["basis"] == "supplier":
            return self._say(f"{part['sample']} of the supplier", f"供应商{part['sample']}笔")
        return f"{part['sample']}, {self._word(part['basis'])}"

    def _minute(self, instant: str) -> str:
        return f"{datetime.fromisoformat(instant).astimezone(self.zone):%Y-%m-%d %H:%M}"

    @property
    def _language(self) -> str:
        return "zh-CN" if self.chinese else "en"

    def _say(self, english: str, chinese: str) -> str:
        return chinese if self.chinese else english

    def _both(self, pair: tuple[str, str]) -> str:
        return self._say(*pair)

    def _word(self, code: str) -> str:
        return self._both(WORDS.get(code, (code, code)))


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _padded(text: str, width: int) -> str:
    """A text as wide as it is wanted in a terminal, where Chinese characters take two places."""
    return text + " " * max(width - cell_len(text), 1)


def _length(left: timedelta) -> str:
    hours, seconds = divmod(int(left.total_seconds()), 3600)
    return f"{hours} h {seconds // 60:02} min"
