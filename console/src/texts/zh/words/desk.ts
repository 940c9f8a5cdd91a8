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
  document: {
    licence: "营业执照",
  },
  review: {
    opened: "待复审",
    passed: "通过",
    failed: "不通过",
  },
  beneficiary: {
    shop: "店铺",
    buyer: "买家",
  },
  violation: {
    false_shipment: "虚假发货",
    wrong_address: "地址错误",
    stock_out: "缺货",
  },
  violation_state: {
    recorded: "已记录",
    appealed: "申诉中",
    confirmed: "已维持",
    withdrawn: "已撤销",
  },
  violation_decision: {
    upheld: "支持申诉",
    rejected: "驳回申诉",
    withdrawn: "撤销违规",
  },
  exemption: {
    festival: "节假日",
    storm: "灾害天气",
    strike: "罢工",
    other: "其他",
  },
};
