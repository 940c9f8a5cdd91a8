import { Badge, Flex, Typography } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Rows } from "../../pieces/Rows";
import { ofBoth, useWords } from "../../texts/use";
import { useSupplierNames } from "../supplier_names";
import { useDeskForms } from "../zone";

type Blocker = Schemas["BlockerOut"];

/** What stands in the way of an exit, and who can clear it. */
export function Blockers({ rows }: { rows: readonly Blocker[] }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const supplierName = useSupplierNames();
  const about = ({ object }: Blocker) =>
    [
      object["order_id"] !== undefined && t("home.order", { id: Number(object["order_id"]) }),
      object["sku"],
      object["supplier_id"] !== undefined && supplierName(Number(object["supplier_id"])),
    ].filter(Boolean).join(" · ");
  return (
    <Rows<Blocker, string>
      rows={rows}
      rowKey={(row) => `${row.code}-${String(row.object["kind"])}-${String(row.object["id"])}`}
      empty={t("desk.no_blockers")}
      width={620}
      columns={[
        {
          title: t("exit.blockers"),
          render: (_, row) => (
            <Flex vertical>
              <Badge status={row.blocking ? "error" : "default"} text={word("blocker", row.code)} />
              <Typography.Text type="secondary">{about(row)}</Typography.Text>
            </Flex>
          ),
        },
        { title: t("desk.who_clears"), render: (_, row) => t(`desk.owner_${row.owner}`) },
        { title: t("desk.since"), render: (_, row) => forms.instant(row.since) },
        { title: t("desk.expected"), render: (_, row) => forms.day(row.expected_on) },
        { title: t("desk.what_clears"), render: (_, row) => ofBoth(row.remedy.text) },
      ]}
    />
  );
}
