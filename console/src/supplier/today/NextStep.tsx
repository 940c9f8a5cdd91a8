import { useQueryClient } from "@tanstack/react-query";
import { Button, Flex, Popconfirm, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "../../api/client";
import { useSay } from "../../pieces/say";
import { isAskedToCancel, useAddress, useMay, type Part } from "../place";

const PACKED = new Set(["accepted", "picked", "labelled"]);

/** What is next for one fulfilment: its packing table, or, where the buyer wants it no more, the answer. */
export function NextStep({ part }: { part: Part }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const address = useAddress();
  const may = useMay();
  if (!may("fulfilments.write")) return null;
  if (isAskedToCancel(part)) return <Cancellation part={part} />;
  if (!PACKED.has(part.state)) return null;
  return <Button onClick={() => void navigate(address(`/pack?part=${part.id}`))}>{t("portal.pack.go")}</Button>;
}

/** The buyer wants it cancelled: it is stopped here, or it goes. */
export function Cancellation({ part }: { part: Part }) {
  const { t } = useTranslation();
  const say = useSay();
  const queries = useQueryClient();
  const answer = api.useMutation("post", "/v1/supplier/fulfilments/{fulfilment_id}/cancellation", {
    onError: say.failed,
    onSuccess: () => queries.invalidateQueries(),
  });
  const params = { path: { fulfilment_id: part.id } };
  return (
    <Flex vertical gap={4} role="group" aria-label={t("portal.today.cancellation")}>
      <Typography.Text type="warning">{t("portal.today.cancellation")}</Typography.Text>
      <Flex gap="small" wrap>
        <Popconfirm title={t("portal.today.stop_sure", { id: part.id })} onConfirm={() => answer.mutateAsync({ params, body: { answer: "accepted" } })}>
          <Button loading={answer.isPending}>{t("portal.today.stop")}</Button>
        </Popconfirm>
        <Button loading={answer.isPending} onClick={() => answer.mutate({ params, body: { answer: "refused" } })}>{t("portal.today.go_on")}</Button>
      </Flex>
    </Flex>
  );
}
