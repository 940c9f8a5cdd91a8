import { InboxOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { Navigate, useParams } from "react-router";
import { actFor } from "../api/client";
import { Session, useMe } from "../shell/session";
import { Shell } from "../shell/Shell";

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
  const items = [{ key: `/supplier/${id}`, icon: <InboxOutlined aria-hidden />, label: t("menu.fulfilments") }];
  return <Shell key={id} title={t("shell.supplier")} items={items} extra={<strong>{place.name}</strong>} />;
}
