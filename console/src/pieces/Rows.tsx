/** Rows of things: a table where there is room for one, and on a phone a card for each, which says the same. */
import { Card, Checkbox, Descriptions, Empty, Flex, Grid, Table, type TableColumnsType, type TableColumnType } from "antd";
import { useTranslation } from "react-i18next";
import { Waiting } from "./Waiting";
import { Wide } from "./Wide";

interface Chosen<Row, Key> {
  keys: Key[];
  choose: (keys: Key[]) => void;
  /** Which rows cannot be chosen. */
  barred?: (row: Row) => boolean;
}

export interface RowsProps<Row extends object, Key extends string | number> {
  rows: readonly Row[];
  columns: TableColumnsType<Row>;
  rowKey: (row: Row) => Key;
  /** What is said where there are none. */
  empty: string;
  /** From how narrow on the table is scrolled sideways. */
  width: number;
  pending?: boolean;
  chosen?: Chosen<Row, Key> | undefined;
  /** What a row is called, to whoever hears its box. */
  nameOf?: (row: Row) => string | number;
}

/** A table of this width has room on a phone. */
const PHONE = 300;

export function Rows<Row extends object, Key extends string | number>(props: RowsProps<Row, Key>) {
  const { rows, empty, pending, width } = props;
  const room = (Grid.useBreakpoint().sm ?? true) || width <= PHONE;
  if (!pending && rows.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} />;
  return room ? <InTable {...props} /> : pending ? <Waiting /> : <AsCards {...props} />;
}

function InTable<Row extends object, Key extends string | number>({ rows, columns, rowKey, width, pending = false, chosen, nameOf = rowKey }: RowsProps<Row, Key>) {
  const { t } = useTranslation();
  return (
    <Wide width={width}>
      <Table<Row>
        rowKey={rowKey}
        size="middle"
        columns={columns}
        dataSource={rows}
        loading={pending}
        pagination={false}
        rowSelection={
          chosen && {
            selectedRowKeys: chosen.keys,
            onChange: (keys) => chosen.choose(keys as Key[]),
            getCheckboxProps: (row) => ({ "aria-label": t("list.choose", { name: nameOf(row) }), disabled: chosen.barred?.(row) ?? false }),
            getTitleCheckboxProps: () => ({ "aria-label": t("list.choose_all") }),
          }
        }
        locale={{ emptyText: " " }}
      />
    </Wide>
  );
}

function AsCards<Row extends object, Key extends string | number>({ rows, columns, rowKey, chosen, nameOf = rowKey }: RowsProps<Row, Key>) {
  const { t } = useTranslation();
  const choose = (key: Key, on: boolean) => chosen?.choose(on ? [...chosen.keys, key] : chosen.keys.filter((each) => each !== key));
  const shown = columns.filter((column): column is TableColumnType<Row> => !("children" in column));
  return (
    <Flex vertical gap="small" component="ul" style={{ listStyle: "none", padding: 0, margin: 0 }}>
      {rows.map((row, place) => (
        <li key={rowKey(row)}>
          <Card size="small">
            {chosen && <Checkbox checked={chosen.keys.includes(rowKey(row))} disabled={chosen.barred?.(row) ?? false} onChange={({ target }) => choose(rowKey(row), target.checked)}>{t("list.choose", { name: nameOf(row) })}</Checkbox>}
            <Descriptions size="small" column={1} colon={false} items={itemsOf(shown, row, place)} />
          </Card>
        </li>
      ))}
    </Flex>
  );
}

/** What a card says: each column's title and cell, without those that are empty. */
function itemsOf<Row extends object>(columns: readonly TableColumnType<Row>[], row: Row, place: number) {
  const cells = columns.map((column, key) => ({ key, label: titleOf(column), children: cellOf(column, row, place) }));
  const told = cells.filter(({ children }) => children !== undefined && children !== null && children !== false && children !== "");
  return told.map((each) => ({ ...each, children: <div>{each.children}</div> }));
}

function titleOf<Row extends object>({ title }: TableColumnType<Row>): React.ReactNode {
  return typeof title === "function" ? null : title;
}

function cellOf<Row extends object>({ dataIndex, render }: TableColumnType<Row>, row: Row, place: number): React.ReactNode {
  const value = dataIndex === undefined ? undefined : (row as Record<string, React.ReactNode>)[String(dataIndex)];
  return render ? (render(value, row, place) as React.ReactNode) : value;
}
