import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { CursorTable } from "../pieces/CursorTable";
import { useTold } from "../pieces/told";
import { useWords } from "../texts/use";
import { BY_PAGES, useParty } from "./party";

export function Invitations() {
  const { t } = useTranslation();
  const word = useWords();
  const party = useParty();
  const { forms } = party;
  const may = party.may("people.write");
  const found = useInfiniteQuery({ queryKey: [party.key, "invitations"], queryFn: ({ pageParam }) => party.invitations(pageParam), ...BY_PAGES });
  const withdraw = useMutation({ mutationFn: party.withdraw, ...useTold() });
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
              <Button autoInsertSpace={false} size="small" aria-label={`${t("people.withdraw")}: ${row.email ?? row.id}`} onClick={() => withdraw.mutate(row.id)}>
                {t("people.withdraw")}
              </Button>
            ),
        },
      ]}
    />
  );
}
