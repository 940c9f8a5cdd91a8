import { useQueryClient } from "@tanstack/react-query";
import { Badge, Button, Card, Flex, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Page } from "../../pieces/Page";
import { useSay } from "../../pieces/say";
import { BY_CURSOR } from "../../pieces/paged";
import { Carrier, useCarriers } from "../Carrier";
import { useMay, useSupplierForms } from "../place";
import { NoteDrawer } from "./NoteDrawer";

type Note = Schemas["NoteSummary"];

/** 交接单: what leaves by one carrier at once, scanned out at the door and signed for. */
export function Component() {
  const { t } = useTranslation();
  const may = useMay();
  const [search, setSearch] = useSearchParams();
  const open = (id: number | undefined) => setSearch(id ? { note: String(id) } : {});
  const notes = api.useInfiniteQuery("get", "/v1/supplier/handovers", { params: { query: {} } }, { ...BY_CURSOR, refetchInterval: 15_000 });
  return (
    <Page title={t("portal.menu.handovers")} hint={t("portal.handover.hint")}>
      {may("fulfilments.write") && <NewNote open={open} />}
      <Card size="small">
        <CursorTable query={notes} columns={useColumns(open)} rowKey={({ id }) => id} empty={t("portal.handover.none")} width={320} />
      </Card>
      <NoteDrawer note_id={Number(search.get("note")) || undefined} close={() => open(undefined)} />
    </Page>
  );
}

/** A note of all that is labelled for a carrier and stands on no note yet. */
function NewNote({ open }: { open: (id: number) => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const queries = useQueryClient();
  const [carrier, setCarrier] = useState<string>();
  const make = api.useMutation("post", "/v1/supplier/handovers", {
    onError: say.failed,
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries();
      open(id);
    },
  });
  return (
    <Card size="small">
      <Flex gap="small" wrap align="center">
        <Carrier label={t("supplier.carrier")} value={carrier} onChange={setCarrier} />
        <Button type="primary" disabled={carrier === undefined} loading={make.isPending} onClick={() => carrier && make.mutate({ body: { carrier } })}>{t("portal.handover.make")}</Button>
        <span className="secondary">{t("portal.handover.make_hint")}</span>
      </Flex>
    </Card>
  );
}

function useColumns(open: (id: number) => void): TableColumnsType<Note> {
  const { t } = useTranslation();
  const forms = useSupplierForms();
  const { nameOf } = useCarriers();
  return [
    { title: t("portal.handover.number"), render: (_, note) => <Button type="link" onClick={() => open(note.id)} style={{ padding: 0 }}>{note.number}</Button> },
    { title: t("supplier.carrier"), render: (_, note) => nameOf(note.carrier), responsive: ["md"] },
    { title: t("supplier.parcels"), dataIndex: "parcels", align: "end" },
    { title: t("portal.handover.weight"), align: "end", responsive: ["md"], render: (_, note) => t("portal.handover.kg", { kg: forms.number(note.weight_g / 1_000) }) },
    { title: t("portal.handover.made"), responsive: ["md"], render: (_, note) => forms.instant(note.made_at) },
    { title: t("orders.state"), render: (_, note) => <NoteState note={note} /> },
  ];
}

export function NoteState({ note }: { note: Note }) {
  const { t } = useTranslation();
  if (note.collected) return <Badge status="success" text={t("portal.handover.collected", { count: note.counted ?? note.parcels })} />;
  if (note.carrier_late) return <Badge status="error" text={t("portal.handover.carrier_late")} />;
  if (note.signed_at) return <Badge status="success" text={t("portal.handover.signed")} />;
  return <Badge status="warning" text={t(note.scanned_at ? "portal.handover.scanned" : "portal.handover.open")} />;
}
