"""The words of a message in its reader's language, made from a kind and its facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

_TITLES: Mapping[str, tuple[str, str]] = {
    "fulfilment.unpushed": ("A supplier's endpoint has not taken an order", "供应商接口未能接收订单"),
    "fulfilment.late_answer": ("A supplier has not answered in time", "供应商超时未接单"),
    "fulfilment.stuck": ("No carrier has collected an order in time", "订单超时未揽收"),
    "fulfilment.stale": ("A parcel has not moved for long", "物流轨迹长时间未更新"),
    "cancellation.unanswered": ("A cancellation waits for its answer", "取消申请超时未处理"),
    "cancellation.refused": ("A supplier refuses to cancel", "供应商拒绝取消"),
    "cancellation.forced": ("An order was cancelled by the platform", "平台已强制取消订单"),
    "fulfilment.waiting": ("No supplier can take an order", "订单缺货，无供应商可接"),
    "fulfilment.remedied": ("An order was given a remedy", "订单已处理"),
    "fulfilment.cannot_fulfil": ("A supplier cannot fulfil what it accepted", "供应商接单后无法履约"),
    "fulfilment.not_reported": ("A channel does not know of a shipment yet", "发货信息尚未同步至渠道"),
    "order.address_problem": ("An address needs a look", "收货地址需核对"),
    "fulfilment.papers_missing": ("Goods go by a line that needs more papers", "线路所需申报资料不全"),
    "label.reinstated": ("A voided label stands: the carrier had the parcel", "作废面单已揽收，面单仍有效"),
    "fulfilment.stray_scan": ("A carrier scanned a parcel that should not move", "收到异常物流扫描"),
    "stock.released": ("Released stock is to be counted", "释放的库存待校准"),
    "stock.called_back": ("A shop's own stock goes back to it", "店铺寄售库存调回，请安排出库"),
    "product.delisted": (
        "A product is off sale: its released stock was not counted",
        "商品已下架：释放的库存未按时校准",
    ),
    "endpoint.broken": ("An endpoint does not answer and is left alone", "推送地址连续失败，已暂停推送"),
    "endpoint.restored": ("An endpoint answers again", "推送地址已恢复"),
    "endpoint.removed": ("An endpoint is gone", "推送地址已失效"),
    "webhook.broken": ("A subscription does not answer and is left alone", "订阅地址连续失败，已暂停投递"),
    "webhook.restored": ("A subscription answers again", "订阅地址已恢复"),
    "webhook.disabled": ("A subscription's address is gone: it is disabled", "订阅地址已失效，订阅已停用"),
    "exit.forced": ("An exit was forced", "店铺已强制退出"),
    "move.started": ("The shop is moving off JIT", "店铺开始双轨过渡"),
    "move.done": ("The move off JIT is over", "双轨过渡已期满"),
    "move.cancelled": ("The move off JIT was cancelled", "双轨过渡已取消"),
    "appeal.opened": ("An exit is appealed against", "退出申诉已提交"),
    "appeal.escalated": ("An appeal was not answered in time", "申诉超时未处理"),
    "appeal.answered": ("An appeal is answered", "申诉已答复"),
    "violation.recorded": ("A violation is recorded", "违规已记录"),
    "violation.appealed": ("A violation is appealed against", "违规申诉已提交"),
    "violation.escalated": ("An appeal against a violation was not answered in time", "违规申诉超时未处理"),
    "violation.decided": ("A violation is decided", "违规已裁定"),
    "dispute.opened": ("A dispute is opened", "有新的纠纷"),
    "dispute.answered": ("A party answers a dispute", "被指责任方已答复纠纷"),
    "dispute.escalated": ("A dispute was not decided in time", "纠纷超时未处理"),
    "dispute.decided": ("A dispute is decided", "纠纷已裁定"),
    "dispute.appealed": ("A decision is appealed against", "纠纷裁定被申诉"),
    "dispute.paid": ("A dispute is paid", "纠纷赔付已完成"),
    "dispute.withdrawn": ("A dispute is withdrawn", "纠纷已撤回"),
    "charges.overdue": ("Fees are due, and the funds do not cover them", "服务费已到期，资金账户余额不足"),
    "enquiry.answered": ("The carrier has answered an enquiry", "承运商已答复查询工单"),
    "statement.issued": ("A statement lies ready", "账单已出"),
    "funds.frozen": (
        "The funds are frozen until what is open has cleared",
        "资金账户已冻结，待未结事项清结后解冻",
    ),
    "funds.freed": ("The funds are no longer frozen", "资金账户已解冻"),
    "binding.ending": ("A termination letter waits for its signature", "供应商解约确认函待签署"),
    "binding.stays": ("The end of a binding was taken back", "解除绑定已撤回"),
    "binding.ended": (
        "A binding has ended: its termination letter is signed",
        "绑定已解除，供应商解约确认函已签署",
    ),
    "review.opened": ("A supplier is to be reviewed for a shop that comes back", "供应商待资质复审"),
    "review.escalated": ("A supplier's review was not decided in time", "资质复审超时未处理"),
    "review.passed": ("A supplier passed its review", "供应商已通过资质复审"),
    "review.failed": ("A supplier did not pass its review", "供应商未通过资质复审"),
    "supplier.review_escalated": (
        "A supplier's application was not decided in time",
        "供应商资质审核超时未处理",
    ),
    "supplier.qualified": ("A supplier is qualified", "供应商已通过资质审核"),
    "supplier.declined": ("A supplier's application is declined", "供应商资质审核未通过"),
    "supplier.suspended": (
        "A supplier is suspended: no new order goes to it",
        "供应商已暂停：不再派发新订单",
    ),
    "supplier.restored": ("A supplier is restored: orders go to it again", "供应商已恢复接单资格"),
    "departure.announced": ("A supplier gives notice", "供应商发出退出通知"),
    "departure.withdrawn": ("A supplier takes its notice back", "供应商撤回退出通知"),
    "letter.unproven": (
        "A supplier still reaches a shop that has ended its binding",
        "绑定解除后，供应商仍可访问店铺",
    ),
    "policy.announced": ("The rules change for your shop", "平台规则变更，涉及贵店"),
    "rates.missing": ("Charges wait for a rate of exchange", "缺少汇率，费用待换算"),
    "audit.failed": ("The nightly audit found something that does not hold", "夜间审计发现异常"),
    "exit.started": ("The exit from JIT has begun", "JIT退出已开始"),
    "exit.step_reached": ("The exit from JIT is a step further", "JIT退出已进入下一步"),
    "exit.switch_thrown": ("Confirmation of JIT's end", "《JIT停用确认邮件》"),
    "exit.withdrawn": ("The exit from JIT is withdrawn", "JIT退出已撤回"),
    "exit.switched_off": ("JIT is switched off", "JIT服务已停用"),
    "exit.check_failed": ("The exit from JIT could not be verified yet", "JIT退出核验未通过"),
    "exit.done": ("The exit from JIT is done", "JIT退出已完成"),
    "digest": ("Today: what needs you", "今日待办"),
    "person.invited": ("You are invited to Andon", "邀请您加入Andon"),
    "person.reset": ("Set another password", "重置密码"),
    "person.password_set": ("Your password was changed", "您的密码已修改"),
    "person.factor_changed": ("Your second factor was changed", "您的双重验证设置已变更"),
}

_OTHER = ("Something needs a look", "有事项需要处理")
_ESCALATED = ("Nobody has read this for a day", "一天内无人阅读")
_SAID: Mapping[str, tuple[str, str]] = {
    "exit.switch_thrown": (
        "The JIT service will be formally deactivated in {hours} hours. Until then it can be taken back. Keep the ticket number: an appeal needs it.",
        "JIT服务将于{hours}小时后正式停用，在此之前可以撤回。请保存工单号，如有异议可凭工单号申诉。",
    ),
    "exit.check_failed": (
        "Something is left over that only you can clear: the exit says what. It is tried again by itself; an appeal needs the ticket number.",
        "尚有事项须由您处理，详见退出向导。系统将自动重新核验，如有异议可凭工单号申诉。",
    ),
    "charges.overdue": (
        "Deposit what is missing: fees are settled at once, the oldest first. Until then they stand in the way of an exit.",
        "请存入所缺金额，系统将按到期先后立即结算。结清前将影响退出JIT。",
    ),
    "policy.announced": (
        "Version {version} comes into force on {in_force_on}: {changes} of its changes touch your shop. See what they are, what your own last shipments would cost, and confirm that you have read it.",
        "{version}版规则于{in_force_on}生效，其中{changes}项变更涉及贵店。请查看变更内容及按贵店近期订单测算的费用，并确认已阅读。",
    ),
    "exit.done": (
        "The shop has left JIT, and every check holds. The certificate of exit lies ready.",
        "店铺已退出JIT，各项核验均已通过。退出证明已可下载。",
    ),
    "person.invited": (
        "You are invited to join {party_name} as {role}. The link works once, within {days} days.",
        "邀请您以{role}身份加入{party_name}。链接仅可使用一次，{days}天内有效。",
    ),
    "person.reset": (
        "Somebody asked for another password for you. The link works once, within {minutes} minutes; ignore it if it was not you.",
        "有人（可能是您本人）申请重置密码。链接仅可使用一次，{minutes}分钟内有效。如非本人操作，请忽略本邮件。",
    ),
    "person.password_set": (
        "If it was not you, ask for another one at once, and tell whoever runs your Andon.",
        "如非本人操作，请立即重置密码，并联系平台管理员。",
    ),
    "person.factor_changed": (
        "If it was not you, change your password at once, and tell whoever runs your Andon.",
        "如非本人操作，请立即修改密码，并联系平台管理员。",
    ),
}
"""What letters say beside their title: those to a person about their own account, of an exit, and of money."""
_NAMES: Mapping[str, tuple[str, str]] = {
    "order_id": ("Order", "订单"),
    "fulfilment_id": ("Fulfilment", "履约单"),
    "supplier_id": ("Supplier", "供应商"),
    "webhook_id": ("Subscription", "订阅"),
    "binding_id": ("Binding", "绑定"),
    "leaves_at": ("Leaves at", "退出时间"),
    "number": ("Letter", "解约确认函"),
    "shop_id": ("Shop", "店铺"),
    "sku": ("SKU", "商品SKU"),
    "transfer_note": ("Transfer note", "调拨单"),
    "due_at": ("Due by (UTC)", "截止时间（UTC）"),
    "exit_id": ("Exit", "退出申请"),
    "move_id": ("Move", "双轨过渡"),
    "until": ("Until (UTC)", "截止时间（UTC）"),
    "appeal_id": ("Appeal", "申诉"),
    "review_id": ("Review", "资质复审"),
    "violation_id": ("Violation", "违规"),
    "dispute_id": ("Dispute", "纠纷"),
    "ticket": ("Ticket", "工单号"),
    "missing": ("Missing", "缺少金额"),
    "base": ("From", "原币种"),
    "quote": ("Into", "目标币种"),
    "on": ("On", "日期"),
    "enquiry": ("Enquiry", "查询工单"),
    "month": ("Month", "月份"),
    "statement": ("Statement", "账单"),
    "clauses": ("Where", "所涉条款"),
    "overdue": ("Overdue", "已超时"),
    "due_soon": ("Due within 24 hours", "24小时内到期"),
    "later": ("Later", "其余"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A message's subject, one line, its lines, and where it leads, if anywhere."""

    subject: str
    lines: tuple[str, ...]
    link: str | None = None

    @property
    def text(self) -> str:
        """The lines as plain text."""
        return "\n".join([*self.lines, *([self.link] if self.link else [])]) + "\n"


