/** A list that comes page after page: its rows, that there are none, that it cannot be had, and the way to more. */
import { Button, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { Failure } from "./Failure";
import { itemsOf, type Paged } from "./paged";
import { Rows, type RowsProps } from "./Rows";

interface Props<Row extends object, Key extends string | number> extends Omit<RowsProps<Row, Key>, "rows" | "pending"> {
  query: {
    data: { pages: Paged<Row>[] } | undefined;
    error: unknown;
    isPending: boolean;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => Promise<unknown>;
    refetch: () => Promise<unknown>;
  };
}

export function CursorTable<Row extends object, Key extends string | number>({ query, ...shown }: Props<Row, Key>) {
  const { t } = useTranslation();
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return (
    <Flex vertical gap="middle">
      <Rows {...shown} rows={itemsOf(query.data)} pending={query.isPending} />
      {query.hasNextPage && (
        <Button style={{ alignSelf: "center" }} onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t("list.more")}
        </Button>
      )}
    </Flex>
  );
}
