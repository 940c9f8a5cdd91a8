import { Card, Flex, Segmented, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { BY_CURSOR } from "../../pieces/paged";
import { useAddress } from "../address";
import { useShopNames } from "../shop_names";
import { useDeskForms } from "../zone";

type Shop = Schemas["PolicyReadersOut"];
const READ = { yes: true, no: false } as const;

/** The shops that a version was announced to, and who of each has said that they read it. */
export function Readers({ version }: { version: string }) {
  const { t } = useTranslation();
  const [said, say] = useAddress();
  const asked = said("read");
  const read = asked === "yes" || asked === "no" ? READ[asked] : undefined;
  const found = api.useInfiniteQuery("get", "/v1/policies/{version}/readers", { params: { path: { version }, query: { read } } }, BY_CURSOR);
  return (
    <Card size="small" title={t("desk.readers", { version })}>
      <Flex vertical gap="middle">
        <Segmented
          aria-label={t("desk.readers", { version })}
          style={{ alignSelf: "start" }}
          value={asked ?? ""}
          options={[{ value: "", label: t("desk.all") }, ...(["yes", "no"] as const).map((value) => ({ value: value as string, label: t(`desk.read_${value}`) }))]}
          onChange={(value) => say({ read: value })}
        />
        <CursorTable query={found} columns={useColumns()} rowKey={({ shop_id }) => shop_id} empty={t("desk.no_readers")} width={620} />
      </Flex>
    </Card>
  );
}

function useColumns(): TableColumnsType<Shop> {
  const { t } = useTranslation();
  const forms = useDeskForms();
  const shopName = useShopNames();
  const reader = ({ user_id, at }: Shop["readers"][number]) =>
    t(user_id === null ? "desk.read_by_key" : "desk.read_by_person", { id: user_id, at: forms.instant(at) });
  return [
    { title: t("desk.shop"), render: (_, row) => shopName(row.shop_id) },
    { title: t("desk.announced"), render: (_, row) => forms.instant(row.announced_at) },
    { title: t("desk.touching"), dataIndex: "changes", align: "end" },
    {
      title: t("desk.read_at"),
      render: (_, row) => (row.readers.length === 0 ? "–" : row.readers.map((each) => <div key={each.by}>{reader(each)}</div>)),
    },
  ];
}
