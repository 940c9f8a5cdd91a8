import { useQueryClient } from "@tanstack/react-query";
import { Button, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useWords } from "../../texts/use";
import type { Parcel, Part } from "../place";

const REASONS = ["misprinted", "wrong_measure", "wrong_address", "other_carrier", "repacked", "other"] as const;

/** Takes a label back, with the reason: the waybill is used no more. */
export function VoidLabel({ part, parcel }: { part: Part; parcel: Parcel }) {
  const { t } = useTranslation();
  const word = useWords();
  const say = useSay();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState<(typeof REASONS)[number]>("misprinted");
  const take = api.useMutation("post", "/v1/supplier/fulfilments/{fulfilment_id}/void_label", {
    onError: say.failed,
    onSuccess: async () => {
      setOpen(false);
      await queries.invalidateQueries();
    },
  });
  const send = () => take.mutate({ params: { path: { fulfilment_id: part.id } }, body: { carrier: parcel.carrier, waybill: parcel.waybill, reason } });
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>{t("portal.pack.void")}</Button>
      <Modal open={open} title={t("portal.pack.void_of", { waybill: parcel.waybill })} okText={t("portal.pack.void")} okButtonProps={{ danger: true }} onCancel={() => setOpen(false)} onOk={send} confirmLoading={take.isPending}>
        <Radio.Group vertical value={reason} onChange={({ target }) => setReason(target.value as typeof reason)} options={REASONS.map((value) => ({ value, label: word("voiding", value) }))} />
      </Modal>
    </>
  );
}
