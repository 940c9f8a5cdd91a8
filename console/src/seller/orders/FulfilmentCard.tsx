import { useQueryClient } from "@tanstack/react-query";
import { Badge, Button, Card, Flex, Popconfirm, Steps } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useSay } from "../../pieces/say";
import { Flags } from "../../pieces/states";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import { useSupplierNames } from "../supplier_names";
import { Parcel } from "./Parcel";
import { remediable, REMEDIES, type Remedy } from "./remedies";

type Part = Schemas["FulfilmentOut"];
const STATUS: Readonly<Record<string, "success" | "default" | "error">> = { delivered: "success", completed: "success", cancelled: "default", returned: "default", rejected: "error", lost: "error" };

/** A fulfilment: how far it has come, its parcels, and what a person may do about it. */
export function FulfilmentCard({ part }: { part: Part }) {
  const { t } = useTranslation();
  const word = useWords();
  const supplierName = useSupplierNames();
  const who = part.supplier_id === null ? t("orders.local") : supplierName(part.supplier_id);
  return (
    <Card size="small" title={t("orders.part", { id: part.id, who })} extra={word("mode", part.mode)}>
      <Flex vertical gap="middle">
        <Flex gap="small" wrap><Badge status={STATUS[part.state] ?? "processing"} text={word("state", part.state)} /><Flags flags={part.flags} /></Flex>
        <Way part={part} />
        {part.parcels.map((parcel) => <Parcel key={parcel.id} parcel={parcel} />)}
        <Remedies part={part} />
      </Flex>
    </Card>
  );
}

/** The way from reservation to delivery, with the instant of each step that was taken. */
function Way({ part }: { part: Part }) {
  const word = useWords();
  const forms = useShopForms();
  const steps = [
    ["reserved", part.reserved_at],
    ["pushed", part.pushed_at],
    ["accepted", part.accepted_at],
    ["labelled", part.labelled_at],
    ["shipped", part.shipped_at],
    ["delivered", part.delivered_at],
  ] as const;
  const taken = steps.filter(([, at]) => at !== null).length;
  const items = steps.map(([state, at]) => ({ title: word("state", state), content: at ? forms.instant(at) : undefined }));
  return <Steps size="small" type="dot" responsive current={Math.max(0, taken - 1)} items={items} titlePlacement="vertical" />;
}

function Remedies({ part }: { part: Part }) {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const may = useMay();
  const say = useSay();
  const queries = useQueryClient();
  const remedy = api.useMutation("post", "/v1/shops/{shop_id}/fulfilments/{fulfilment_id}/remedy", {
    onError: say.failed,
    onSuccess: () => queries.invalidateQueries(),
  });
  if (!remediable(part) || !may("fulfilments.write")) return null;
  const choose = async (action: Remedy) => {
    await remedy.mutateAsync({ params: { path: { shop_id: shop.id, fulfilment_id: part.id } }, body: { action } });
    say.done(t("orders.remedied", { action: word("remedy", action) }));
  };
  return (
    <Flex gap="small" wrap role="group" aria-label={t("orders.remedies")}>
      {REMEDIES.map((action) => (
        <Popconfirm key={action} title={t("orders.sure", { action: word("remedy", action), count: 1 })} onConfirm={() => choose(action)}>
          <Button size="small" danger={action === "cancel"} loading={remedy.isPending}>{word("remedy", action)}</Button>
        </Popconfirm>
      ))}
    </Flex>
  );
}
