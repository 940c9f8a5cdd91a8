import { CheckCircleFilled, CloseCircleFilled, QuestionCircleFilled } from "@ant-design/icons";
import { Alert, Button, Flex } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Failure } from "../../pieces/Failure";
import { SaveButton } from "../../pieces/SaveButton";
import { prove, type Proven } from "./prove";

/** The proof of one event: made here when it is asked for, and always there to be saved. */
export function Proof({ path, event_id, name }: { path: string; event_id: number; name: string }) {
  const { t } = useTranslation();
  const proof = useQuery({ queryKey: ["proof", path, event_id], queryFn: () => prove(path, event_id), enabled: false, staleTime: Infinity, retry: false });
  return (
    <Flex vertical gap="small">
      <span className="secondary">{t("desk.proof_hint")}</span>
      <Flex gap="small" wrap align="center">
        {window.isSecureContext && <Button size="small" type="primary" loading={proof.isFetching} onClick={() => void proof.refetch()}>{t("desk.prove")}</Button>}
        <SaveButton path={path} name={name} label={t("desk.proof_save")} />
      </Flex>
      {proof.error && <Failure error={proof.error} />}
      {proof.data && <Steps found={proof.data} />}
    </Flex>
  );
}

function Steps({ found }: { found: Proven }) {
  const { t } = useTranslation();
  const steps: [boolean | null, string][] = [
    [found.among, t("desk.proof_among", { seal: found.seal_no, count: found.events })],
    [found.content, t("desk.proof_content")],
    [found.signed, found.signed === null ? t("desk.proof_unable") : t("desk.proof_signed", { kid: found.kid })],
  ];
  const broken = steps.some(([each]) => each === false);
  const holds = steps.every(([each]) => each === true);
  return (
    <Flex vertical gap="small" role="status">
      {holds && <Alert type="success" showIcon title={t("desk.proof_holds")} />}
      {broken && <Alert type="error" showIcon title={t("desk.proof_broken")} />}
      {steps.map(([each, text]) => (
        <Flex key={text} gap="small" align="start" style={{ overflowWrap: "anywhere" }}>{icon(each)}<span style={{ minWidth: 0 }}>{text}</span></Flex>
      ))}
      <span className="secondary" style={{ overflowWrap: "anywhere" }}>{t("desk.proof_chain", { hash: found.hash, previous: found.previous || "–" })}</span>
    </Flex>
  );
}

function icon(each: boolean | null) {
  if (each === null) return <QuestionCircleFilled style={{ color: "#8f5a00", marginTop: 3 }} />;
  return each ? <CheckCircleFilled style={{ color: "#2d7a12", marginTop: 3 }} /> : <CloseCircleFilled style={{ color: "#c4242b", marginTop: 3 }} />;
}
