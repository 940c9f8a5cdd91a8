/** What the operator's desk says. */
import { words } from "./words/desk";

export const desk = {
  words,
  menu: {
    desk_exits: "退出中的店铺",
    desk_appeals: "申诉",
    desk_suppliers: "供应商",
    desk_health: "系统健康",
  },
  desk: {
    no_suppliers: "没有供应商",
    exits_hint: "正在退出JIT的店铺，以及各自的阻碍",
    no_exits: "没有店铺正在退出",
    exit: "退出",
    forced: "强制",
    no_appeals: "没有申诉",
    text: "申诉内容",
    decide: "裁定",
    verdict: "结论",
    name: "名称",
    kind: "类型",
    applied: "申请时间",
    decided: "裁定时间",
    decision_sure: "{{name}}：{{decision}}？",
    now: "此刻",
    ready: "可用",
    audits: "审计",
    no_audits: "尚无审计",
    outcome: "结果",
    ok: "全部通过",
    broken: "{{count}}项不通过",
    checks: "核查项",
    took: "用时",
  },
};
