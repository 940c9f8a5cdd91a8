import { Badge, Button, Flex, Popconfirm, Select, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { BY_CURSOR } from "../../pieces/paged";
import { useTold } from "../../pieces/told";
import { useMe } from "../../shell/session";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import { ROLES } from "./roles";

type Member = Schemas["MemberOut"];

export function Members() {
  const { t } = useTranslation();
  const shop = useShop();
  const members = api.useInfiniteQuery("get", "/v1/shops/{shop_id}/members", { params: { path: { shop_id: shop.id }, query: {} } }, BY_CURSOR);
  return (
    <Flex vertical gap="small">
      <CursorTable query={members} columns={useColumns()} rowKey={({ id }) => id} empty={t("people.none")} width={760} />
      {ROLES.map((role) => <small key={role} className="secondary">{t(`people.means_${role}`)}</small>)}
    </Flex>
  );
}

function useColumns(): TableColumnsType<Member> {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const me = useMe();
  const may = useMay()("people.write");
  return [
    { title: t("people.name"), render: (_, row) => <>{row.name} {row.id === me.user_id && <Tag>{t("people.you")}</Tag>}</> },
    { title: t("people.email"), dataIndex: "email" },
    { title: t("people.role"), render: (_, row) => (may ? <Role member={row} /> : word("role", row.role)) },
    { title: t("people.factor"), render: (_, row) => <Badge status={row.second_factor ? "success" : "default"} text={t(row.second_factor ? "people.on" : "people.off")} /> },
    { title: t("people.since"), render: (_, row) => forms.instant(row.since) },
    ...(may ? [{ title: t("suppliers.acts"), render: (_: unknown, row: Member) => <Remove member={row} /> }] : []),
  ];
}

function Role({ member }: { member: Member }) {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const put = api.useMutation("put", "/v1/shops/{shop_id}/members/{user_id}", useTold(t("people.changed")));
  return (
    <Select
      aria-label={`${t("people.role")}: ${member.name}`}
      value={member.role}
      loading={put.isPending}
      options={ROLES.map((value) => ({ value: value as string, label: word("role", value) }))}
      onChange={(role: string) => put.mutate({ params: { path: { shop_id: shop.id, user_id: member.id } }, body: { role } })}
      style={{ minWidth: 110 }}
    />
  );
}

function Remove({ member }: { member: Member }) {
  const { t } = useTranslation();
  const shop = useShop();
  const remove = api.useMutation("delete", "/v1/shops/{shop_id}/members/{user_id}", useTold(t("people.removed")));
  return (
    <Popconfirm title={t("people.remove_sure", { name: member.name })} onConfirm={() => remove.mutate({ params: { path: { shop_id: shop.id, user_id: member.id } } })}>
      <Button autoInsertSpace={false} size="small" danger loading={remove.isPending} aria-label={`${t("people.remove")}: ${member.name}`}>{t("people.remove")}</Button>
    </Popconfirm>
  );
}
