import { useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useMay, useShop } from "../shops";

/** Joins JIT again, with the authorisation that is in force. Source: BACK-1, MODE-7. */
export function Join({ version, eligible }: { version: string; eligible: boolean }) {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const say = useSay();
  const queries = useQueryClient();
  const join = api.useMutation("post", "/v1/shops/{shop_id}/enrolment/join", {
    onError: say.failed,
    onSuccess: () => queries.invalidateQueries(),
  });
  if (!may("enrolment.write")) return null;
  return (
    <Popconfirm
      title={t("settings.join_sure")}
      onConfirm={() => join.mutate({ params: { path: { shop_id: shop.id } }, body: { authorisation_version: version } })}
    >
      <Button type="primary" disabled={!eligible} loading={join.isPending} style={{ alignSelf: "start" }}>{t("settings.join")}</Button>
    </Popconfirm>
  );
}
