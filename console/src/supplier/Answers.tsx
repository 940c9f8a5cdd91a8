import { useQueryClient } from "@tanstack/react-query";
import { Button, Flex, Select, Space, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../api/client";
import { useTellActs } from "../pieces/acted";
import { useSay } from "../pieces/say";
import { useWords } from "../texts/use";
import type { Part, PartState } from "./TodayPage";

type Act = Schemas["BulkAccept"] | Schemas["BulkReject"] | Schemas["BulkPick"] | Schemas["BulkHandover"];
const REASONS = ["out_of_stock", "invalid_address", "unserviceable_destination", "item_unknown", "other"] as const;

interface Props {
  state: PartState;
  parts: readonly Part[];
  done: () => void;
}

/** The next step for all that were chosen, in one call; each is answered for itself. */
export function Answers({ state, parts, done }: Props) {
  const { t } = useTranslation();
  const word = useWords();
  const say = useSay();
  const tell = useTellActs();
  const queries = useQueryClient();
  const [code, setCode] = useState<(typeof REASONS)[number]>("out_of_stock");
  const acts = api.useMutation("post", "/v1/supplier/fulfilments/bulk", { onError: say.failed });
  const none = parts.length === 0;
  const send = async (act: (id: number) => Act) => {
    tell(await acts.mutateAsync({ body: parts.map(({ id }) => act(id)) }));
    await queries.invalidateQueries();
    done();
  };
  const button = (label: string, act: (id: number) => Act, primary = true) => (
    <Button type={primary ? "primary" : "default"} size="large" disabled={none} loading={acts.isPending} onClick={() => void send(act)}>{label}</Button>
  );
  return (
    <Flex gap="small" wrap align="center" role="toolbar" aria-label={t("orders.bulk")}>
      <Typography.Text>{t("supplier.chosen", { count: parts.length })}</Typography.Text>
      {state === "pushed" && (
        <>
          {button(t("supplier.accept"), (id) => ({ action: "accept", id }))}
          <Space.Compact>
            <Select
              aria-label={t("supplier.reason")}
              size="large"
              value={code}
              options={REASONS.map((value) => ({ value, label: word("rejection", value) }))}
              onChange={setCode}
              style={{ width: 170 }}
            />
            <Button danger size="large" disabled={none} loading={acts.isPending} onClick={() => void send((id) => ({ action: "reject", id, code }))}>
              {t("supplier.reject")}
            </Button>
          </Space.Compact>
        </>
      )}
      {state === "accepted" && button(t("supplier.picked"), (id) => ({ action: "picked", id }))}
      {state === "labelled" && button(t("supplier.shipped"), (id) => ({ action: "shipped", id }))}
    </Flex>
  );
}
