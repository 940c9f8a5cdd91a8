import { Flex } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Rows } from "../../pieces/Rows";
import { SaveButton } from "../../pieces/SaveButton";
import { useOpenWords } from "../../texts/use";
import { useDeskForms } from "../zone";

/** The documents that a supplier has shown, each to be fetched as it was handed in. */
export function Documents({ supplier_id }: { supplier_id: number }) {
  const { t } = useTranslation();
  const word = useOpenWords();
  const forms = useDeskForms();
  const documents = api.useQuery("get", "/v1/suppliers/{supplier_id}/documents", { params: { path: { supplier_id } } });
  if (documents.error) return <Failure error={documents.error} retry={() => void documents.refetch()} />;
  return (
    <Rows
      rows={documents.data?.items ?? []}
      rowKey={({ id }) => id}
      pending={documents.isPending}
      empty={t("desk.no_documents")}
      width={620}
      columns={[
        { title: t("desk.kind"), render: (_, row) => word("document", row.kind) },
        { title: t("desk.number"), render: (_, row) => row.number ?? "–" },
        { title: t("desk.valid_until"), render: (_, row) => forms.day(row.valid_until) },
        { title: t("desk.added"), render: (_, row) => forms.instant(row.added_at) },
        {
          title: t("suppliers.acts"),
          render: (_, row) => <Flex><SaveButton path={`/v1/suppliers/${supplier_id}/documents/${row.id}/file`} name={`supplier-${supplier_id}-document-${row.id}`} label={t("list.save")} /></Flex>,
        },
      ]}
    />
  );
}
