import {
  AuditOutlined,
  CalendarOutlined,
  DiffOutlined,
  FileSearchOutlined,
  HeartOutlined,
  LogoutOutlined,
  MessageOutlined,
  SafetyCertificateOutlined,
  ScheduleOutlined,
  SolutionOutlined,
  WarningOutlined,
} from "@ant-design/icons";
import type { MenuProps } from "antd";
import { useTranslation } from "react-i18next";
import { Navigate } from "react-router";
import { actFor } from "../api/client";
import { Session, useMe } from "../shell/session";
import { Shell } from "../shell/Shell";
import { useMay } from "./may";

type Items = NonNullable<MenuProps["items"]>;

export function Component() {
  return (
    <Session>
      <Desk />
    </Session>
  );
}

function Desk() {
  actFor("");
  const { t } = useTranslation();
  const items = useItems();
  if (!useMe().places.some(({ party }) => party === "operator")) return <Navigate to="/" replace />;
  return <Shell title={t("shell.desk")} items={items} />;
}

/** What whoever sits here may see: what waits for a decision first, then what runs, then rules and proof. */
function useItems(): Items {
  const { t } = useTranslation();
  const may = useMay();
  const item = (permission: string, key: string, icon: React.ReactNode, label: string): Items => (may(permission) ? [{ key, icon, label }] : []);
  const group = (key: string, label: string, children: Items): Items => (children.length > 0 ? [{ key, type: "group", label, children }] : []);
  return [
    ...group("decide", t("menu.desk_decide"), [
      ...item("disputes.read", "/desk/disputes", <SolutionOutlined aria-hidden />, t("menu.desk_disputes")),
      ...item("appeals.read", "/desk/appeals", <MessageOutlined aria-hidden />, t("menu.desk_appeals")),
      ...item("violations.read", "/desk/violations", <WarningOutlined aria-hidden />, t("menu.desk_violations")),
      ...item("suppliers.read", "/desk/suppliers", <AuditOutlined aria-hidden />, t("menu.desk_suppliers")),
      ...item("suppliers.read", "/desk/reviews", <SafetyCertificateOutlined aria-hidden />, t("menu.desk_reviews")),
    ]),
    ...group("watch", t("menu.desk_watch"), [
      ...item("exits.read", "/desk", <LogoutOutlined aria-hidden />, t("menu.desk_exits")),
      ...item("notices.read", "/desk/orders", <ScheduleOutlined aria-hidden />, t("menu.desk_orders")),
      ...item("audits.read", "/desk/health", <HeartOutlined aria-hidden />, t("menu.desk_health")),
    ]),
    ...group("rules", t("menu.desk_rules"), [
      ...item("suppliers.read", "/desk/exemptions", <CalendarOutlined aria-hidden />, t("menu.desk_exemptions")),
      ...item("shops.read", "/desk/policies", <DiffOutlined aria-hidden />, t("menu.desk_policies")),
      ...item("audits.read", "/desk/record", <FileSearchOutlined aria-hidden />, t("menu.desk_record")),
    ]),
  ];
}
