import { PrinterOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Checkbox, Empty, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useTellActs } from "../../pieces/acted";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { PaperButton } from "../../pieces/PaperButton";
import { useSay } from "../../pieces/say";
import { Waiting } from "../../pieces/Waiting";
import { useMay } from "../place";
import { useTicks } from "./ticks";

type Stop = Schemas["PickOut"];
/** How many fulfilments are walked for at once. */
const WAVE = 20;

/** One walk through the warehouse: what to take, bin after bin; what was taken whole is told in one call. */
export function Component() {
  const { t } = useTranslation();
  const may = useMay();
  const [taken, setTaken] = useTicks();
  const wave = api.useQuery("get", "/v1/supplier/picklist", { params: { query: { limit: WAVE } } }, { refetchOnWindowFocus: false });
  if (wave.error) return <Failure error={wave.error} retry={() => void wave.refetch()} />;
  if (wave.isPending) return <Waiting />;
  const stops = wave.data.items;
  const parts = wholeOf(stops, taken);
  const units = stops.reduce((sum, stop) => sum + stop.units, 0);
  const count = new Set(stops.flatMap((stop) => stop.fulfilments.map((each) => each.fulfilment_id))).size;
  return (
    <Page
      title={t("portal.menu.pick")}
      hint={t("portal.pick.hint", { count, units })}
      actions={<PaperButton path={`/v1/supplier/picklist.pdf?limit=${WAVE}`} title={t("portal.pick.print")} icon={<PrinterOutlined aria-hidden />} />}
    >
      <Card size="small">
        {stops.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("portal.pick.none")} />}
        <ol className="cards">{stops.map((stop) => <li key={nameOf(stop)}><StopLine stop={stop} taken={isTaken(stop, taken)} take={(now) => setTaken(after(stops, taken, stop, now))} /></li>)}</ol>
        {wave.data.next_cursor && <p className="secondary">{t("portal.pick.more")}</p>}
        {may("fulfilments.write") && stops.length > 0 && <Picked parts={parts} />}
      </Card>
    </Page>
  );
}

const nameOf = (stop: Stop): string => `${stop.bin ?? ""} ${stop.supplier_sku}`;
/** What is taken there, for each: what others are told of meanwhile leaves the ticks for the rest as they are. */
const ticksOf = (stop: Stop): string[] => stop.fulfilments.map((each) => `${nameOf(stop)} ${each.fulfilment_id}×${each.units}`);
const isTaken = (stop: Stop, taken: readonly string[]): boolean => ticksOf(stop).every((each) => taken.includes(each));

/** The ticks after one more, or one less; those of stops that are gone are forgotten. */
function after(stops: readonly Stop[], taken: readonly string[], stop: Stop, now: boolean): string[] {
  const known = stops.flatMap(ticksOf).filter((each) => taken.includes(each));
  const own = ticksOf(stop);
  return [...known.filter((each) => !own.includes(each)), ...(now ? own : [])];
}

/** The fulfilments of which every stop was ticked. */
function wholeOf(stops: readonly Stop[], taken: readonly string[]): number[] {
  const all = new Set(stops.flatMap((stop) => stop.fulfilments.map((each) => each.fulfilment_id)));
  for (const stop of stops) if (!isTaken(stop, taken)) for (const each of stop.fulfilments) all.delete(each.fulfilment_id);
  return [...all];
}

function StopLine({ stop, taken, take }: { stop: Stop; taken: boolean; take: (now: boolean) => void }) {
  const { t } = useTranslation();
  return (
    <label className="stop">
      <Checkbox checked={taken} onChange={({ target }) => take(target.checked)} aria-label={t("portal.pick.taken", { item: stop.supplier_sku, bin: stop.bin ?? t("portal.pick.nowhere") })} />
      <span className="bin">{stop.bin ?? t("portal.pick.nowhere")}</span>
      <span className="grows"><strong>{stop.supplier_sku}</strong><small className="secondary">{stop.fulfilments.map((each) => `#${each.fulfilment_id} × ${each.units}`).join(" · ")}</small></span>
      <span className="figure">{stop.units}</span>
    </label>
  );
}

function Picked({ parts }: { parts: readonly number[] }) {
  const { t } = useTranslation();
  const say = useSay();
  const tell = useTellActs();
  const queries = useQueryClient();
  const acts = api.useMutation("post", "/v1/supplier/fulfilments/bulk", {
    onError: say.failed,
    onSuccess: async (answer) => {
      await tell(answer);
      await queries.invalidateQueries();
    },
  });
  const send = () => acts.mutate({ body: parts.map((id) => ({ action: "picked", id })) });
  return (
    <Flex className="toolbar" justify="end">
      <Button type="primary" size="large" disabled={parts.length === 0} loading={acts.isPending} onClick={send}>{t("portal.pick.picked", { count: parts.length })}</Button>
    </Flex>
  );
}
