import { BarChartOutlined, HomeOutlined, LogoutOutlined, SafetyOutlined, ShoppingOutlined, StarOutlined, TeamOutlined, TruckOutlined, WalletOutlined } from "@ant-design/icons";
import { Select, type MenuProps } from "antd";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import { actFor } from "../api/client";
import { Session } from "../shell/session";
import { Shell } from "../shell/Shell";
import { useShopPlaces } from "./shops";

export function Component() {
  return (
    <Session>
      <SellerCentre />
    </Session>
  );
}

function SellerCentre() {
  actFor("");
  const { t } = useTranslation();
  const { shop, places } = useShopInMind();
  const allowed = places.find((place) => place.party_id === shop)?.permissions ?? [];
  const at = (page: string) => `/seller/${shop}/${page}`;
  const item = (page: string, label: string) => ({ key: at(page), label });
  const items: MenuProps["items"] = [
    { key: "/seller", icon: <HomeOutlined aria-hidden />, label: t("menu.home") },
    {
      key: "logistics",
      icon: <TruckOutlined aria-hidden />,
      label: t("menu.logistics"),
      children: [
        item("plan", t("menu.plan")),
        {
          key: "jit",
          type: "group",
          label: t("menu.jit"),
          children: [
            item("orders", t("menu.orders")),
            item("suppliers", t("menu.suppliers")),
            item("mappings", t("menu.mappings")),
            item("settings", t("menu.settings")),
            item("news", t("menu.news")),
          ],
        },
      ],
    },
    { ...item("products", t("menu.products")), icon: <ShoppingOutlined aria-hidden /> },
    ...(allowed.includes("funds.read") ? [{ ...item("funds", t("menu.funds")), icon: <WalletOutlined aria-hidden /> }] : []),
    { ...item("disputes", t("menu.disputes")), icon: <SafetyOutlined aria-hidden /> },
    { ...item("insights", t("menu.insights")), icon: <BarChartOutlined aria-hidden /> },
    { ...item("standing", t("menu.standing")), icon: <StarOutlined aria-hidden /> },
    { ...item("people", t("menu.people")), icon: <TeamOutlined aria-hidden /> },
    { ...item("leaving", t("menu.leaving")), icon: <LogoutOutlined aria-hidden /> },
  ];
  return <Shell title={t("shell.seller")} items={items} extra={<ShopSwitch />} />;
}

/** The shop of the address, or, on the page of all shops, the first. */
function useShopInMind() {
  const places = useShopPlaces();
  const named = /^\/seller\/(\d+)/.exec(useLocation().pathname)?.[1];
  return { shop: named ? Number(named) : (places[0]?.party_id ?? 0), named: named !== undefined, places };
}

function ShopSwitch() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { shop, named, places } = useShopInMind();
  const options = places.map(({ party_id, name }) => ({ value: party_id ?? 0, label: name }));
  const go = (chosen: number) => {
    const page = named ? pathname.split("/").slice(3).join("/") : "orders";
    void navigate(`/seller/${chosen}/${page}`);
  };
  return (
    <Select
      aria-label={t("shell.shop")}
      options={options}
      value={named ? shop : undefined}
      placeholder={t("shell.all_shops")}
      onChange={go}
      style={{ minWidth: 140 }}
    />
  );
}
