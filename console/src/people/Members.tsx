import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Badge, Button, Flex, Popconfirm, Select, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { CursorTable } from "../pieces/CursorTable";
import { useTold } from "../pieces/told";
import { useMe } from "../shell/session";
import { useWords } from "../texts/use";
import { BY_PAGES, useParty } from "./party";

type Member = Schemas["MemberOut"];

export function Members() {
  const { t } = useTranslation();
  const party = useParty();
  const members = useInfiniteQuery({ queryKey: [party.key, "members"], queryFn: ({ pageParam }) => party.members(pageParam), ...BY_PAGES });
  return (
    <Flex vertical gap="small">
      <CursorTable query={members} columns={useColumns()} rowKey={({ id }) => id} empty={t("people.none")} width={760} />
      {party.roles.map((role) => <small key={role} className="secondary">{t(`people.means_${role}`)}</small>)}
    </Flex>
  );
}

function useColumns(): TableColumnsType<Member> {
  const { t } = useTranslation();
  const word = useWords();
  const party = useParty();
  const { forms } = party;
  const me = useMe();
  const may = party.may("people.write");
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
  const party = useParty();
  const put = useMutation({ mutationFn: party.setRole, ...useTold(t("people.changed")) });
  return (
    <Select
      aria-label={`${t("people.role")}: ${member.name}`}
      value={member.role}
      loading={put.isPending}
      options={party.roles.map((value) => ({ value: value as string, label: word("role", value) }))}
      onChange={(role: string) => put.mutate({ user_id: member.id, role })}
      style={{ minWidth: 110 }}
    />
  );
}

function Remove({ member }: { member: Member }) {
  const { t } = useTranslation();
  const remove = useMutation({ mutationFn: useParty().remove, ...useTold(t("people.removed")) });
  return (
    <Popconfirm title={t("people.remove_sure", { name: member.name })} onConfirm={() => remove.mutate(member.id)}>
      <Button autoInsertSpace={false} size="small" danger loading={remove.isPending} aria-label={`${t("people.remove")}: ${member.name}`}>{t("people.remove")}</Button>
    </Popconfirm>
  );
}
