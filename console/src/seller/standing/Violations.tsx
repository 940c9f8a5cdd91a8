import { Badge, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Due } from "../../pieces/Due";
import { BY_CURSOR } from "../../pieces/paged";
import { useTold } from "../../pieces/told";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";

type Violation = Schemas["ViolationOut"];
const STATUS = { recorded: "warning", appealed: "processing", confirmed: "error", withdrawn: "default" } as const;

export function Violations() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  const may = useMay()("violations.write");
  const [against, setAgainst] = useState<Violation | null>(null);
  const found = api.useInfiniteQuery("get", "/v1/shops/{shop_id}/violations", { params: { path: { shop_id: shop.id }, query: {} } }, BY_CURSOR);
  return (
    <>
      <CursorTable
        query={found}
        rowKey={({ id }) => id}
        empty={t("standing.none")}
        width={860}
        columns={[
          { title: t("standing.what"), render: (_, row) => word("violation", row.kind) },
          { title: t("standing.at"), render: (_, row) => forms.instant(row.at) },
          { title: t("standing.fault"), render: (_, row) => word("at_fault", row.fault) },
          { title: t("standing.order"), render: (_, row) => row.order_id && <Link to={`/seller/${shop.id}/orders?order=${row.order_id}`}>{t("home.order", { id: row.order_id })}</Link> },
          { title: t("orders.state"), render: (_, row) => <Badge status={STATUS[row.state]} text={word("violation_state", row.state)} /> },
          { title: t("standing.decision"), render: (_, row) => row.answer ?? (row.due_at ? <Due at={row.due_at} forms={forms} /> : "–") },
          { title: t("suppliers.acts"), render: (_, row) => may && row.state === "recorded" && <Button size="small" onClick={() => setAgainst(row)}>{t("standing.appeal")}</Button> },
        ]}
      />
      <Appeal against={against} close={() => setAgainst(null)} />
    </>
  );
}

function Appeal({ against, close }: { against: Violation | null; close: () => void }) {
  const { t } = useTranslation();
  const shop = useShop();
  const [form] = Form.useForm<{ text: string }>();
  const appeal = api.useMutation("post", "/v1/shops/{shop_id}/violations/{violation_id}/appeal", useTold(t("standing.sent"), close));
  return (
    <Modal open={against !== null} title={t("standing.appeal")} onCancel={close} onOk={() => form.submit()} confirmLoading={appeal.isPending} destroyOnHidden>
      <Form form={form} layout="vertical" preserve={false} requiredMark={false} onFinish={(body) => against && appeal.mutate({ params: { path: { shop_id: shop.id, violation_id: against.id } }, body })}>
        <Form.Item name="text" label={t("standing.appeal_text")} extra={t("standing.appeal_means")} rules={[{ required: true, message: t("standing.wanted_text") }]}>
          <Input.TextArea rows={4} maxLength={4000} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
