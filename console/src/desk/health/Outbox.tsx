import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { BY_CURSOR } from "../../pieces/paged";
import { TabRow } from "../../pieces/TabRow";
import { useAddress } from "../address";
import { useDeskForms } from "../zone";

/** Letters that wait to be sent, and those that were given up, with what the other side said. */
export function Outbox() {
  const { t } = useTranslation();
  const forms = useDeskForms();
  const [said, say] = useAddress();
  const state = said("letters") === "given_up" ? "given_up" : "waiting";
  const messages = api.useInfiniteQuery("get", "/v1/outbox", { params: { query: { state } } }, { ...BY_CURSOR, refetchInterval: 30_000 });
  return (
    <>
      <TabRow active={state} items={[{ key: "waiting", label: t("desk.outbox_failing") }, { key: "given_up", label: t("desk.outbox_given_up") }]} onChange={(key) => say({ letters: key })} />
      <CursorTable
        query={messages}
        rowKey={({ id }) => id}
        empty={t("desk.no_messages")}
        width={640}
        columns={[
          { title: t("exit.at"), render: (_, row) => forms.instant(row.at) },
          { title: t("desk.message"), dataIndex: "subject" },
          { title: t("desk.tries"), dataIndex: "tries", align: "end" },
          { title: t("desk.trouble"), render: (_, row) => row.said ?? "–" },
        ]}
      />
    </>
  );
}