def words_of(kind: str, facts: Mapping[str, Any], at: datetime, locale: str, zone: str) -> Words:
    """What a reader is told of a kind, in zh-CN or en, with times of their zone.

    Facts that have a name come line by line; others are for programs. A kind that has no words of its own is named.
    """
    tongue = 1 if locale.startswith("zh") else 0
    title = _TITLES.get(kind, _OTHER)[tongue]
    if facts.get("escalated"):
        title = f"{_ESCALATED[tongue]}: {title}"
    number = facts.get("order_id")
    subject = title if number is None else f"{title} #{number}"
    when = format_datetime(at, "yyyy-MM-dd HH:mm", tzinfo=ZoneInfo(zone), locale="zh_CN" if tongue else "en")
    lines = [title, f"{when} ({zone})"]
    if kind in _SAID:
        lines.append(_SAID[kind][tongue].format_map(_Known(facts)))
    lines += [
        f"{names[tongue]}: {facts[name]}" for name, names in _NAMES.items() if facts.get(name) is not None
    ]
    lines += [str(line) for line in facts.get("list", ())]
    lines.append(f"[{kind}]")
    return Words(_one_line(f"[Andon] {subject}"), tuple(_one_line(line) for line in lines), facts.get("link"))


def titles_of(kind: str) -> dict[str, str]:
    """What a kind is called, in both languages."""
    english, chinese = _TITLES.get(kind, _OTHER)
    return {"en": english, "zh-CN": chinese}


def html_of(words: Words, locale: str) -> str:
    """The same as a small page."""
    head, *rest = words.lines
    body = "".join(f"<p>{escape(line)}</p>" for line in rest)
    if words.link:
        body += f'<p><a href="{escape(words.link)}">{escape(words.link)}</a></p>'
    return (
        f'<!doctype html><html lang="{escape(locale)}"><head><meta charset="utf-8">'
        f"<title>{escape(words.subject)}</title></head><body><h1>{escape(head)}</h1>{body}</body></html>"
    )


class _Known(dict[str, Any]):
    """Facts of which one that is missing is a dash."""

    def __missing__(self, name: str) -> str:
        return "-"


def _one_line(text: str) -> str:
    """The text without what ends a line or steers a screen."""
    return "".join(char if char.isprintable() else " " for char in text)[:500]
