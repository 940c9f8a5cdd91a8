import { FilePdfOutlined } from "@ant-design/icons";
import { Card, Descriptions, Flex, Tag, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { PaperButton } from "../../pieces/PaperButton";
import { useWords } from "../../texts/use";
import { useShop, useShopForms } from "../shops";
import { AppealByTicket } from "./AppealByTicket";
import { Verification } from "./Verification";

/** An exit that is over: taken back, or done - then with its checks and its signed certificate. */
export function Ended({ exit_id }: { exit_id: number }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  const exit = api.useQuery("get", "/v1/shops/{shop_id}/exits/{exit_id}", { params: { path: { shop_id: shop.id, exit_id } } });
  if (!exit.data) return null;
  const it = exit.data;
  const items = [
    { label: t("exit.started"), children: forms.instant(it.started_at) },
    { label: t("exit.ended"), children: forms.instant(it.ended_at) },
    { label: t("exit.reason"), children: word("reason", it.reason) },
    { label: t("exit.ticket"), children: it.ticket ? <Typography.Text copyable={{ tooltips: false }} code>{it.ticket}</Typography.Text> : "–" },
  ];
  return (
    <Card
      title={t("exit.number", { id: it.id })}
      extra={<Tag color={it.state === "done" ? "success" : "default"} style={{ color: "rgba(0,0,0,0.88)" }}>{word("exit", it.state)}</Tag>}
    >
      <Flex vertical gap="middle">
        <Descriptions size="small" column={{ xs: 1, sm: 2 }} items={items} />
        {it.state === "done" && (
          <>
            <PaperButton
              path={`/v1/shops/${shop.id}/exits/${it.id}/certificate.pdf`}
              title={t("exit.certificate")}
              icon={<FilePdfOutlined aria-hidden />}
            />
            <Verification exit={it} />
            {it.ticket && <AppealByTicket exit_id={it.id} ticket={it.ticket} />}
          </>
        )}
      </Flex>
    </Card>
  );
}
