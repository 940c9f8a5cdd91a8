import { Button, Card, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { useWord } from "../../pieces/address";
import { CursorTable } from "../../pieces/CursorTable";
import { itemsOf } from "../../pieces/paged";
import { Waiting } from "../../pieces/Waiting";
import { useWords } from "../../texts/use";
import { useShopForms } from "../shops";
import { BeginMove } from "./BeginMove";
import { OneMove } from "./OneMove";
import { useMoves } from "./useMoves";

/** 双轨过渡: the move that runs or is asked for, else what beginning one would mean; and all that there were. */
export function Moves() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const [asked, ask] = useWord("move");
  const found = useMoves();
  const moves = itemsOf(found.data);
  const running = moves.find(({ state }) => state === "running");
  const shown = Number(asked) || running?.id;
  if (found.isPending) return <Waiting />;
  return (
    <Flex vertical gap="middle">
      {shown ? <OneMove key={shown} move_id={shown} /> : !found.error && <BeginMove />}
      {shown !== undefined && shown !== running?.id && (
        <Button style={{ alignSelf: "start" }} onClick={() => ask(undefined)}>{t(running ? "move.to_running" : "move.begin_another")}</Button>
      )}
      {(moves.length > 0 || found.error) && (
        <Card size="small" title={t("move.all")}>
          <CursorTable
            query={found}
            rowKey={({ id }) => id}
            empty={t("move.none")}
            width={640}
            columns={[
              { title: t("move.which"), render: (_, row) => <Button size="small" type="link" disabled={row.id === shown} onClick={() => ask(String(row.id))}>{t("move.number", { id: row.id })}</Button> },
              { title: t("move.state"), render: (_, row) => word("move", row.state) },
              { title: t("move.started"), render: (_, row) => forms.instant(row.started_at) },
              { title: t("move.ended"), render: (_, row) => forms.instant(row.ended_at) },
              { title: t("move.count"), align: "end", render: (_, row) => forms.number(row.products) },
              { title: t("move.kind"), render: (_, row) => (row.exit_id === null ? t("move.alone") : t("exit.number", { id: row.exit_id })) },
            ]}
          />
        </Card>
      )}
    </Flex>
  );
}
