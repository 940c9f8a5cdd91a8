import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { BY_CURSOR } from "../../pieces/paged";
import { useTold } from "../../pieces/told";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";

export function Invitations() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  const may = useMay()("people.write");
  const found = api.useInfiniteQuery("get", "/v1/shops/{shop_id}/invitations", { params: { path: { shop_id: shop.id }, query: {} } }, BY_CURSOR);
  const withdraw = api.useMutation("delete", "/v1/shops/{shop_id}/invitations/{invitation_id}", useTold());
  return (
    <CursorTable
      query={found}
      rowKey={({ id }) => id}
      empty={t("people.no_invitations")}
      width={620}
      columns={[
        { title: t("people.email"), render: (_, row) => row.email ?? "–" },
        { title: t("people.role"), render: (_, row) => word("role", row.role) },
        { title: t("people.sent"), render: (_, row) => forms.instant(row.made_at) },
        { title: t("people.ends"), render: (_, row) => forms.instant(row.expires_at) },
        {
          title: t("suppliers.acts"),
          render: (_, row) =>
            may && (
              <Button autoInsertSpace={false} size="small" aria-label={`${t("people.withdraw")}: ${row.email ?? row.id}`} onClick={() => withdraw.mutate({ params: { path: { shop_id: shop.id, invitation_id: row.id } } })}>
                {t("people.withdraw")}
              </Button>
            ),
        },
      ]}
    />
  );
}
