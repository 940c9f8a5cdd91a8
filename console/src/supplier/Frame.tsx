import { ApiOutlined, AppstoreOutlined, BarcodeOutlined, CarryOutOutlined, InboxOutlined, LinkOutlined, MessageOutlined, TruckOutlined, WalletOutlined } from "@ant-design/icons";
import { ConfigProvider } from "antd";
import { useTranslation } from "react-i18next";
import { Navigate, useParams } from "react-router";
import { actFor } from "../api/client";
import { Session, useMe } from "../shell/session";
import { Shell } from "../shell/Shell";
import "./style.css";

/** For a warehouse: what is touched is large enough for a thumb. */
const TOUCH = { token: { controlHeight: 40, controlHeightLG: 48 } };

export function Component() {
  return (
    <Session>
      <Portal />
    </Session>
  );
}

function Portal() {
  const { t } = useTranslation();
  const id = useParams()["supplier"];
  const place = useMe().places.find(({ party, party_id }) => party === "supplier" && String(party_id) === id);
  if (place === undefined) return <Navigate to="/" replace />;
  // Before the page below asks for anything: whoever is of several suppliers asks as this one.
  actFor(`supplier:${id}`);
  const pages = [
    { page: "", icon: <InboxOutlined aria-hidden />, label: t("menu.fulfilments"), permission: "fulfilments.read" },
    { page: "/pick", icon: <CarryOutOutlined aria-hidden />, label: t("portal.menu.pick"), permission: "fulfilments.read" },
    { page: "/pack", icon: <BarcodeOutlined aria-hidden />, label: t("portal.menu.pack"), permission: "fulfilments.read" },
    { page: "/handovers", icon: <TruckOutlined aria-hidden />, label: t("portal.menu.handovers"), permission: "fulfilments.read" },
    { page: "/stock", icon: <AppstoreOutlined aria-hidden />, label: t("portal.menu.stock"), permission: "stock.read" },
    { page: "/disputes", icon: <MessageOutlined aria-hidden />, label: t("portal.menu.disputes"), permission: "disputes.read" },
    { page: "/money", icon: <WalletOutlined aria-hidden />, label: t("portal.menu.money"), permission: "charges.read" },
    { page: "/shops", icon: <LinkOutlined aria-hidden />, label: t("portal.menu.shops"), permission: "bindings.read" },
    { page: "/pushes", icon: <ApiOutlined aria-hidden />, label: t("portal.menu.pushes"), permission: "suppliers.read" },
  ];
  const items = pages
    .filter(({ permission }) => place.permissions.includes(permission))
    .map(({ page, icon, label }) => ({ key: `/supplier/${id}${page}`, icon, label }));
  return (
    <ConfigProvider theme={TOUCH} button={{ autoInsertSpace: false }}>
      <Shell key={id} title={t("shell.supplier")} items={items} extra={<strong>{place.name}</strong>} />
    </ConfigProvider>
  );
}
