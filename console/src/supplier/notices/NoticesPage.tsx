import { Button, Card, Flex, Segmented } from "antd";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, calls } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Page } from "../../pieces/Page";
import { useWord } from "../../pieces/address";
import { BY_CURSOR, itemsOf } from "../../pieces/paged";
import { useTold } from "../../pieces/told";
import { useMay } from "../place";
import { useNoticeColumns } from "./columns";

/** 消息: what the warehouse was told, by shops and by the platform; what somebody has read is read for all of them. */
export function Component() {
  const { t } = useTranslation();
  const may = useMay()("notices.write");
  const [shown, setShown] = useWord("show");
  const all = shown === "all";
  const notices = api.useInfiniteQuery("get", "/v1/supplier/notices", { params: { query: { unread: !all } } }, { ...BY_CURSOR, refetchInterval: 15_000 });
  const unread = itemsOf(notices.data).filter(({ read_at }) => read_at === null).map(({ id }) => id);
  const read = useMutation({ mutationFn: readAll, ...useTold() });
  return (
    <Page title={t("portal.menu.notices")} hint={t("portal.notices.hint")}>
      <Card size="small">
        <Flex vertical gap="middle">
          <Flex gap="small" wrap justify="space-between">
            <Segmented
              aria-label={t("portal.filters")}
              value={all ? "all" : "unread"}
              options={[{ value: "unread", label: t("portal.notices.unread") }, { value: "all", label: t("portal.all") }]}
              onChange={(value) => setShown(value === "all" ? value : undefined)}
            />
            {may && <Button disabled={unread.length === 0} loading={read.isPending} onClick={() => read.mutate(unread)}>{t("portal.notices.read_shown", { count: unread.length })}</Button>}
          </Flex>
          <CursorTable query={notices} columns={useNoticeColumns()} rowKey={({ id }) => id} empty={t(all ? "portal.notices.none" : "portal.notices.none_unread")} width={320} />
        </Flex>
      </Card>
    </Page>
  );
}

/** There is a call for each alone; one after another, so that a long list is no flood. */
async function readAll(ids: readonly number[]): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- see above
  for (const notice_id of ids) await calls.POST("/v1/supplier/notices/{notice_id}/read", { params: { path: { notice_id } } });
}
