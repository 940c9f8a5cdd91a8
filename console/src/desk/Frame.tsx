import { AuditOutlined, HeartOutlined, LogoutOutlined, MessageOutlined } from "@ant-design/icons";
import type { MenuProps } from "antd";
import { useTranslation } from "react-i18next";
import { Navigate } from "react-router";
import { actFor } from "../api/client";
import { Session, useMe } from "../shell/session";
import { Shell } from "../shell/Shell";

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
  const place = useMe().places.find(({ party }) => party === "operator");
  if (place === undefined) return <Navigate to="/" replace />;
  const may = (needs: string, item: Items[number]): Items => (place.permissions.includes(needs) ? [item] : []);
  const items: Items = [
    ...may("exits.read", { key: "/desk", icon: <LogoutOutlined aria-hidden />, label: t("menu.desk_exits") }),
    ...may("appeals.read", { key: "/desk/appeals", icon: <MessageOutlined aria-hidden />, label: t("menu.desk_appeals") }),
    ...may("suppliers.read", { key: "/desk/suppliers", icon: <AuditOutlined aria-hidden />, label: t("menu.desk_suppliers") }),
    ...may("audits.read", { key: "/desk/health", icon: <HeartOutlined aria-hidden />, label: t("menu.desk_health") }),
  ];
  return <Shell title={t("shell.desk")} items={items} />;
}
