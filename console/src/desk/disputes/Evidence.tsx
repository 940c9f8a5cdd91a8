import { EyeOutlined } from "@ant-design/icons";
import { Button, Flex, Image, Modal, Tag } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { callHeaders, type Schemas } from "../../api/client";
import { refusalOf } from "../../api/refusal";
import { Failure } from "../../pieces/Failure";
import { Waiting } from "../../pieces/Waiting";
import { useWho, useWords } from "../../texts/use";
import { useDeskForms } from "../zone";

type Piece = Schemas["DisputesEvidenceOut"];

async function file(path: string): Promise<Blob> {
  const answer = await fetch(path, { headers: callHeaders("GET") });
  if (!answer.ok) throw await refusalOf(answer);
  return answer.blob();
}

/** What was given as evidence, each piece to be looked at. */
export function Evidence({ dispute_id, rows }: { dispute_id: number; rows: readonly Piece[] }) {
  const { t } = useTranslation();
  const word = useWords();
  const who = useWho();
  const forms = useDeskForms();
  const [shown, setShown] = useState<Piece | null>(null);
  if (rows.length === 0) return <span className="secondary">{t("desk.no_evidence")}</span>;
  return (
    <>
      <Flex component="ul" vertical gap="small" style={{ listStyle: "none", padding: 0, margin: 0 }}>
        {rows.map((each) => (
          <Flex component="li" key={each.id} align="center" gap="small" wrap>
            <strong>{word("evidence", each.kind)}</strong>
            <Button size="small" icon={<EyeOutlined aria-hidden />} aria-label={t("desk.view", { what: word("evidence", each.kind) })} onClick={() => setShown(each)} />
            {each.shows && <span>{t("desk.shows")}: {word("fault", each.shows)}</span>}
            {each.personal && <Tag color="warning">{t("desk.personal")}</Tag>}
            <span className="secondary">{who(each.given_by)} · {forms.instant(each.given_at)}</span>
          </Flex>
        ))}
      </Flex>
      <Modal open={shown !== null} title={shown && word("evidence", shown.kind)} onCancel={() => setShown(null)} footer={null} width="min(900px, 96vw)" destroyOnHidden closable={{ "aria-label": t("list.close") }}>
        {shown && <Look path={`/v1/disputes/${dispute_id}/evidence/${shown.id}`} piece={shown} />}
      </Modal>
    </>
  );
}

function Look({ path, piece }: { path: string; piece: Piece }) {
  const { t } = useTranslation();
  const word = useWords();
  const asked = useQuery({ queryKey: ["evidence", path], queryFn: () => file(path), staleTime: Infinity });
  const url = useMemo(() => (asked.data ? URL.createObjectURL(asked.data) : null), [asked.data]);
  useEffect(() => () => void (url && URL.revokeObjectURL(url)), [url]);
  if (asked.error) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  if (url === null) return <Waiting />;
  return (
    <Flex vertical gap="small">
      {piece.media_type.startsWith("image/") && <Image src={url} alt={word("evidence", piece.kind)} preview={false} style={{ maxWidth: "100%", maxHeight: "60vh", objectFit: "contain" }} />}
      {piece.media_type === "text/plain" && asked.data && <Words blob={asked.data} />}
      <code style={{ overflowWrap: "anywhere" }}>SHA-256 {piece.sha256}</code>
      <Button href={url} download={path.split("/").at(-1)} style={{ alignSelf: "start" }}>{t("list.save")}</Button>
    </Flex>
  );
}

function Words({ blob }: { blob: Blob }) {
  const read = useQuery({ queryKey: ["words", blob.size, blob], queryFn: () => blob.text(), staleTime: Infinity });
  return <pre style={{ whiteSpace: "pre-wrap", maxHeight: "50vh", overflow: "auto" }}>{read.data}</pre>;
}
