import type { ThemeConfig } from "antd";

/** Ant Design's own look, in a warm orange that can be read on white; grey texts are dark enough for WCAG AA. */
export const theme: ThemeConfig = {
  token: {
    colorPrimary: "#b8410c",
    colorLink: "#a33a0a",
    colorSuccess: "#2d7a12",
    colorWarning: "#8f5a00",
    colorError: "#c4242b",
    colorInfo: "#1659b8",
    colorPrimaryBg: "#fdf0ea",
    colorSuccessBg: "#f1f9ed",
    colorSuccessBorder: "#b5d9a5",
    colorWarningBg: "#fff8e8",
    colorWarningBorder: "#ecd193",
    colorErrorBg: "#fff1f0",
    colorErrorBorder: "#f2b8b5",
    colorInfoBg: "#eef5ff",
    colorInfoBorder: "#b3d0f5",
    colorTextSecondary: "rgba(0,0,0,0.72)",
    colorTextTertiary: "rgba(0,0,0,0.64)",
    colorTextQuaternary: "rgba(0,0,0,0.6)",
    colorTextPlaceholder: "#666",
    colorTextDisabled: "rgba(0,0,0,0.6)",
    linkDecoration: "underline",
    linkHoverDecoration: "underline",
    borderRadius: 6,
    motion: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  },
  components: {
    Layout: { headerBg: "#fff", headerPadding: "0 16px", siderBg: "#fff", bodyBg: "#f5f5f4" },
    Table: { cellPaddingBlock: 10 },
    Menu: { itemBorderRadius: 6 },
  },
};
