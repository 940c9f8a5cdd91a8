/** What codes of the API are called: desk. */
export const words = {
  supplier: {
    applied: "已申请",
    under_review: "审核中",
    qualified: "已通过",
    suspended: "已暂停",
    declined: "未通过",
    retired: "已清退",
  },
  supplier_kind: {
    preferred: "优选仓",
    third_party: "第三方",
  },
  decision: {
    qualify: "通过",
    decline: "不通过",
    suspend: "暂停",
    restore: "恢复",
    retire: "清退",
  },
};
