/** What several sides' pages say: fetched with whichever comes first. */
import { words } from "./words/shared";

export const shared = {
  words,
  list: {
    choose: "选择 {{name}}",
    choose_all: "全选",
    more: "加载更多",
    csv: "导出CSV",
    csv_cut: "只导出了前{{count}}行，请缩小筛选范围分次导出",
    close: "关闭",
    download: "下载PDF",
    print: "打印",
    save: "保存",
  },
  story: {
    expected: "预计 {{at}}",
  },
  orders: {
    ship_by: "剩余发货时间",
    state: "状态",
    goods: "商品",
    bulk: "批量操作",
    all_done: "已完成{{count}}项",
    some_refused: "{{all}}项中有{{count}}项被拒绝",
    ship_to: "收货地址",
  },
  exit: {
    note: "备注",
    blockers: "退出阻碍",
    off_at: "停用时间",
    ticket: "工单号",
    at: "时间",
    started: "开始时间",
    number: "退出 {{id}}",
  },
  suppliers: {
    acts: "操作",
  },
  mappings: {
    wanted: "必填",
  },
};
