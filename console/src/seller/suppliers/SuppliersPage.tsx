import { Badge, Button, Card, Flex, Select, type TableColumnsType } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Page } from "../../pieces/Page";
import { PaperButton } from "../../pieces/PaperButton";
import { useSay } from "../../pieces/say";
import { BY_CURSOR } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import { useSupplierNames } from "../supplier_names";
import { EndBinding } from "./EndBinding";
import { LetterButton } from "./LetterButton";

type Binding = Schemas["BindingOut"];
const STATUS = { offered: "processing", active: "success", ending: "warning", ended: "default" } as const;

export function Component() {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const bindings = api.useInfiniteQuery(
    "get",
    "/v1/shops/{shop_id}/bindings",
    { params: { path: { shop_id: shop.id }, query: {} } },
    { ...BY_CURSOR, refetchInterval: 15_000 },
  );
  return (
    <Page title={t("menu.suppliers")} hint={t("suppliers.hint")} actions={may("bindings.write") && <Offer />}>
      <Card size="small">
        <CursorTable query={bindings} columns={useColumns()} rowKey={({ id }) => id} empty={t("suppliers.none")} width={640} />
      </Card>
    </Page>
  );
}

function useColumns(): TableColumnsType<Binding> {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const supplierName = useSupplierNames();
  const shop = useShop();
  const may = useMay();
  return [
    { title: t("orders.supplier"), render: (_, row) => supplierName(row.supplier_id) },
    { title: t("orders.state"), render: (_, row) => <Badge status={STATUS[row.state]} text={word("binding", row.state)} /> },
    { title: t("suppliers.since"), render: (_, row) => forms.instant(row.accepted_at ?? row.offered_at) },
    { title: t("suppliers.ended"), render: (_, row) => forms.instant(row.ended_at) },
    {
      title: t("suppliers.acts"),
      render: (_, row) => {
        if (row.state === "active" && may("bindings.write")) return <EndBinding binding_id={row.id} />;
        if (row.letter_id === null) return null;
        if (row.state === "ending") return <Flex gap="small" wrap><LetterButton letter_id={row.letter_id} /><TakeBack binding_id={row.id} /></Flex>;
        return <PaperButton path={`/v1/shops/${shop.id}/letters/${row.letter_id}.pdf`} title={t("suppliers.letter")} />;
      },
    },
  ];
}

function TakeBack({ binding_id }: { binding_id: number }) {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const say = useSay();
  const queries = useQueryClient();
  const back = api.useMutation("delete", "/v1/shops/{shop_id}/bindings/{binding_id}/end", {
    onError: say.failed,
    onSuccess: () => queries.invalidateQueries(),
  });
  if (!may("bindings.write")) return null;
  return (
    <Button size="small" loading={back.isPending} onClick={() => back.mutate({ params: { path: { shop_id: shop.id, binding_id } } })}>
      {t("suppliers.take_back")}
    </Button>
  );
}

/** Offers a binding to a supplier that passed the platform's qualification. */
function Offer() {
  const { t } = useTranslation();
  const shop = useShop();
  const say = useSay();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<number>();
  const suppliers = api.useQuery("get", "/v1/suppliers", { params: { query: { limit: 200 } } }, { staleTime: 300_000 });
  const offer = api.useMutation("post", "/v1/shops/{shop_id}/bindings", {
    onError: say.failed,
    onSuccess: async () => {
      say.done(t("suppliers.offered"));
      setChosen(undefined);
      await queries.invalidateQueries();
    },
  });
  const options = suppliers.data?.items.filter(({ state }) => state === "qualified").map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Flex gap="small">
      <Select aria-label={t("orders.supplier")} placeholder={t("suppliers.choose")} value={chosen} options={options} onChange={setChosen} style={{ width: 160 }} />
      <Button
        type="primary"
        disabled={chosen === undefined}
        loading={offer.isPending}
        onClick={() => chosen !== undefined && offer.mutate({ params: { path: { shop_id: shop.id } }, body: { supplier_id: chosen } })}
      >
        {t("suppliers.offer")}
      </Button>
    </Flex>
  );
}
