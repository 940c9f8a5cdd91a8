import { useQueryClient } from "@tanstack/react-query";
import { Badge, Button, Card, DatePicker, Flex, type TableColumnsType } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { useSay } from "../../pieces/say";
import { BY_CURSOR } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useMay, useSupplierForms } from "../place";

type Push = Schemas["PushOut"];

/** Every push with its tries, the newest first; one of them, or all of a window, is sent once more under the same id. */
export function Pushes() {
  const { t } = useTranslation();
  const pushes = api.useInfiniteQuery("get", "/v1/supplier/pushes", { params: { query: {} } }, { ...BY_CURSOR, refetchInterval: 15_000 });
  const may = useMay();
  return (
    <Card size="small" title={t("portal.pushes.log")}>
      <Flex vertical gap="middle">
        {may("fulfilments.write") && <Window />}
        <CursorTable query={pushes} columns={useColumns()} rowKey={({ id }) => id} empty={t("portal.pushes.none")} width={320} />
      </Flex>
    </Card>
  );
}

function Window() {
  const { t } = useTranslation();
  const say = useSay();
  const queries = useQueryClient();
  const [span, setSpan] = useState<readonly [Dayjs, Dayjs]>();
  const replay = api.useMutation("post", "/v1/supplier/pushes/replay", {
    onError: say.failed,
    onSuccess: async ({ replayed }) => {
      say.done(t("portal.pushes.replayed", { count: replayed }));
      await queries.invalidateQueries();
    },
  });
  return (
    <Flex gap="small" wrap>
      <DatePicker.RangePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" aria-label={t("portal.pushes.window")} onChange={(both) => setSpan(both?.[0] && both[1] ? [both[0], both[1]] : undefined)} />
      <Button disabled={span === undefined} loading={replay.isPending} onClick={() => span && replay.mutate({ body: { from: span[0].toISOString(), until: span[1].toISOString() } })}>{t("portal.pushes.replay_window")}</Button>
    </Flex>
  );
}

function useColumns(): TableColumnsType<Push> {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useSupplierForms();
  const say = useSay();
  const may = useMay();
  const queries = useQueryClient();
  const replay = api.useMutation("post", "/v1/supplier/pushes/{push_id}/replay", {
    onError: say.failed,
    onSuccess: async () => {
      say.done(t("portal.pushes.replayed", { count: 1 }));
      await queries.invalidateQueries();
    },
  });
  return [
    { title: t("portal.pushes.what"), render: (_, push) => <Flex vertical><span>{word("push", push.kind)}</span><small className="secondary">#{push.fulfilment_id} · {push.message_id}</small></Flex> },
    { title: t("portal.pushes.made"), responsive: ["md"], render: (_, push) => forms.moment(push.created_at) },
    { title: t("orders.state"), render: (_, push) => <PushState push={push} /> },
    { title: t("portal.pushes.tries"), responsive: ["md"], render: (_, push) => <Tries push={push} /> },
    ...(may("fulfilments.write")
      ? [{ title: t("suppliers.acts"), render: (_: unknown, push: Push) => <Button loading={replay.isPending} aria-label={t("portal.pushes.replay_of", { id: push.id })} onClick={() => replay.mutate({ params: { path: { push_id: push.id } } })}>{t("portal.pushes.replay")}</Button> }]
      : []),
  ];
}

function PushState({ push }: { push: Push }) {
  const { t } = useTranslation();
  const forms = useSupplierForms();
  if (push.delivered_at) return <Badge status="success" text={t("portal.pushes.delivered", { at: forms.moment(push.delivered_at) })} />;
  if (push.due_at) return <Badge status="warning" text={t("portal.pushes.next", { at: forms.moment(push.due_at) })} />;
  return <Badge status="default" text={t("portal.pushes.over")} />;
}

/** The last try says how it fares: the status that came, how long it took, and what was said. */
function Tries({ push: { tries } }: { push: Push }) {
  const { t } = useTranslation();
  const last = tries?.at(-1);
  if (tries === undefined || last === undefined) return "–";
  return (
    <Flex vertical>
      <span>{t("portal.pushes.try", { count: tries.length, status: last.status ?? "–", ms: last.latency_ms })}</span>
      {(last.status ?? 0) >= 300 || last.status === null ? <small className="secondary">{last.excerpt}</small> : null}
    </Flex>
  );
}
