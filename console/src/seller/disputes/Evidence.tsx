import { DownloadOutlined } from "@ant-design/icons";
import { Button, Empty, Flex, Form, Modal, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { downloadFile } from "../../api/download";
import { Section } from "../../pieces/Section";
import { useSay } from "../../pieces/say";
import { useTold } from "../../pieces/told";
import { useWho, useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import type { Case } from "./DisputeDrawer";
import { evidenceOf, type Entered } from "./evidence";
import { EvidenceFields } from "./EvidenceFields";

type Piece = Case["evidence"][number];
const ENDINGS: Record<Piece["media_type"], string> = { "image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf", "text/plain": "txt" };

/** What was handed in, by whom, with the hash that the case states; and the way to hand in more. */
export function Evidence({ it }: { it: Case }) {
  const { t } = useTranslation();
  const may = useMay();
  const waits = it.state === "opened" || it.state === "evidence";
  return (
    <Section title={t("disputes.evidence")}>
      <Flex vertical gap="small">
        {it.evidence.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("disputes.no_evidence")} />}
        {it.evidence.map((each) => <OnePiece key={each.id} dispute_id={it.id} piece={each} />)}
        {waits && may("disputes.write") && <Add dispute_id={it.id} />}
      </Flex>
    </Section>
  );
}

function OnePiece({ dispute_id, piece }: { dispute_id: number; piece: Piece }) {
  const { t } = useTranslation();
  const word = useWords();
  const who = useWho();
  const forms = useShopForms();
  const shop = useShop();
  const say = useSay();
  const name = `${word("evidence", piece.kind)} ${piece.id}`;
  const save = () =>
    void downloadFile(`/v1/shops/${shop.id}/disputes/${dispute_id}/evidence/${piece.id}`, `evidence-${dispute_id}-${piece.id}.${ENDINGS[piece.media_type]}`).catch(say.failed);
  return (
    <Flex gap="small" align="center" wrap justify="space-between">
      <div>
        <Flex gap="small" align="center" wrap>
          <strong>{name}</strong>
          {piece.shows && <Tag>{word("fault", piece.shows)}</Tag>}
          {piece.personal && <Tag>{t("disputes.is_personal")}</Tag>}
        </Flex>
        <small>{[forms.instant(piece.given_at), who(piece.given_by), `${Math.ceil(piece.size / 1024)} KB`, `SHA-256 ${piece.sha256.slice(0, 12)}…`].join(" · ")}</small>
      </div>
      <Button size="small" icon={<DownloadOutlined aria-hidden />} aria-label={`${t("disputes.save")}: ${name}`} onClick={save}>{t("disputes.save")}</Button>
    </Flex>
  );
}

function Add({ dispute_id }: { dispute_id: number }) {
  const { t } = useTranslation();
  const shop = useShop();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Entered>();
  const add = api.useMutation("post", "/v1/shops/{shop_id}/disputes/{dispute_id}/evidence", useTold(t("disputes.added"), () => setOpen(false)));
  const send = async (entered: Entered) =>
    add.mutate({ params: { path: { shop_id: shop.id, dispute_id } }, body: { evidence: [await evidenceOf(entered)] } });
  return (
    <>
      <Button style={{ alignSelf: "start" }} onClick={() => setOpen(true)}>{t("disputes.add")}</Button>
      <Modal open={open} title={t("disputes.add")} okText={t("disputes.send")} onCancel={() => setOpen(false)} onOk={() => form.submit()} confirmLoading={add.isPending} destroyOnHidden>
        <Form<Entered> form={form} layout="vertical" preserve={false} requiredMark={false} onFinish={(entered) => void send(entered)}>
          <EvidenceFields />
        </Form>
      </Modal>
    </>
  );
}
