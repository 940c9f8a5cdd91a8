"""What each kind of event says, in both languages."""

from collections.abc import Mapping

from andon.insights.story.rules.settings import SETTINGS

TEXTS: Mapping[str, tuple[str, str]] = {
    **SETTINGS,
    "order.accepted": (
        "Order {channel_order_no} of {channel} taken: {lines} line(s), goods {goods}, freight {freight}",
        "受理{channel}渠道订单{channel_order_no}：{lines}行，货款{goods}，运费{freight}",
    ),
    "order.refused": (
        "Order {channel_order_no} of {channel} refused: {code}",
        "拒绝{channel}渠道订单{channel_order_no}：{code}",
    ),
    "order.held": ("Held: {reason}", "订单已暂缓发货：{reason}"),
    "return.requested": ("The buyer asks to send it back: {reason}", "买家申请退货：{reason}"),
    "return.received": ("It came back", "退货已收到"),
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
    "charge.converted": ("{fee} is {amount}: {base} at {rate}", "{fee}按汇率{rate}由{base}换算为{amount}"),
    "stock_out.recorded": (
        "The seller's own warehouse could not fill it: {cause}",
        "因卖家自有仓缺货，记录违规：{cause}",
    ),
    "charge.reversed": ("{fee} {amount} is reversed: {cause}", "{fee}{amount}已冲销：{cause}"),
    "charge.settled": (
        "{fee} {amount} is settled{by_journal}",
        "{fee}{amount}已结算{by_journal}",
    ),
    "statement.issued": ("Statement {number} is issued", "账单{number}已出具"),
    "enquiry.opened": ("{carrier} is asked about it: {number}", "已向{carrier}发起查询，工单{number}"),
    "enquiry.answered": (
        "{carrier} answers {number}: {answer}",
        "{carrier}已答复工单{number}：{answer}",
    ),
    "charge.overdue": (
        "{fee} {amount} was due {due_at}, and the funds do not cover it",
        "{fee}{amount}已于{due_at}到期，资金账户余额不足",
    ),
    "charge.disputed": ("{fee} {amount} is in dispute {dispute_id}", "{fee}{amount}进入争议{dispute_id}"),
    "charge.held": (
        "{amount} is held for the disputed {fee}, journal {journal_id}",
        "争议费用{fee}{amount}已冻结，凭证{journal_id}",
    ),
    "fulfilment.papers_completed": (
        "Its papers are complete",
        "申报资料已补全",
    ),
    "binding.offered": ("{supplier} was asked to fulfil for the shop", "已邀请{supplier}合作"),
    "binding.active": ("Bound to {supplier}: its grant is open", "已绑定{supplier}，授权生效"),
    "binding.ending": ("The termination letter for {supplier} is drawn up", "已起草{supplier}的解约确认函"),
    "binding.ended": ("The binding to {supplier} has ended", "与{supplier}的绑定已解除"),
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
    "letter.signed": (
        "Termination letter {number} is signed by {signed_by}",
        "解约确认函{number}已由{signed_by}签署",
    ),
    "letter.proven": (
        "All of it was tried, {tries} times: nothing opens any more",
        "已逐项验证{tries}次，授权均已失效",
    ),
    "letter.unproven": ("Something still opens: {open}", "仍有可访问项：{open}"),
    "plan.set": ("The plan's lines are now: {lines}", "物流方案线路更新为：{lines}"),
    "review.opened": (
        "{supplier} is to be reviewed for the shop, by {due_at}",
        "{supplier}待资质复审，期限{due_at}",
    ),
    "review.escalated": (
        "Nobody has decided the review of {supplier} in time",
        "{supplier}资质复审超时未处理，已升级",
    ),
    "review.passed": ("{supplier} passed its review for the shop", "{supplier}已通过资质复审"),
    "review.failed": ("{supplier} did not pass its review for the shop", "{supplier}未通过资质复审"),
    "dispute.opened": ("Dispute opened: {cause}, {amount} claimed", "发起纠纷：{cause}，索赔{amount}"),
    "dispute.evidence_given": ("Evidence given: {evidence} ({party})", "提交凭证：{evidence}（{party}）"),
    "dispute.answered": ("{party} {answer} it", "{party}{answer}"),
    "dispute.escalated": ("Nobody has decided the dispute in time", "纠纷超时未处理，已升级"),
    "dispute.decided": (
        "Dispute decided: {outcome}; {payer} to pay {amount} ({clause}); final at {due_at}",
        "纠纷裁定：{outcome}；{payer}承担{amount}（{clause}），{due_at}生效",
    ),
    "dispute.appealed": (
        "Appealed against; to be decided anew by {due_at}",
        "裁定被申诉，重新裁定期限{due_at}",
    ),
    "dispute.withdrawn": ("Dispute withdrawn", "纠纷已撤回"),
    "dispute.paid": ("Dispute paid: {amount} to {beneficiary}", "纠纷赔付{amount}，受偿方：{beneficiary}"),
    "dispute.closed": ("Dispute closed: nothing is paid", "纠纷已结案，无需赔付"),
    "move.started": (
        "The shop moves off JIT until {until}: {products} products; new orders take the smart line",
        "店铺开始双轨过渡至{until}，涉及{products}个商品，新订单走智选物流",
    ),
    "move.done": (
        "The move is over; {products} products went to standard shipping",
        "双轨过渡期满，{products}个商品改为标准物流",
    ),
    "move.cancelled": ("The move was taken back", "双轨过渡已取消"),
    "product.stocked": ("Units of it were counted: {choice} is over", "本地库存已校准，{choice}结束"),
    "appeal.opened": ("The shop appeals; to be answered by {due_at}", "店铺提交申诉，答复期限{due_at}"),
    "appeal.escalated": ("Nobody has answered the appeal in time", "申诉超时未答复，已升级"),
    "appeal.answered": ("The appeal is {verdict}", "申诉结果：{verdict}"),
    "appeal.closed": ("The appeal is closed", "申诉已结案"),
    "order.rated": (
        "Rated by the buyer: described {described}, communication {communication}, shipping {shipping} hundredths",
        "买家评分（百分之一星）：描述{described}，沟通{communication}，物流{shipping}",
    ),
    "violation.recorded": (
        "A violation is recorded: {violation} ({cause}), fault of the {fault}",
        "记录违规：{violation}（{cause}），责任方：{fault}",
    ),
    "violation.appealed": (
        "The shop appeals against the violation; to be answered by {due_at}",
        "店铺对违规提出申诉，答复期限{due_at}",
    ),
    "violation.escalated": ("Nobody has answered the appeal in time", "违规申诉超时未答复，已升级"),
    "violation.decided": ("The violation is decided: {decision}", "违规裁定：{decision}"),
    "funds.deposited": ("{amount} paid into the funds", "资金账户存入{amount}"),
    "funds.withdrawn": ("{amount} taken out of the funds", "资金账户提现{amount}"),
    "settlement.early": (
        "{charges} charge(s) settled before their day, journal {journal_id}",
        "提前结算{charges}笔费用，凭证{journal_id}",
    ),
    "subsidy.paid": (
        "A subsidy of {amount} was paid, journal {journal_id}",
        "已发放补贴{amount}，凭证{journal_id}",
    ),
    "payable.paid_out": (
        "{amount} of what is owed on {account} was paid out, journal {journal_id}",
        "{account}应付款已付{amount}，凭证{journal_id}",
    ),
    "journal.posted": (
        "Journal {journal_id}: {transfers} transfer(s) stand in the books",
        "凭证{journal_id}：{transfers}笔转账已记账",
    ),
    "funds.frozen": ("The funds are frozen: {freeze}", "资金账户已冻结：{freeze}"),
    "funds.freed": ("The funds are no longer frozen: {cause}", "资金账户已解冻：{cause}"),
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
    "exit.forced": (
        "The exit was forced by {forced_by}: {taken_back} fulfilment(s) went back to the seller",
        "由{forced_by}强制退出：{taken_back}张履约单退回卖家",
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
    "policy.announced": (
        "Version {version} of the rules was announced: {changes} change(s) touch the shop",
        "{version}版规则已公告：{changes}项变更涉及店铺",
    ),
    "policy.changes_read": ("What version {version} changes was read", "{version}版规则变更已阅读"),
    "replay.payment_differs": (
        "Paid {paid}, while goods and freight come to {goods_and_freight}",
        "实付{paid}，与货款加运费{goods_and_freight}不符",
    ),
    "replay.step_refused": ("A later step was not taken: {code}", "后续步骤未采纳：{code}"),
    "signing_key.retired": (
        "A key signs no more: {kid}, after which {successor} signs",
        "签名密钥{kid}已停用，由{successor}接替",
    ),
}
"""What each kind of event says, in English and Chinese; `{name}` is a field of it, or is made by `_said`."""
