/** The frame of every place: its name, its navigation, who is here, and the page inside. */
import { LogoutOutlined, MenuOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Drawer, Flex, Grid, Layout, Menu, type MenuProps } from "antd";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Link, Outlet, useLocation, useNavigate } from "react-router";
import { api } from "../api/client";
import { BusinessTime } from "../pieces/BusinessTime";
import icon from "./icon.svg";
import { LanguageSwitch } from "./LanguageSwitch";
import { useMe } from "./session";
import { PlaceSwitch } from "./PlaceSwitch";

interface Props {
  title: string;
  /** Items whose key is the address that they lead to. */
  items: MenuProps["items"];
  extra?: React.ReactNode;
}

export function Shell({ title, items, extra }: Props) {
  const { t } = useTranslation();
  const wide = Grid.useBreakpoint().lg ?? true;
  const [open, setOpen] = useState(false);
  useFocusOnPage();
  const menu = <Navigation items={items} onGo={() => setOpen(false)} />;
  return (
    <Layout style={{ minHeight: "100vh" }}>
      <a href="#page" className="skip">{t("shell.skip")}</a>
      <Layout.Header style={{ position: "sticky", top: 0, zIndex: 20, borderBottom: "1px solid #e7e5e4", height: "auto", lineHeight: "normal" }}>
        <Flex align="center" gap="small" wrap style={{ minHeight: 56, paddingBlock: 8 }}>
          {!wide && <Button type="text" icon={<MenuOutlined aria-hidden />} aria-label={t("shell.menu")} onClick={() => setOpen(true)} />}
          <Link to="/" className="brand">
            <img src={icon} alt="" width={26} height={26} />
            <strong>{title}</strong>
          </Link>
          {extra}
          <Flex align="center" gap="small" style={{ marginInlineStart: "auto" }}>
            {wide && <BusinessTime />}
            <Person />
          </Flex>
        </Flex>
      </Layout.Header>
      <Layout>
        {wide ? (
          <Layout.Sider width={216} style={{ borderInlineEnd: "1px solid #e7e5e4", paddingBlock: 8 }}>{menu}</Layout.Sider>
        ) : (
          <Drawer open={open} onClose={() => setOpen(false)} placement="left" size={280} title={title} styles={{ body: { padding: 8 } }}>{menu}</Drawer>
        )}
        <Layout.Content id="page" tabIndex={-1} style={{ padding: wide ? 24 : 12, minWidth: 0 }}>
          <Offline />
          <Outlet />
        </Layout.Content>
      </Layout>
    </Layout>
  );
}

/** Whoever goes to another page by keys, or hears it read, begins at its start. */
function useFocusOnPage(): void {
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current !== pathname) document.getElementById("page")?.focus();
    before.current = pathname;
  }, [pathname]);
}

function Navigation({ items, onGo }: { items: MenuProps["items"]; onGo: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const groups = (items ?? []).map((each) => String(each?.key));
  const go = (address: string) => {
    void navigate(address);
    onGo();
  };
  return (
    <nav aria-label={t("shell.navigation")}>
      <Menu mode="inline" items={items} selectedKeys={[pathname]} defaultOpenKeys={groups} onClick={({ key }) => go(key)} style={{ borderInlineEnd: 0 }} />
    </nav>
  );
}

function Person() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const me = useMe();
  const wide = Grid.useBreakpoint().md ?? true;
  const keep = api.useMutation("put", "/v1/me");
  const signOut = api.useMutation("post", "/v1/sign_out", { onSettled: () => queries.resetQueries() });
  return (
    <Flex align="center" gap="small">
      <LanguageSwitch onChoice={(locale) => keep.mutate({ body: { locale, name: me.name } })} />
      <PlaceSwitch />
      {wide && <span>{me.name}</span>}
      <Button type="text" icon={<LogoutOutlined aria-hidden />} aria-label={t("shell.sign_out")} title={t("shell.sign_out")} loading={signOut.isPending} onClick={() => signOut.mutate({})} />
    </Flex>
  );
}

function Offline() {
  const { t } = useTranslation();
  const online = useSyncExternalStore(listen, () => navigator.onLine);
  return online ? null : <Alert banner type="warning" showIcon title={t("failure.offline")} style={{ marginBottom: 16 }} role="status" />;
}

function listen(told: () => void): () => void {
  window.addEventListener("online", told);
  window.addEventListener("offline", told);
  return () => {
    window.removeEventListener("online", told);
    window.removeEventListener("offline", told);
  };
}
