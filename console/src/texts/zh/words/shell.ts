/** What codes of the API are called: shell. */
export const words = {
  task: {
    unanswered: "供应商未答复",
    unpushed: "推送失败",
    waiting: "无供应商可接单",
    short: "库存不足",
    uncollected: "未揽收",
    stale: "物流停滞",
    cancellation: "取消待答复",
    address_problem: "地址需核对",
    held: "暂缓发货",
    not_reported: "未声明发货",
    no_measure: "无实测重量",
    papers_missing: "缺申报资料",
    uncounted: "库存待清点",
    half_left: "商品退出差一步",
    endpoint: "推送地址异常",
    audit: "审计异常",
  },
};
