import { DownloadOutlined, FilePdfOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Descriptions, Drawer, Flex, Progress, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { saveFile } from "../../api/download";
import { Failure } from "../../pieces/Failure";
import { PaperButton } from "../../pieces/PaperButton";
import { useSay } from "../../pieces/say";
import { Waiting } from "../../pieces/Waiting";
import { Wide } from "../../pieces/Wide";
import { useCarriers } from "../Carrier";
import { useMay, useSupplierForms } from "../place";
import { ScanField } from "../ScanField";
import { sound } from "../sound";
import { NoteState } from "./HandoversPage";
import { Sign } from "./Sign";

type Note = Schemas["NoteOut"];

/** One note from the side: its parcels are scanned out, then both sides sign. */
export function NoteDrawer({ note_id, close }: { note_id: number | undefined; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer open={note_id !== undefined} onClose={close} size="min(720px, 100vw)" title={t("portal.menu.handovers")} closable={{ "aria-label": t("list.close") }} destroyOnHidden>
      {note_id !== undefined && <Inside note_id={note_id} />}
    </Drawer>
  );
}

function Inside({ note_id }: { note_id: number }) {
  const { t } = useTranslation();
  const may = useMay();
  const { nameOf } = useCarriers();
  const say = useSay();
  const forms = useSupplierForms();
  const note = api.useQuery("get", "/v1/supplier/handovers/{note_id}", { params: { path: { note_id } } }, { refetchInterval: 15_000 });
  if (note.error) return <Failure error={note.error} retry={() => void note.refetch()} />;
  if (note.isPending) return <Waiting />;
  const { data } = note;
  const open = data.signed_at === null && may("fulfilments.write");
  const items = [
    { label: t("portal.handover.number"), children: data.number },
    { label: t("orders.state"), children: <NoteState note={data} /> },
    { label: t("supplier.carrier"), children: nameOf(data.carrier) },
    { label: t("portal.handover.weight"), children: t("portal.handover.kg", { kg: forms.number(data.weight_g / 1_000) }) },
    ...data.signatures.map((each) => ({ label: t(each.role === "driver" ? "portal.handover.driver" : "portal.handover.warehouse"), children: `${each.signed_by} · ${forms.instant(each.at)}` })),
  ];
  return (
    <Flex vertical gap="large">
      <Descriptions size="small" bordered column={{ xs: 1, sm: 2 }} items={items} />
      {open && <ScanOut note={data} />}
      <Listed note={data} />
      {open && <Sign note={data} />}
      <Flex gap="small" wrap>
        <PaperButton path={`/v1/supplier/handovers/${note_id}.pdf`} title={t("portal.handover.paper")} icon={<FilePdfOutlined aria-hidden />} />
        <Button icon={<DownloadOutlined aria-hidden />} onClick={() => void saveFile(`/v1/supplier/handovers/${note_id}.csv`, `${data.number}.csv`).catch(say.failed)}>{t("portal.handover.list")}</Button>
      </Flex>
    </Flex>
  );
}

function ScanOut({ note }: { note: Note }) {
  const { t } = useTranslation();
  const say = useSay();
  const queries = useQueryClient();
  const [surplus, setSurplus] = useState<string[]>([]);
  const scan = api.useMutation("post", "/v1/supplier/handovers/{note_id}/scan", { onError: say.failed });
  const out = note.listed.filter(({ scanned_at }) => scanned_at !== null).length;
  const take = async (waybill: string) => {
    const answer = await scan.mutateAsync({ params: { path: { note_id: note.id } }, body: { waybills: [waybill] } });
    sound(answer.surplus.length === 0);
    setSurplus(answer.surplus);
    await queries.invalidateQueries();
  };
  return (
    <Flex vertical gap="small">
      <ScanField label={t("portal.handover.scan")} onScan={(code) => void take(code).catch(() => sound(false))} />
      <Progress percent={(100 * out) / Math.max(1, note.listed.length)} format={() => `${out}/${note.listed.length}`} aria-label={t("portal.handover.progress")} />
      <div role="status">{surplus.length > 0 && <Alert type="error" showIcon title={t("portal.handover.surplus", { waybill: surplus.join(", ") })} />}</div>
    </Flex>
  );
}

function Listed({ note }: { note: Note }) {
  const { t } = useTranslation();
  const forms = useSupplierForms();
  return (
    <Wide width={320}>
      <Table
        size="small"
        rowKey="parcel_id"
        pagination={note.listed.length > 50 && { pageSize: 50 }}
        dataSource={note.listed}
        columns={[
          { title: t("supplier.waybill"), dataIndex: "waybill" },
          { title: t("supplier.part"), responsive: ["md"], render: (_, each) => `#${each.fulfilment_id}` },
          { title: t("portal.handover.scanned_at"), render: (_, each) => forms.instant(each.scanned_at) },
          { title: t("portal.handover.first_scan"), responsive: ["md"], render: (_, each) => forms.instant(each.first_scan_at) },
        ]}
      />
    </Wide>
  );
}
