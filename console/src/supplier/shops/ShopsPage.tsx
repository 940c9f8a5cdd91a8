import { useQueryClient } from "@tanstack/react-query";
import { Badge, Button, Card, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Page } from "../../pieces/Page";
import { PaperButton } from "../../pieces/PaperButton";
import { useSay } from "../../pieces/say";
import { BY_CURSOR } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useMay, useSupplierForms } from "../place";

type Binding = Schemas["SupplierBindingOut"];
const STATUS = { offered: "warning", active: "success", ending: "processing", ended: "default" } as const;

/** The shops that this supplier serves, those that ask for it, and the letters that ended it. */
export function Component() {
  const { t } = useTranslation();
  const bindings = api.useInfiniteQuery("get", "/v1/supplier/bindings", { params: { query: {} } }, { ...BY_CURSOR, refetchInterval: 30_000 });
  return (
    <Page title={t("portal.menu.shops")} hint={t("portal.shops.hint")}>
      <Card size="small">
        <CursorTable query={bindings} columns={useColumns()} rowKey={({ id }) => id} empty={t("portal.shops.none")} width={320} />
      </Card>
    </Page>
  );
}

function useColumns(): TableColumnsType<Binding> {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useSupplierForms();
  const say = useSay();
  const may = useMay();
  const queries = useQueryClient();
  const accept = api.useMutation("post", "/v1/supplier/bindings/{binding_id}/accept", { onError: say.failed, onSuccess: () => queries.invalidateQueries() });
  return [
    { title: t("portal.disputes.shop"), render: (_, row) => row.shop_name ?? t("portal.shop", { id: row.shop_id }) },
    { title: t("orders.state"), render: (_, row) => <Badge status={STATUS[row.state]} text={word("binding", row.state)} /> },
    { title: t("portal.shops.offered"), responsive: ["md"], render: (_, row) => forms.instant(row.offered_at) },
    { title: t("portal.shops.since"), responsive: ["md"], render: (_, row) => forms.instant(row.accepted_at) },
    { title: t("portal.shops.ended"), responsive: ["md"], render: (_, row) => forms.instant(row.ended_at) },
    {
      title: t("suppliers.acts"),
      render: (_, row) => (
        <>
          {row.state === "offered" && may("bindings.write") && <Button type="primary" loading={accept.isPending} onClick={() => accept.mutate({ params: { path: { binding_id: row.id } } })}>{t("portal.shops.accept")}</Button>}
          {row.letter_id !== null && may("letters.read") && <PaperButton path={`/v1/supplier/letters/${row.letter_id}.pdf`} title={t("portal.shops.letter")} />}
        </>
      ),
    },
  ];
}
