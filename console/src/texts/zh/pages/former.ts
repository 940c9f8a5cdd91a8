export const former = {
  title: "上次JIT的映射",
  now_mapped: "当前映射",
  none: "没有上次JIT的商品映射",
  now: "现在",
  able: "可恢复",
  all: "全部恢复",
  chosen: "恢复所选（{{count}}）",
  restored: "已恢复{{count}}条映射",
  refused: "{{count}}条未能恢复",
};
