import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Flex, Table } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import { Passed } from "./Passed";
import type { Exit } from "./Wizard";
import { Wide } from "../../pieces/Wide";

/** What the verification found, check by check; while it has not passed, a way to run it again at once. */
export function Verification({ exit }: { exit: Exit }) {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const say = useSay();
  const queries = useQueryClient();
  const verify = api.useMutation("post", "/v1/shops/{shop_id}/exits/{exit_id}/verify", {
    onError: say.failed,
    onSuccess: () => queries.invalidateQueries(),
  });
  const again = () => verify.mutate({ params: { path: { shop_id: shop.id, exit_id: exit.id } } });
  return (
    <Card
      size="small"
      title={t("exit.verification")}
      extra={exit.state === "verifying" && may("exits.write") && <Button size="small" loading={verify.isPending} onClick={again}>{t("exit.verify_again")}</Button>}
    >
      <Checks exit={exit} />
    </Card>
  );
}

function Checks({ exit }: { exit: Exit }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  return (
    <Wide width={480}>
      <Table
        size="small"
        pagination={false}
        rowKey="check"
        dataSource={exit.checks}
        locale={{ emptyText: t("exit.verify_soon") }}
        columns={[
          {
            title: t("exit.check"),
            render: (_, { check, passed }) => (
              <Flex gap="small">
                <Passed passed={passed} />
                {word("check", check)}
              </Flex>
            ),
          },
          { title: t("exit.found"), render: (_, { put_right }) => (put_right ? t("exit.put_right") : "–") },
          { title: t("exit.at"), render: (_, { at }) => forms.instant(at) },
        ]}
      />
    </Wide>
  );
}
