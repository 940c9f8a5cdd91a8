/** The move that is part of an exit: chosen when it begins, told of while it runs. Source: MOVE-1. */
import { Button, Card, Descriptions, Flex, Form, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, type Schemas } from "../../api/client";
import { Due } from "../../pieces/Due";
import { useOpenWords } from "../../texts/use";
import { useShop, useShopForms } from "../shops";
import { Cancel } from "./Cancel";
import { ChoicesField } from "./ChoicesField";
import { type Choices, chosenOf, type Unsold, useHorizonDays } from "./move";
import { useMoveOfExit } from "./useMoves";

export interface Gently {
  gently?: boolean;
  choices?: Choices;
}

/** What is sent for it: null without a move. */
export function moveIn({ gently, choices }: Gently): Schemas["MoveIn"] | null {
  return gently ? { ramp: null, products: chosenOf(choices) } : null;
}

/** Fields of the form that begins an exit: whether it moves gently, and what becomes of what the shop has no units of. */
export function GentlyFields({ unsold }: { unsold: readonly Unsold[] }) {
  const { t } = useTranslation();
  const days = useHorizonDays();
  const gently = Form.useWatch<boolean | undefined>("gently");
  return (
    <>
      <Form.Item name="gently" label={t("move.title")} valuePropName="checked" extra={t("move.exit_hint", { count: days })}>
        <Switch aria-label={t("move.title")} />
      </Form.Item>
      {gently && <Form.Item name="choices" label={t("move.choices")}><ChoicesField rows={unsold} in_exit /></Form.Item>}
    </>
  );
}

/** Where the move of an exit stands, with the way to all of it. */
export function MoveOfExit({ exit_id }: { exit_id: number }) {
  const listed = useMoveOfExit(exit_id);
  return listed ? <Told key={listed.id} move_id={listed.id} /> : null;
}

function Told({ move_id }: { move_id: number }) {
  const { t } = useTranslation();
  const word = useOpenWords();
  const shop = useShop();
  const forms = useShopForms();
  const navigate = useNavigate();
  const found = api.useQuery("get", "/v1/shops/{shop_id}/moves/{move_id}", { params: { path: { shop_id: shop.id, move_id } } }, { refetchInterval: 15_000 });
  const move = found.data;
  if (!move) return null;
  const running = move.state === "running";
  const items = [
    running ? { label: t("move.until"), children: <Due at={move.until} forms={forms} /> } : { label: t("move.ended"), children: forms.instant(move.ended_at) },
    { label: t("move.draining"), children: <strong>{t("move.parts", { count: move.draining })}</strong> },
    { label: t("move.choices"), children: Object.entries(move.choices).map(([choice, count]) => `${word("choice", choice)} ${count}`).join(" · ") || "–" },
  ];
  return (
    <Card size="small" title={t("move.title")}>
      <Flex vertical gap="small">
        <Descriptions size="small" column={{ xs: 1, sm: 3 }} items={items} />
        {!running && move.draining > 0 && <span className="late">{t("move.over_orders", { count: move.draining })}</span>}
        <Flex gap="small" wrap>
          <Button size="small" onClick={() => void navigate(`/seller/${shop.id}/plan?tab=move&move=${move.id}`)}>{t("move.see")}</Button>
          {running && <Cancel move={move} />}
        </Flex>
      </Flex>
    </Card>
  );
}
