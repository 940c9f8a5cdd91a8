import { Button, Checkbox, Empty, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { Due } from "../../pieces/Due";
import { Failure } from "../../pieces/Failure";
import { Flags } from "../../pieces/states";
import { Waiting } from "../../pieces/Waiting";
import { itemsOf, type Paged } from "../../pieces/paged";
import { useShopNames } from "../shop_names";
import { useSupplierForms, type Part, type PartState } from "../place";
import { dueOf, dueTitle, Goods } from "./columns";
import { NextStep } from "./NextStep";

interface Props {
  query: {
    data: { pages: Paged<Part>[] } | undefined;
    error: unknown;
    isPending: boolean;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => Promise<unknown>;
    refetch: () => Promise<unknown>;
  };
  state: PartState;
  chosen: { keys: number[]; choose: (keys: number[]) => void };
}

/** The same list for a thumb: a card a fulfilment, all of which chooses it. */
export function PartCards({ query, state, chosen: { keys, choose } }: Props) {
  const { t } = useTranslation();
  const parts = itemsOf(query.data);
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Waiting />;
  if (parts.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("supplier.none")} />;
  const all = keys.length === parts.length;
  return (
    <Flex vertical gap="small">
      <Checkbox checked={all} indeterminate={keys.length > 0 && !all} onChange={() => choose(all ? [] : parts.map(({ id }) => id))}>{t("list.choose_all")}</Checkbox>
      <Checkbox.Group value={keys} onChange={choose} style={{ display: "contents" }}>
        <ul className="cards">{parts.map((part) => <li key={part.id}><PartCard part={part} state={state} /></li>)}</ul>
      </Checkbox.Group>
      {query.hasNextPage && <Button onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>{t("list.more")}</Button>}
    </Flex>
  );
}

function PartCard({ part, state }: { part: Part; state: PartState }) {
  const { t } = useTranslation();
  const forms = useSupplierForms();
  const shopName = useShopNames();
  return (
    <Flex vertical gap="small">
      <label className="card_head">
        <Checkbox value={part.id} aria-label={t("list.choose", { name: part.id })} />
        <strong>#{part.id}</strong>
        <span className="secondary">{[shopName(part.shop_id), part.ship_to && `${part.ship_to.country} · ${part.ship_to.city}`].filter(Boolean).join(" · ")}</span>
      </label>
      <Flags flags={part.flags} />
      <Flex justify="space-between" gap="small">
        <div><Goods part={part} /></div>
        {dueOf(part, state) && <div className="right"><small className="secondary">{t(dueTitle(state))}</small><Due at={dueOf(part, state)} forms={forms} /></div>}
      </Flex>
      <NextStep part={part} />
    </Flex>
  );
}
