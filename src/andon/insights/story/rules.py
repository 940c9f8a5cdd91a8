"""A story in words: one line for each thing that happened, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

LANGUAGES = ("en", "zh-CN")

Texts = Mapping[str, str]
"""A text in each language."""

TEXTS: Mapping[str, tuple[str, str]] = {
    "order.accepted": (
        "Order {channel_order_no} of {channel} taken: {lines} line(s), goods {goods}, freight {freight}",
        "受理{channel}渠道订单{channel_order_no}：{lines}行，货款{goods}，运费{freight}",
    ),
    "order.refused": (
        "Order {channel_order_no} of {channel} refused: {code}",
        "拒绝{channel}渠道订单{channel_order_no}：{code}",
    ),
    "order.held": ("Held: {reason}", "订单已暂缓发货：{reason}"),
    "order.released": ("Released: it goes on", "订单已恢复发货"),
    "order.ship_to_corrected": (
        "The address was corrected; at fault: {fault}",
        "收货地址已更正，责任方：{fault}",
    ),
    "order.erasure_asked": ("The buyer's data is to be erased", "申请抹除买家个人信息"),
    "order.buyer_erased": ("The buyer's data is erased: {cause}", "已抹除买家个人信息：{cause}"),
    "order.address_checked": ("The address needs a look", "收货地址需核对"),
    "fulfilment.reserved": (
        "Units reserved with {supplier} ({mode}{by_line}{instead}{over}{beyond})",
        "已在{supplier}占用库存（{mode}{by_line}{instead}{over}{beyond}）",
    ),
    "fulfilment.waiting": (
        "No supplier can take it: it waits for the seller ({mode}{instead}{over})",
        "没有供应商可接单，等待卖家处理（{mode}{instead}{over}）",
    ),
    "fulfilment.pushed": ("{supplier} has it, and is to answer", "已推送至{supplier}，等待接单"),
    "fulfilment.accepted": ("{supplier} accepted it", "{supplier}已接单"),
    "fulfilment.rejected": ("{supplier} will not fulfil it: {reason}", "{supplier}拒单：{reason}"),
    "fulfilment.picked": ("Picked by {supplier}", "{supplier}已拣货"),
    "fulfilment.labelled": ("The first parcel is labelled", "首个包裹已贴面单"),
    "fulfilment.checked": ("{supplier} scanned all {units} unit(s)", "{supplier}已扫描核对全部{units}件"),
    "fulfilment.check_refused": (
        "{supplier} scanned what does not belong there: {code}",
        "{supplier}扫描核对不符：{code}",
    ),
    "parcel.labelled": (
        "{carrier} waybill {waybill}: {weight_g} g, {length_mm} x {width_mm} x {height_mm} mm",
        "{carrier}运单{waybill}：{weight_g}克，{length_mm}×{width_mm}×{height_mm}毫米",
    ),
    "label.voided": (
        "{carrier} waybill {waybill} is void: {reason}",
        "{carrier}运单{waybill}已作废：{reason}",
    ),
    "label.reinstated": (
        "The carrier had the parcel before its label was voided: the label stands",
        "承运商在面单作废前已揽收，面单仍有效",
    ),
    "fulfilment.cannot_fulfil": (
        "{supplier} cannot fulfil it after all: {reason}",
        "{supplier}接单后无法履约：{reason}",
    ),
    "fulfilment.handed_over": (
        "The supplier says it handed the parcels over at {handed_over_at}",
        "供应商声明已于{handed_over_at}交接包裹",
    ),
    "fulfilment.shipped": ("Collected: the carrier's first scan", "已揽收：承运商首次扫描"),
    "fulfilment.delivered": ("Delivered to the buyer", "买家已签收"),
    "fulfilment.completed": ("Completed", "订单已完成"),
    "fulfilment.returned": ("Returned to the sender", "包裹已退回"),
    "fulfilment.lost": ("Lost by the carrier", "包裹已丢失"),
    "fulfilment.cancelled": ("Cancelled: {reason}", "已取消：{reason}"),
    "fulfilment.flagged": ("Flagged: {flag}", "标记：{flag}"),
    "fulfilment.cancel_requested": (
        "{supplier} is asked to cancel it: {reason}",
        "请求{supplier}取消：{reason}",
    ),
    "fulfilment.remedied": (
        "Something was done about it: {action}{stands_in}",
        "已处置：{action}{stands_in}",
    ),
    "fulfilment.reported": (
        "Channel {channel} knows of parcel {parcel_id} ({by})",
        "渠道{channel}已获知包裹{parcel_id}发货（{by}）",
    ),
    "fulfilment.stray_scan": (
        "The carrier has a parcel of it after all; that changes nothing",
        "承运商仍收到其包裹；状态不变",
    ),
    "stock.corrected": (
        "{item} put right: what is not reserved of it is gone ({reason})",
        "{item}库存已校正：未占用的数量清零（{reason}）",
    ),
    "stock.released": (
        "{item_units} of {item} came back as {units} of {sku}, transfer note {transfer_note}: to be counted by {due_at}",
        "货品{item}共{item_units}件已释放，计入{sku} {units}件，调拨单{transfer_note}，请于{due_at}前完成校准",
    ),
    "stock.calibrated": (
        "{sku}: {counted} counted of {units} that were released",
        "{sku}库存校准：释放{units}件，实盘{counted}件",
    ),
    "product.exit_opened": ("{sku} begins to leave JIT", "{sku}开始退出JIT"),
    "product.exit_done": ("{sku} has left JIT", "{sku}已退出JIT"),
    "product.exit_taken_back": ("{sku} stays in JIT after all", "{sku}撤销退出，保留JIT"),
    "product.delisted": (
        "{sku} is off sale: its released stock was not counted in time",
        "{sku}已下架：释放的库存未按时校准",
    ),
    "product.relisted": ("{sku} is on sale again", "{sku}已重新上架"),
    "fulfilment.cancel_answered": ("Cancelling was {answer}", "取消请求：{answer}"),
    "fulfilment.retimed": (
        "A late scan put its instants right: collected {shipped_at}, delivered {delivered_at}",
        "迟到的扫描更正了时间：揽收{shipped_at}，签收{delivered_at}",
    ),
    "waybill.measured": (
        "The carrier measured {weight_g} g, {length_mm} x {width_mm} x {height_mm} mm",
        "承运商实测：{weight_g}克，{length_mm}×{width_mm}×{height_mm}毫米",
    ),
    "charge.accrued": ("{fee} costs {amount}, provisionally ({basis})", "{fee}{amount}，暂计（{basis}）"),
    "fulfilment.deadlines_moved": (
        "Its supplier's clock stands at times ({why}): to be answered by {answer_due_at}, collected by {stuck_due_at}",
        "供应商计时暂停（{why}）：接单期限{answer_due_at}，揽收期限{stuck_due_at}",
    ),
    "fulfilment.flag_lifted": ("No longer flagged: {flag}", "取消标记：{flag}"),
    "charge.fixed": ("{fee} {amount} is owed, due {due_at}", "{fee}{amount}已确定，{due_at}到期"),
    "charge.waived": ("{fee} {amount} is waived: {cause}", "{fee}{amount}已减免：{cause}"),
    "charge.reversed": ("{fee} {amount} is reversed: {cause}", "{fee}{amount}已冲销：{cause}"),
    "charge.settled": (
        "{fee} {amount} is settled, journal {journal_id}",
        "{fee}{amount}已结算，凭证{journal_id}",
    ),
    "fulfilment.papers_completed": (
        "Its papers are complete",
        "申报资料已补全",
    ),
    "departure.announced": (
        "{supplier} leaves at {leaves_at}, as it announced",
        "{supplier}通知将于{leaves_at}退出",
    ),
    "departure.withdrawn": ("{supplier} stays after all", "{supplier}已撤回退出通知"),
    "departure.rerouted": (
        "{fulfilments} fulfilment(s) of {supplier} were given to others",
        "{supplier}的{fulfilments}个履约单已改派",
    ),
    "departure.begun": (
        "{supplier} is leaving: its termination letter is drawn up",
        "{supplier}开始退出，解约确认函已起草",
    ),
    "departure.ended": ("{supplier} has left", "{supplier}已退出"),
    "enrolment.leaving": ("Membership {number} is being left", "第{number}次JIT开通退出中"),
    "enrolment.on": ("Membership {number} is on", "第{number}次JIT开通生效"),
    "enrolment.off": (
        "Membership {number} is over, and its authorisation",
        "第{number}次JIT开通及授权已终止",
    ),
    "shop.jit_intake_closed": ("New orders go the standard way", "新订单改走标准物流"),
    "shop.jit_intake_opened": ("New orders go to suppliers", "新订单推送至供应商"),
    "shop.jit_not_offered": ("JIT is not offered to the shop any more", "店铺不再提供JIT发货"),
    "shop.jit_offered": ("JIT is offered to the shop", "店铺可使用JIT发货"),
    "exit.started": ("The shop begins to leave JIT: {reason}", "店铺开始退出JIT：{reason}"),
    "exit.unbinding": ("The queue is empty: the suppliers are to be unbound", "订单已清空，待解除绑定"),
    "exit.switching_off": ("The switch is to be thrown", "待关闭JIT总开关"),
    "exit.switch_thrown": (
        "The switch is thrown under ticket {ticket}: JIT ends at {off_at}",
        "JIT总开关已关闭，工单号{ticket}，{off_at}正式停用",
    ),
    "exit.withdrawn": (
        "The exit is withdrawn: {modes_restored} product(s) are in JIT mode again",
        "退出已撤回：{modes_restored}个商品恢复JIT发货",
    ),
    "exit.switched_off": (
        "JIT is off: {products} product(s) went to standard shipping",
        "JIT已停用：{products}个商品转为标准物流",
    ),
    "exit.put_right": ("Left over and put right: {check}", "核验发现遗留并已更正：{check}"),
    "exit.check_failed": ("Not verified yet; tried again at {again_at}", "核验未通过，{again_at}重新核验"),
    "exit.done": ("Every check holds: the shop has left JIT", "各项核验通过，店铺已退出JIT"),
    "exit.certified": ("Certificate {number} is made", "退出证明{number}已出具"),
    "binding.offered": ("{supplier} was asked to fulfil for the shop", "已邀请{supplier}合作"),
    "binding.active": ("Bound to {supplier}: its grant is open", "已绑定{supplier}，授权生效"),
    "binding.ending": ("The termination letter for {supplier} is drawn up", "已起草{supplier}的解约确认函"),
    "binding.ended": ("The binding to {supplier} has ended", "与{supplier}的绑定已解除"),
    "letter.signed": (
        "Termination letter {number} is signed by {signed_by}",
        "解约确认函{number}已由{signed_by}签署",
    ),
    "letter.proven": (
        "All of it was tried, {tries} times: nothing opens any more",
        "已逐项验证{tries}次，授权均已失效",
    ),
    "letter.unproven": ("Something still opens: {open}", "仍有可访问项：{open}"),
    "replay.payment_differs": (
        "Paid {paid}, while goods and freight come to {goods_and_freight}",
        "实付{paid}，与货款加运费{goods_and_freight}不符",
    ),
}
"""What each kind of event says, in English and Chinese; `{name}` is a field of it, or is made by `_said`."""

AHEAD: Mapping[str, tuple[str, str]] = {
    "push": ("the next try of the push", "下次推送"),
    "unpushed": ("flagged unpushed, if its endpoint has not taken it", "仍未送达则标记为未推送"),
    "answer": ("the supplier's answer is due", "供应商接单期限"),
    "cancel": ("the supplier's answer to the cancellation is due", "供应商答复取消的期限"),
    "stuck": ("flagged stuck, if no carrier has collected it", "仍未揽收则标记为异常滞留"),
    "stale": ("flagged stale, if its carrier stays silent", "承运商仍无更新则标记为物流停滞"),
    "complete": ("completes by itself", "自动完成"),
    "settle": ("a fee is settled", "费用结算"),
}
"""What the line will look at next, by the station that does."""

WORDS: Mapping[str, tuple[str, str]] = {
    "handling": ("Order handling", "订单处理费"),
    "warehouse": ("Warehouse work", "仓内操作费"),
    "freight": ("Trunk freight", "跨境干线运费"),
    "goods": ("Goods", "货款"),
    "jit": ("JIT", "JIT发货"),
    "standard": ("standard", "标准物流"),
    "lost": ("lost", "已丢失"),
    "returned": ("returned", "已退回"),
    "cancelled": ("cancelled", "已取消"),
    "order_ended": ("the order ended without a delivery", "订单未签收即完结"),
    "parcel_added": ("a parcel was added", "新增包裹"),
    "parcels_changed": ("its parcels changed", "包裹有变化"),
    "damaged": ("damaged", "货品损坏"),
    "misprinted": ("misprinted", "打印有误"),
    "wrong_measure": ("wrong measure", "重量或尺寸有误"),
    "wrong_address": ("wrong address", "地址有误"),
    "other_carrier": ("another carrier", "更换承运商"),
    "repacked": ("repacked", "重新打包"),
    "buyer_wish": ("the buyer's wish", "买家要求"),
    "address": ("the address", "收货地址"),
    "risk": ("a risk", "风险"),
    "asked": ("it was asked for", "应要求"),
    "kept_for": ("its time was over", "保留期满"),
    "unknown": ("nobody that is known", "未知"),
    "cannot_fulfil": ("it cannot be fulfilled", "无法履约"),
    "out_of_stock": ("out of stock", "缺货"),
    "short": ("fewer units than promised", "库存少于占用"),
    "no_units": ("no units", "无可用库存"),
    "no_capacity": ("its day is full", "当日产能已满"),
    "no_grant": ("no grant", "无授权"),
    "not_qualified": ("not qualified", "未通过资质审核"),
    "tried": ("it has rejected it before", "此前已拒单"),
    "battery_in_equipment": ("no batteries in equipment", "不承运内置电池"),
    "battery_with_equipment": ("no batteries with equipment", "不承运配套电池"),
    "battery_alone": ("no batteries alone", "不承运纯电池"),
    "liquid": ("no liquids", "不承运液体"),
    "magnetic": ("nothing magnetic", "不承运带磁货物"),
    "papers_missing": ("papers missing", "申报资料不全"),
    "invalid_address": ("invalid address", "地址无效"),
    "unserviceable_destination": ("unserviceable destination", "目的地不可达"),
    "item_unknown": ("item unknown", "商品未知"),
    "other": ("other", "其他"),
    "buyer": ("the buyer's wish", "买家要求"),
    "channel": ("the channel's wish", "渠道要求"),
    "seller": ("the seller's wish", "卖家要求"),
    "mistake": ("a mistake", "误开通"),
    "strategy": ("another strategy", "经营策略调整"),
    "cost": ("its cost", "成本"),
    "service": ("its service", "服务"),
    "calendar": ("its calendar", "工作日历"),
    "festival": ("a festival", "节假日"),
    "storm": ("a storm", "风暴"),
    "strike": ("a strike", "罢工"),
    "stuck": ("stuck", "异常滞留"),
    "stale": ("stale", "物流停滞"),
    "late_answer": ("late answer", "接单超时"),
    "unpushed": ("unpushed", "未推送"),
    "address_problem": ("address problem", "地址问题"),
    "held": ("held", "暂停处理"),
    "not_reported": ("not reported to the channel", "未声明发货"),
    "no_measure": ("no measures", "无尺寸重量"),
    "accepted": ("accepted", "已接受"),
    "refused": ("refused", "已拒绝"),
    "operator": ("the operator's decision", "平台决定"),
    "silence": ("no answer", "未答复"),
    "rerouted": ("given to another supplier", "已改派"),
    "supplier_leaves": ("its supplier leaves", "供应商退出"),
    "taken_over": ("taken over by the seller", "卖家自行发货"),
    "remind": ("its supplier was reminded", "催办供应商"),
    "reroute": ("given to another supplier", "改派"),
    "take_over": ("taken over by the seller", "卖家自行发货"),
    "cancel": ("cancelled", "取消"),
    "check.other_order": ("another order's number", "订单号不符"),
    "check.wrong_item": ("another item", "商品不符"),
    "check.too_many": ("more units than it needs", "数量超出"),
}
"""Codes in words; a code that is not here stands for itself."""

SELLER = ("the seller", "卖家")
_CODED = ("fee", "reason", "code", "flag", "cause", "answer", "mode", "action")
_INSTANTS = (
    "due_at",
    "answer_due_at",
    "stuck_due_at",
    "handed_over_at",
    "shipped_at",
    "delivered_at",
    "off_at",
    "again_at",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: when, when it was recorded, who did it, what it was about, and its line of text."""

    at: datetime
    recorded_at: datetime
    kind: str
    subject: str
    who: str
    policy: str
    text: Texts
    facts: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is due next: when, by which station, and for what."""

    at: datetime
    station: str
    subject: str
    text: Texts


def both(pair: tuple[str, str]) -> Texts:
    """A pair of texts, by language."""
    return dict(zip(LANGUAGES, pair, strict=True))


def words(code: str, language: str) -> str:
    """A code in words."""
    return both(WORDS.get(code, (code, code)))[language]


def told(kind: str, facts: Mapping[str, Any], suppliers: Mapping[int, str], zone: str) -> Texts:
    """The line that an event makes; its bare kind where nobody has put it in words."""
    template = TEXTS.get(kind)
    if template is None:
        return both((kind, kind))
    return {
        language: text.format_map(_Said(_said(facts, suppliers, zone, language)))
        for language, text in both(template).items()
    }


class _Said(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "-"


def _said(facts: Mapping[str, Any], suppliers: Mapping[int, str], zone: str, language: str) -> dict[str, str]:
    """What stands in for the names in a text."""

    def supplier(number: int | None) -> str:
        return both(SELLER)[language] if number is None else suppliers.get(number, f"#{number}")

    said = {name: _plain(value) for name, value in facts.items()}
    said |= {name: words(str(facts[name]), language) for name in _CODED if name in facts}
    said |= {name: _local(facts[name], zone) for name in _INSTANTS if name in facts}
    said["supplier"] = supplier(facts.get("supplier_id"))
    said["by_line"] = f", {facts['line']}" if facts.get("line") else ""
    said["instead"] = {"en": ", in place of {}", "zh-CN": "，替代{}"}[language].format(facts["replaces"]) if (
        facts.get("replaces")
    ) else ""  # fmt: skip
    said["why"] = {"en": ", ", "zh-CN": "、"}[language].join(
        words(each, language) for each in facts.get("reasons") or ()
    ) or {"en": "no more", "zh-CN": "已无"}[language]
    successors = ", ".join(f"{each}" for each in facts.get("successors") or ())
    said["stands_in"] = {"en": f"; in its place {successors}", "zh-CN": f"；由{successors}替代"}[language] if (
        successors
    ) else ""  # fmt: skip
    passed = "; ".join(
        f"{each['by'] if 'by' in each else supplier(each['supplier'])}: {words(each['reason'], language)}"
        for each in facts.get("passed_over") or ()
    )
    said["over"] = (
        {"en": f"; passed over: {passed}", "zh-CN": f"；跳过：{passed}"}[language] if passed else ""
    )
    beyond = {"en": "; beyond its daily capacity", "zh-CN": "；超出其日产能"}[language]
    said["beyond"] = beyond if facts.get("over_capacity") else ""
    return said


def _plain(value: Any) -> str:
    if isinstance(value, Mapping) and set(value) == {"amount", "currency"}:
        return f"{value['currency']} {value['amount']}"
    return str(value)


def _local(instant: str, zone: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
