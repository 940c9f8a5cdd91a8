import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Flex, Input } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../api/client";
import { CursorTable } from "../pieces/CursorTable";
import { Page } from "../pieces/Page";
import { useSay } from "../pieces/say";
import { BY_CURSOR } from "../pieces/paged";
import { useMe } from "../shell/session";
import { useForms, useWords } from "../texts/use";

type Supplier = Schemas["SupplierOut"];
type Decision = Schemas["QualificationDecisionIn"]["decision"];
const NEXT: Record<Supplier["state"], readonly Decision[]> = {
  applied: [],
  under_review: ["qualify", "decline"],
  qualified: ["suspend", "retire"],
  suspended: ["restore", "retire"],
  declined: [],
  retired: [],
};

/** Suppliers and where each stands: qualify, decline, suspend, restore, retire. Source: QUAL-1. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useForms("Asia/Shanghai");
  const may = useMe().places.some(({ party, permissions }) => party === "operator" && permissions.includes("suppliers.write"));
  const suppliers = api.useInfiniteQuery("get", "/v1/suppliers", { params: { query: {} } }, { ...BY_CURSOR, refetchInterval: 30_000 });
  return (
    <Page title={t("menu.desk_suppliers")}>
      <Card size="small">
        <CursorTable
          query={suppliers}
          rowKey={({ id }) => id}
          empty={t("desk.no_suppliers")}
          width={720}
          columns={[
          { title: t("desk.name"), dataIndex: "name" },
          { title: t("desk.kind"), render: (_, row) => word("supplier_kind", row.kind) },
          { title: t("orders.state"), render: (_, row) => word("supplier", row.state) },
          { title: t("desk.applied"), render: (_, row) => forms.instant(row.applied_at) },
          { title: t("desk.decided"), render: (_, row) => forms.instant(row.decided_at) },
          { title: t("suppliers.acts"), render: (_, row) => may && <Decisions supplier={row} /> },
          ]}
        />
      </Card>
    </Page>
  );
}

function Decisions({ supplier }: { supplier: Supplier }) {
  const { t } = useTranslation();
  const word = useWords();
  const say = useSay();
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const decide = api.useMutation("post", "/v1/suppliers/{supplier_id}/decision", {
    onError: say.failed,
    onSuccess: () => queries.invalidateQueries(),
  });
  const ask = async (decision: Decision) => {
    let note = "";
    const sure = await modal.confirm({
      title: t("desk.decision_sure", { decision: word("decision", decision), name: supplier.name }),
      content: <Input.TextArea aria-label={t("exit.note")} placeholder={t("exit.note")} rows={2} maxLength={2000} onChange={(event) => void (note = event.target.value)} />,
    });
    if (sure) decide.mutate({ params: { path: { supplier_id: supplier.id } }, body: { decision, note } });
  };
  return (
    <Flex gap="small" wrap>
      {NEXT[supplier.state].map((decision) => (
        <Button key={decision} size="small" loading={decide.isPending} onClick={() => void ask(decision)}>{word("decision", decision)}</Button>
      ))}
    </Flex>
  );
}
