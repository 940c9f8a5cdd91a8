import { Badge, Descriptions, Drawer, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { Due } from "../../pieces/Due";
import { Failure } from "../../pieces/Failure";
import { Waiting } from "../../pieces/Waiting";
import { useWords } from "../../texts/use";
import { useMay, useSupplierForms } from "../place";
import { useShopNames } from "../shop_names";
import { Answer } from "./Answer";
import { Appeal } from "./Appeal";
import { STATUS } from "./DisputesPage";
import { Exhibits } from "./Exhibits";
import { Verdicts } from "./Verdicts";

export type Case = Schemas["CaseOut"];

/** One case from the side: what is claimed, what was shown, what this supplier says to it, and what was decided. */
export function CaseDrawer({ dispute_id, close }: { dispute_id: number | undefined; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer open={dispute_id !== undefined} onClose={close} size="min(720px, 100vw)" title={t("portal.disputes.case", { id: dispute_id ?? "" })} closable={{ "aria-label": t("list.close") }} destroyOnHidden>
      {dispute_id !== undefined && <Inside dispute_id={dispute_id} />}
    </Drawer>
  );
}

function Inside({ dispute_id }: { dispute_id: number }) {
  const may = useMay();
  const found = api.useQuery("get", "/v1/disputes/{dispute_id}", { params: { path: { dispute_id } } }, { refetchInterval: 15_000 });
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.isPending) return <Waiting />;
  const own = found.data;
  const undecided = own.state === "opened" || own.state === "evidence";
  return (
    <Flex vertical gap="large">
      <Facts own={own} />
      <Exhibits own={own} />
      {undecided && may("disputes.write") && <Answer own={own} />}
      <Verdicts own={own} />
      {own.state === "decided" && own.appealed_at === null && may("disputes.write") && <Appeal own={own} />}
    </Flex>
  );
}

function Facts({ own }: { own: Case }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useSupplierForms();
  const shopName = useShopNames();
  const said = own.answers.find(({ party }) => party === "supplier");
  const items = [
    { label: t("portal.disputes.shop"), children: shopName(own.shop_id) },
    { label: t("orders.state"), children: <Badge status={STATUS[own.state]} text={word("dispute_state", own.state)} /> },
    { label: t("supplier.part"), children: own.fulfilment_id ? `#${own.fulfilment_id}` : "–" },
    { label: t("supplier.waybill"), children: own.waybills.join(", ") || "–" },
    { label: t("portal.disputes.cause"), children: word("fault", own.cause) },
    { label: t("portal.disputes.claim"), children: forms.money(own.claim) },
    { label: t("home.due"), children: <Due at={own.due_at} forms={forms} /> },
    { label: t("portal.disputes.opened"), children: forms.instant(own.opened_at) },
    { label: t("portal.disputes.liable"), children: `${own.liability.payer ? word("payer", own.liability.payer) : t("portal.disputes.undecided")} · ${own.liability.clause}${own.liability.cap ? ` · ${t("portal.disputes.cap", { money: forms.money(own.liability.cap) })}` : ""}`, span: "filled" as const },
    ...(own.text ? [{ label: t("portal.disputes.text"), children: own.text, span: "filled" as const }] : []),
    ...(said ? [{ label: t("portal.disputes.said"), children: [word("answer", said.answer), said.text].filter(Boolean).join(" · "), span: "filled" as const }] : []),
  ];
  return <Descriptions size="small" bordered column={{ xs: 1, sm: 2 }} items={items} />;
}
