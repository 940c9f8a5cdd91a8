import { App, Button, Popconfirm } from "antd";
import { useTranslation } from "react-i18next";
import { api, calls, type Schemas } from "../../api/client";
import { useTold } from "../../pieces/told";
import { useWords } from "../../texts/use";
import { useShop, useShopForms } from "../shops";

const SEEN = 200;

/** Before the exit's switch: all that delivery has fixed is settled today, and what came of it is told. Source: EXIT-2. */
export function SettleAll() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const { modal } = App.useApp();
  const shop = useShop();
  const told = useTold();
  const path = { shop_id: shop.id };
  const settle = api.useMutation("post", "/v1/shops/{shop_id}/charges/settle_early", {
    ...told,
    onSuccess: async ({ count, totals }: Schemas["EarlyOut"]) => {
      const left = await calls.GET("/v1/shops/{shop_id}/charges", { params: { path, query: { state: "due", limit: SEEN } } });
      modal[count > 0 ? "success" : "info"]({
        title: count > 0 ? t("bills.settled_all", { count, total: totals.map(forms.money).join(" + ") }) : t("bills.settled_none"),
        content: left.data && <Left charges={left.data.items} say={(reason, number) => t("bills.left", { reason: word("unsettled", reason), count: number })} />,
      });
      await told.onSuccess();
    },
  });
  return (
    <Popconfirm title={t("bills.settle_all_sure")} onConfirm={() => settle.mutate({ params: { path }, body: { all: true } })}>
      <Button loading={settle.isPending}>{t("bills.settle_all")}</Button>
    </Popconfirm>
  );
}

type Reason = NonNullable<Schemas["ChargeOut"]["reason"]>;

/** Why what is due still was not settled: how many of each reason. */
function Left({ charges, say }: { charges: readonly Schemas["ChargeOut"][]; say: (reason: Reason, count: number) => string }) {
  const reasons = charges.flatMap(({ reason }) => reason ?? []);
  const counted = [...new Set(reasons)].map((reason) => [reason, reasons.filter((each) => each === reason).length] as const);
  return counted.length > 0 && <ul style={{ paddingInlineStart: 20, marginBottom: 0 }}>{counted.map(([reason, count]) => <li key={reason}>{say(reason, count)}</li>)}</ul>;
}
