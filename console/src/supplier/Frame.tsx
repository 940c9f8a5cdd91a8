import { ApiOutlined, AppstoreOutlined, BarcodeOutlined, BellOutlined, CarryOutOutlined, ClockCircleOutlined, DisconnectOutlined, InboxOutlined, LinkOutlined, MessageOutlined, RollbackOutlined, TeamOutlined, TruckOutlined, WalletOutlined } from "@ant-design/icons";
import { Badge, ConfigProvider } from "antd";
import { useTranslation } from "react-i18next";
import { Navigate, useParams } from "react-router";
import { actFor, api } from "../api/client";
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
    { page: "/returns", icon: <RollbackOutlined aria-hidden />, label: t("portal.menu.returns"), permission: "returns.read" },
    { page: "/notices", icon: <BellOutlined aria-hidden />, label: <NoticesLabel />, permission: "notices.read" },
    { page: "/disputes", icon: <MessageOutlined aria-hidden />, label: t("portal.menu.disputes"), permission: "disputes.read" },
    { page: "/money", icon: <WalletOutlined aria-hidden />, label: t("portal.menu.money"), permission: "charges.read" },
    { page: "/shops", icon: <LinkOutlined aria-hidden />, label: t("portal.menu.shops"), permission: "bindings.read" },
    { page: "/parting", icon: <DisconnectOutlined aria-hidden />, label: t("portal.menu.parting"), permission: "letters.read" },
    { page: "/hours", icon: <ClockCircleOutlined aria-hidden />, label: t("portal.menu.hours"), permission: "suppliers.read" },
    { page: "/pushes", icon: <ApiOutlined aria-hidden />, label: t("portal.menu.pushes"), permission: "suppliers.read" },
    { page: "/people", icon: <TeamOutlined aria-hidden />, label: t("portal.menu.people") },
  ];
  const items = pages
    .filter(({ permission }) => permission === undefined || place.permissions.includes(permission))
    .map(({ page, icon, label }) => ({ key: `/supplier/${id}${page}`, icon, label }));
  return (
    <ConfigProvider theme={TOUCH} button={{ autoInsertSpace: false }}>
      <Shell key={id} title={t("shell.supplier")} items={items} extra={<strong>{place.name}</strong>} />
    </ConfigProvider>
  );
}

/** Whether there is something that nobody has read: a dot beside the word. */
function NoticesLabel() {
  const { t } = useTranslation();
  const unread = api.useQuery("get", "/v1/supplier/notices", { params: { query: { unread: true, limit: 1 } } }, { refetchInterval: 60_000 });
  const some = (unread.data?.items.length ?? 0) > 0;
  return <Badge dot={some} offset={[8, 0]}><span>{t("portal.menu.notices")}</span></Badge>;
}
