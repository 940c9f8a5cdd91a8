import { Card } from "antd";
import { useTranslation } from "react-i18next";
import type { Part } from "../place";

/** Where it goes, as much as the label needs. */
export function Address({ part: { ship_to } }: { part: Part }) {
  const { t } = useTranslation();
  if (!ship_to) return null;
  const lines = [ship_to.name, ship_to.line1, ship_to.line2, [ship_to.postcode, ship_to.city].filter(Boolean).join(" "), ship_to.region, ship_to.country];
  return (
    <Card size="small" title={t("orders.ship_to")} style={{ marginTop: 16 }}>
      <address style={{ fontStyle: "normal" }}>{lines.filter(Boolean).map((line) => <div key={line}>{line}</div>)}</address>
    </Card>
  );
}
