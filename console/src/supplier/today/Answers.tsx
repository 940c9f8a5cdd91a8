import { useQueryClient } from "@tanstack/react-query";
import { Button, Flex, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useTellActs } from "../../pieces/acted";
import { useSay } from "../../pieces/say";
import { useAddress, type Part, type PartState } from "../place";
import { PrintLabels } from "../pack/PrintLabels";
import { Link } from "react-router";
import { Reject } from "./Reject";

export type Act = Schemas["BulkAccept"] | Schemas["BulkReject"] | Schemas["BulkPick"] | Schemas["BulkHandover"];

interface Props {
  state: PartState;
  parts: readonly Part[];
  done: () => void;
}

/** The next step for all that were chosen, in one call; each is answered for itself. */
export function Answers({ state, parts, done }: Props) {
  const { t } = useTranslation();
  const say = useSay();
  const tell = useTellActs();
  const address = useAddress();
  const queries = useQueryClient();
  const acts = api.useMutation("post", "/v1/supplier/fulfilments/bulk", { onError: say.failed });
  const none = parts.length === 0;
  const ended = async (answer: Parameters<typeof tell>[0]) => {
    await tell(answer);
    await queries.invalidateQueries();
    done();
  };
  const send = (act: (id: number) => Act) => acts.mutate({ body: parts.map(({ id }) => act(id)) }, { onSuccess: ended });
  const button = (label: string, act: (id: number) => Act) => (
    <Button type="primary" size="large" disabled={none} loading={acts.isPending} onClick={() => send(act)}>{label}</Button>
  );
  if (state === "shipped") return null;
  return (
    <Flex gap="small" wrap align="center" role="toolbar" aria-label={t("orders.bulk")} className="toolbar">
      <Typography.Text>{t("supplier.chosen", { count: parts.length })}</Typography.Text>
      {state === "pushed" && (
        <>
          {button(t("supplier.accept"), (id) => ({ action: "accept", id }))}
          <Reject count={parts.length} send={send} />
        </>
      )}
      {state === "accepted" && (
        <>
          {button(t("supplier.picked"), (id) => ({ action: "picked", id }))}
          <Link to={address("/pick")}>{t("portal.today.by_bin")}</Link>
        </>
      )}
      {state === "labelled" && (
        <>
          {button(t("supplier.shipped"), (id) => ({ action: "shipped", id }))}
          <PrintLabels parcels={parts.flatMap((part) => part.parcels.filter((each) => !each.voided_at).map(({ id }) => id))} />
        </>
      )}
    </Flex>
  );
}
