import { Button, Card, Empty, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useSupplierForms, type Part } from "../place";
import { Goods } from "../today/columns";

/** What is picked and waits for the packing table, for whoever has no list to scan. */
export function ToPack({ open }: { open: (id: number) => void }) {
  const { t } = useTranslation();
  const waiting = api.useQuery("get", "/v1/supplier/fulfilments", { params: { query: { state: "picked" } } }, { refetchInterval: 10_000 });
  const parts = waiting.data?.items ?? [];
  return (
    <Card size="small" title={t("portal.pack.waiting")} loading={waiting.isPending}>
      {parts.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("portal.pack.none")} />
      ) : (
        <ul className="cards">{parts.map((part) => <li key={part.id}><Line part={part} open={open} /></li>)}</ul>
      )}
    </Card>
  );
}

function Line({ part, open }: { part: Part; open: (id: number) => void }) {
  const { t } = useTranslation();
  const forms = useSupplierForms();
  return (
    <Flex justify="space-between" align="center" gap="small" wrap>
      <span><strong>#{part.id}</strong> {part.ship_by && <small className="secondary">{t("orders.ship_by")} {forms.instant(part.ship_by)}</small>}</span>
      <span className="grows"><Goods part={part} /></span>
      <Button onClick={() => open(part.id)} aria-label={t("portal.pack.one", { id: part.id })}>{t("portal.pack.go")}</Button>
    </Flex>
  );
}
