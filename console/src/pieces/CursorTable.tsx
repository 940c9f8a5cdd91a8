/** A list that comes page after page: its rows, that there are none, that it cannot be had, and the way to more. */
import { Button, Empty, Flex, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Failure } from "./Failure";
import { itemsOf, type Paged } from "./paged";
import { Wide } from "./Wide";

interface Chosen<Row, Key> {
  keys: Key[];
  choose: (keys: Key[]) => void;
  /** Which rows cannot be chosen. */
  barred?: (row: Row) => boolean;
}

interface Props<Row extends object, Key extends string | number> {
  query: {
    data: { pages: Paged<Row>[] } | undefined;
    error: unknown;
    isPending: boolean;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => Promise<unknown>;
    refetch: () => Promise<unknown>;
  };
  columns: TableColumnsType<Row>;
  rowKey: (row: Row) => Key;
  /** What is said where there are none. */
  empty: string;
  /** From how narrow on it is scrolled sideways. */
  width: number;
  chosen?: Chosen<Row, Key>;
  /** What a row is called, to whoever hears its box. */
  nameOf?: (row: Row) => string | number;
}

export function CursorTable<Row extends object, Key extends string | number>(props: Props<Row, Key>) {
  const { query, columns, rowKey, empty, width, chosen, nameOf = rowKey } = props;
  const { t } = useTranslation();
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return (
    <Flex vertical gap="middle">
      <Wide width={width}>
        <Table<Row>
          rowKey={rowKey}
          size="middle"
          columns={columns}
          dataSource={itemsOf(query.data)}
          loading={query.isPending}
          pagination={false}
          rowSelection={
            chosen && {
              selectedRowKeys: chosen.keys,
              onChange: (keys) => chosen.choose(keys as Key[]),
              getCheckboxProps: (row) => ({ "aria-label": t("list.choose", { name: nameOf(row) }), disabled: chosen.barred?.(row) ?? false }),
              getTitleCheckboxProps: () => ({ "aria-label": t("list.choose_all") }),
            }
          }
          locale={{ emptyText: query.isPending ? " " : <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} /> }}
        />
      </Wide>
      {query.hasNextPage && (
        <Button style={{ alignSelf: "center" }} onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t("list.more")}
        </Button>
      )}
    </Flex>
  );
}
