import { Card, Descriptions, Flex, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Due } from "../../pieces/Due";
import { Failure } from "../../pieces/Failure";
import { usePolicyInForce } from "../../pieces/policy";
import { Waiting } from "../../pieces/Waiting";
import { ofBoth, useOpenWords, useWords } from "../../texts/use";
import { useShop, useShopForms } from "../shops";
import { ByDays } from "./ByDays";
import { Cancel } from "./Cancel";
import { type Move, paceOf } from "./move";
import { Products } from "./Products";
import { Waits } from "./Waits";

/** A move as it stands, live: how far it has come, what it waits for, its days, its products. */
export function OneMove({ move_id }: { move_id: number }) {
  const shop = useShop();
  const params = { path: { shop_id: shop.id, move_id } };
  const found = api.useQuery("get", "/v1/shops/{shop_id}/moves/{move_id}", { params }, { refetchInterval: ({ state }) => (state.data?.state === "running" ? 15_000 : false) });
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Waiting />;
  return (
    <Flex vertical gap="middle">
      <Head move={found.data} />
      <Waits move={found.data} />
      <ByDays move={found.data} />
      <Products move={found.data} />
    </Flex>
  );
}

function Head({ move }: { move: Move }) {
  const { t } = useTranslation();
  const word = useWords();
  const said = useOpenWords();
  const forms = useShopForms();
  const policy = usePolicyInForce();
  const running = move.state === "running";
  const name = (code: string) => ofBoth(policy?.lines.find((line) => line.code === code)?.names ?? { en: code });
  const items = [
    { label: t("move.started"), children: forms.instant(move.started_at) },
    running ? { label: t("move.until"), children: <Due at={move.until} forms={forms} /> } : { label: t("move.ended"), children: forms.instant(move.ended_at) },
    { label: t("move.draining"), children: <strong>{t("move.parts", { count: move.draining })}</strong> },
    { label: t("move.closed"), children: t("move.of_products", { count: move.closed, all: move.products }) },
    { label: t("move.pace"), children: move.ramp === null ? t("move.at_once") : paceOf(move.ramp) },
    { label: t("move.smart_lines"), children: move.smart_lines.map(name).join(" · ") },
    { label: t("move.choices"), children: Object.entries(move.choices).map(([choice, count]) => `${said("choice", choice)} ${count}`).join(" · ") || "–" },
  ];
  return (
    <Card
      size="small"
      title={<>{t("move.number", { id: move.id })} <Tag color={running ? "processing" : "default"} style={{ color: "rgba(0,0,0,0.88)", marginInlineStart: 8 }}>{word("move", move.state)}</Tag></>}
      extra={running && <Cancel move={move} />}
    >
      <Descriptions size="small" column={{ xs: 1, sm: 2, xl: 3 }} items={items} />
    </Card>
  );
}
