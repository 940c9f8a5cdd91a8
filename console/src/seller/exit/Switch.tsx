import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Card, Descriptions, Flex, Progress, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useBusinessNow } from "../../pieces/BusinessTime";
import { useSay } from "../../pieces/say";
import { ofBoth } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import type { Exit } from "./Wizard";

/** JIT总开关: thrown once nothing is in the way; then the hours until it strikes, and the ticket number. */
export function Switch({ exit }: { exit: Exit }) {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const say = useSay();
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const throwing = api.useMutation("post", "/v1/shops/{shop_id}/exits/{exit_id}/switch_off", {
    onError: say.failed,
    onSettled: () => queries.invalidateQueries(),
  });
  if (exit.off_at !== null) return <Countdown exit={exit} off_at={exit.off_at} />;
  const blocking = exit.blockers.some((each) => each.blocking);
  const ask = async () => {
    const sure = await modal.confirm({ title: t("exit.switch_sure"), content: t("exit.switch_means"), okText: t("exit.switch_off") });
    if (sure) throwing.mutate({ params: { path: { shop_id: shop.id, exit_id: exit.id } } });
  };
  return (
    <Card size="small">
      <Flex gap="middle" wrap align="center" justify="space-between">
        <Typography.Text id="switch-hint">{t(blocking ? "exit.switch_blocked" : "exit.switch_ready")}</Typography.Text>
        <Button
          type="primary"
          danger
          disabled={blocking || !may("exits.write")}
          aria-describedby="switch-hint"
          loading={throwing.isPending}
          onClick={() => void ask()}
        >
          {t("exit.switch_off")}
        </Button>
      </Flex>
    </Card>
  );
}

/** The hours until the switch strikes, to the second, and how much of them is over. */
function Countdown({ exit, off_at }: { exit: Exit; off_at: string }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const now = useBusinessNow().getTime();
  const ends = Date.parse(off_at);
  const begun = exit.thrown_at === null ? now : Date.parse(exit.thrown_at);
  const over = Math.min(100, Math.max(0, ((now - begun) / (ends - begun)) * 100));
  const title = exit.notice ? ofBoth(exit.notice) : t("exit.thrown");
  return (
    <Alert
      type="warning"
      showIcon
      title={title}
      description={
        <>
          <Typography.Text strong role="timer" aria-label={t("exit.left")} style={{ fontSize: 32, fontVariantNumeric: "tabular-nums" }}>{clockOf(ends - now)}</Typography.Text>
          <Progress percent={over} showInfo={false} size="small" strokeColor="#b8410c" aria-label={title} />
          <Descriptions
            size="small"
            column={{ xs: 1, sm: 2 }}
            style={{ marginTop: 12 }}
            items={[
              { label: t("exit.off_at"), children: forms.instant(off_at) },
              { label: t("exit.ticket"), children: <Typography.Text copyable={{ tooltips: false }} code>{exit.ticket}</Typography.Text> },
            ]}
          />
        </>
      }
    />
  );
}

/** Milliseconds as hours, minutes and seconds: 23:59:08. */
function clockOf(left: number): string {
  const seconds = Math.max(0, Math.ceil(left / 1_000));
  return [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60].map((each) => String(each).padStart(2, "0")).join(":");
}
