import { Badge, Button, Descriptions, Drawer, Flex, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { PaperButton } from "../../pieces/PaperButton";
import { useWord } from "../../pieces/address";
import { BY_CURSOR, itemsOf } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useSupplierForms } from "../place";
import { useShopNames } from "../shop_names";

type Letter = Schemas["LetterOut"];
const STATUS = { draft: "warning", withdrawn: "default", signed: "processing", proven: "success" } as const;

/** 供应商解约确认函: each letter, and what its signature closed: keys, the endpoint, mappings, consigned stock. */
export function Letters() {
  const { t } = useTranslation();
  const [asked, setAsked] = useWord("letter");
  const letters = api.useInfiniteQuery("get", "/v1/supplier/letters", { params: { query: {} } }, { ...BY_CURSOR, refetchInterval: 30_000 });
  const letter = itemsOf(letters.data).find(({ id }) => String(id) === asked);
  return (
    <>
      <CursorTable query={letters} columns={useColumns((id) => setAsked(String(id)))} rowKey={({ id }) => id} empty={t("portal.parting.no_letters")} width={320} />
      <Drawer open={letter !== undefined} onClose={() => setAsked(undefined)} size="min(640px, 100vw)" title={letter?.number} closable={{ "aria-label": t("list.close") }} destroyOnHidden>
        {letter && <Closed letter={letter} />}
      </Drawer>
    </>
  );
}

function useColumns(open: (id: number) => void): TableColumnsType<Letter> {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useSupplierForms();
  const shopName = useShopNames();
  return [
    { title: t("portal.parting.number"), render: (_, row) => <Button type="link" onClick={() => open(row.id)} style={{ padding: 0 }}>{row.number}</Button> },
    { title: t("portal.disputes.shop"), responsive: ["md"], render: (_, row) => shopName(row.shop_id) },
    { title: t("portal.parting.drawn"), responsive: ["md"], render: (_, row) => forms.instant(row.drawn_at) },
    { title: t("portal.parting.signed"), responsive: ["md"], render: (_, row) => forms.instant(row.signed_at) },
    { title: t("orders.state"), render: (_, row) => <Badge status={STATUS[row.state]} text={word("letter", row.state)} /> },
  ];
}

function Closed({ letter }: { letter: Letter }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useSupplierForms();
  const shopName = useShopNames();
  const { ended } = letter;
  const wide = "filled" as const;
  const items = [
    { label: t("portal.disputes.shop"), children: shopName(letter.shop_id) },
    { label: t("orders.state"), children: <Badge status={STATUS[letter.state]} text={word("letter", letter.state)} /> },
    { label: t("portal.parting.drawn"), children: forms.instant(letter.drawn_at) },
    { label: t("portal.parting.signed"), children: forms.instant(letter.signed_at) },
    ...(letter.signed_name ? [{ label: t("portal.parting.by"), children: `${letter.signed_name} · ${letter.factor ? word("factor", letter.factor) : ""}`, span: wide }] : []),
    ...(ended
      ? [
          { label: t("portal.parting.keys"), children: ended.keys.length > 0 ? t("portal.parting.keys_closed", { keys: ended.keys.map((key) => `#${key}`).join(" ") }) : t("portal.parting.no_keys"), span: wide },
          { label: t("portal.pushes.endpoint"), children: ended.endpoint ?? "–", span: wide },
          { label: t("portal.parting.mappings"), children: forms.number(ended.mappings) },
          { label: t("portal.parting.notes"), children: ended.transfer_notes.join(" ") || "–" },
          { label: t("portal.parting.proven"), children: forms.instant(letter.proven_at), span: wide },
        ]
      : []),
  ];
  return (
    <Flex vertical gap="large">
      <Descriptions size="small" bordered column={{ xs: 1, sm: 2 }} items={items} />
      {letter.state === "draft" && <span>{t("portal.parting.draft_means")}</span>}
      <PaperButton path={`/v1/supplier/letters/${letter.id}.pdf`} title={t(letter.state === "draft" ? "portal.parting.draft" : "portal.shops.letter")} />
    </Flex>
  );
}
