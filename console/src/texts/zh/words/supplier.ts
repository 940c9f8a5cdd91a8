/** What codes of the API are called: supplier. */
export const words = {
  work: {
    pushed: "待接单",
    accepted: "待拣货",
    picked: "待贴面单",
    labelled: "待交接",
    shipped: "运输中",
  },
  rejection: {
    out_of_stock: "缺货",
    invalid_address: "地址无效",
    unserviceable_destination: "不支持的目的地",
    item_unknown: "货品不存在",
    other: "其他",
  },
};
