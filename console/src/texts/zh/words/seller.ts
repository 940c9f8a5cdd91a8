/** What codes of the API are called: seller. */
export const words = {
  remedy: {
    remind: "催办",
    reroute: "改派",
    take_over: "自行发货",
    cancel: "取消",
  },
  mode: {
    jit: "JIT发货",
    standard: "标准物流",
  },
  check: {
    intake_is_closed: "新订单不再进入JIT",
    jit_is_not_offered: "店铺不再提供JIT发货选项",
    no_product_in_jit_mode: "没有商品显示JIT发货",
    no_jit_line_in_the_plan: "物流方案中没有JIT线路",
    jit_mode_is_refused: "设置JIT发货被拒绝",
    new_listing_is_standard: "新商品使用标准物流",
    jit_line_is_refused: "选择JIT线路被拒绝",
    no_grant_works: "所有授权均已失效",
    nothing_is_open: "没有未完结的JIT订单或服务费",
  },
  part: {
    fulfilments: "履约单",
    settlement: "结算",
    switch: "总开关",
    unshipped: "未发货",
    shipped: "运输中",
  },
  basis: {
    shop_line_country: "本店同线路同国家",
    shop: "本店",
    supplier: "该供应商",
    policy: "规则",
  },
  enrolment: {
    off: "未开通",
    joining: "开通中",
    on: "已开通",
    leaving: "退出中",
  },
  product_exit: {
    open: "进行中",
    done: "已完成",
    taken_back: "已撤回",
  },
  missing: {
    untick_mode: "取消勾选启用JIT",
    remove_mapping: "移除商品映射",
  },
  calibration: {
    open: "待清点",
    overdue: "已逾期",
    counted: "已清点",
  },
  charge_state: {
    provisional: "暂估",
    due: "应结",
    disputed: "争议中",
    settled: "已结清",
    waived: "已免除",
    reversed: "已冲销",
  },
  unsettled: {
    no_delivery_evidence: "待签收凭证",
    not_yet_due: "未到期",
    not_enough_funds: "余额不足",
    in_dispute: "争议中",
    no_rate: "缺少汇率",
  },
};
