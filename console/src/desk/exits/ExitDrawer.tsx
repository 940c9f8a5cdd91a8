import { Alert, Button, Descriptions, Drawer, Flex } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { useSay } from "../../pieces/say";
import { Story } from "../../pieces/Story";
import { Waiting } from "../../pieces/Waiting";
import { useWords } from "../../texts/use";
import { useMay } from "../may";
import { Decide } from "../Decide";
import { Section } from "../../pieces/Section";
import { useShopNames } from "../shop_names";
import { useDeskForms, ZONE } from "../zone";
import { Blockers } from "./Blockers";

interface Which {
  shop_id: number;
  exit_id: number;
}

/** One exit from the side: what blocks it and who clears that, what is open, its story; and its forcing. */
export function ExitDrawer({ shop_id, exit_id, close }: Partial<Which> & { close: () => void }) {
  const { t } = useTranslation();
  const shopName = useShopNames();
  const open = Boolean(shop_id && exit_id);
  return (
    <Drawer open={open} onClose={close} size="min(760px, 100vw)" title={open && `${shopName(shop_id ?? 0)} · ${t("exit.number", { id: exit_id ?? "" })}`} closable={{ "aria-label": t("list.close") }} destroyOnHidden>
      {shop_id && exit_id ? <Inside shop_id={shop_id} exit_id={exit_id} /> : null}
    </Drawer>
  );
}

/** That an operator looks inside a shop is recorded there: this asks once, and not again by itself. */
function Inside({ shop_id, exit_id }: Which) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const params = { path: { shop_id, exit_id } };
  const once = { staleTime: Infinity, refetchOnWindowFocus: false };
  const exit = api.useQuery("get", "/v1/shops/{shop_id}/exits/{exit_id}", { params }, once);
  const story = api.useQuery("get", "/v1/shops/{shop_id}/exits/{exit_id}/story", { params }, once);
  if (exit.isPending) return <Waiting />;
  if (exit.error) return <Failure error={exit.error} retry={() => void exit.refetch()} />;
  const it = exit.data;
  return (
    <Flex vertical gap="large">
      <Alert type="info" showIcon title={t("desk.entry_recorded")} />
      <Descriptions
        size="small"
        bordered
        column={{ xs: 1, sm: 2 }}
        items={[
          { label: t("orders.state"), children: `${word("exit", it.state)}${it.forced ? ` · ${t("desk.forced")}` : ""}` },
          { label: t("desk.cause"), children: word("reason", it.reason) },
          { label: t("exit.started"), children: forms.instant(it.started_at) },
          { label: t("exit.off_at"), children: forms.instant(it.off_at) },
          { label: t("exit.ticket"), children: it.ticket ?? "–" },
          { label: t("exit.note"), children: it.note ?? "–" },
        ]}
      />
      <Force shop_id={shop_id} exit={it} />
      <Section title={t("exit.blockers")}><Blockers rows={it.blockers} /></Section>
      <Exposure shop_id={shop_id} exit_id={exit_id} />
      <Section title={t("desk.story")}>{story.data && <Story moments={story.data.moments} ahead={story.data.ahead} zone={ZONE} />}</Section>
    </Flex>
  );
}

function Exposure({ shop_id, exit_id }: Which) {
  const { t } = useTranslation();
  const forms = useDeskForms();
  const exposure = api.useQuery("get", "/v1/shops/{shop_id}/exits/{exit_id}/exposure", { params: { path: { shop_id, exit_id } } }, { staleTime: Infinity, refetchOnWindowFocus: false });
  if (!exposure.data || (exposure.data.totals.length === 0 && !exposure.data.hold)) return null;
  const { totals, hold } = exposure.data;
  return (
    <Section title={t("desk.exposure")}>
      {hold && <Alert type="warning" showIcon style={{ marginBottom: 12 }} title={hold.lifted_at ? t("desk.frozen_until", { at: forms.instant(hold.lifted_at) }) : t("desk.frozen_since", { at: forms.instant(hold.set_at) })} />}
      <Descriptions size="small" column={1} items={totals.map((each) => ({ key: `${each.kind}-${each.amount.currency}`, label: `${t(`desk.exposure_${each.kind}`)} ${each.parts}`, children: forms.money(each.amount) }))} />
    </Section>
  );
}

function Force({ shop_id, exit }: { shop_id: number; exit: Schemas["ExitOut"] }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const shopName = useShopNames();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const force = api.useMutation("post", "/v1/shops/{shop_id}/exits/{exit_id}/force", {
    onError: say.failed,
    onSuccess: async () => {
      setAsking(false);
      await queries.invalidateQueries();
    },
  });
  if (!may("exits.write") || exit.forced || exit.step === null || exit.step > 3 || exit.off_at !== null) return null;
  return (
    <>
      <Button danger style={{ alignSelf: "start" }} onClick={() => setAsking(true)}>{t("desk.force")}</Button>
      <Decide
        open={asking}
        title={t("desk.force_sure", { shop: shopName(shop_id) })}
        means={t("desk.force_means")}
        close={() => setAsking(false)}
        sending={force.isPending}
        send={(reason) => force.mutate({ params: { path: { shop_id, exit_id: exit.id } }, body: { reason } })}
      />
    </>
  );
}
