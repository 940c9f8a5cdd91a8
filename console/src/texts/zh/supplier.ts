/** What a supplier's portal says. */
import { people } from "./pages/people";
import { portal } from "./portal";
import { words } from "./words/supplier";

export const supplier = {
  words,
  people,
  portal,
  menu: {
    fulfilments: "履约单",
  },
  supplier: {
    hint: "接单、拣货、贴面单、交接",
    none: "没有履约单",
    part: "履约单",
    answer_by: "最晚答复",
    parcels: "包裹",
    chosen: "已选{{count}}单",
    accept: "接单",
    reject: "拒单",
    reason: "拒单原因",
    picked: "已拣货",
    shipped: "已交承运商",
    label: "贴面单",
    label_of: "履约单 {{id}} 的面单",
    labelled: "已贴面单",
    carrier: "承运商",
    waybill: "运单号",
    weight_g: "重量 g",
    length_mm: "长 mm",
    width_mm: "宽 mm",
    height_mm: "高 mm",
  },
};
