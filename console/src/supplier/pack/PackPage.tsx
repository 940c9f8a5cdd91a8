import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Card, Flex, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { useSay } from "../../pieces/say";
import { useWords } from "../../texts/use";
import { ScanField } from "../ScanField";
import { useMay } from "../place";
import { sound } from "../sound";
import { Packing } from "./Packing";
import { ToPack } from "./ToPack";

/** 打包台: the list's number is scanned, then the goods, then the parcel is measured and its label printed. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const { message } = App.useApp();
  const [search, setSearch] = useSearchParams();
  const asked = Number(search.get("part")) || undefined;
  const open = (id: number) => setSearch({ part: String(id) });
  const scan = (code: string) => {
    const number = Number(/^#?(\d{1,15})$/.exec(code)?.[1]);
    sound(number > 0);
    if (number > 0) open(number);
    else void message.error(t("portal.pack.no_number", { code }));
  };
  const part = api.useQuery(
    "get",
    "/v1/supplier/fulfilments/{fulfilment_id}",
    { params: { path: { fulfilment_id: asked ?? 0 } } },
    { enabled: asked !== undefined, refetchInterval: 10_000 },
  );
  return (
    <Page title={t("portal.menu.pack")} hint={t("portal.pack.hint")} actions={<ScanRule />}>
      <Card size="small">
        <Flex vertical gap="small">
          <ScanField label={t("portal.pack.scan_list")} onScan={scan} disabled={asked !== undefined && part.data !== undefined} />
          {part.data && <Alert type="info" title={t("portal.pack.open", { id: part.data.id, state: word("state", part.data.state) })} action={<Button onClick={() => setSearch({})}>{t("portal.pack.next")}</Button>} />}
        </Flex>
      </Card>
      {part.error && <Failure error={part.error} retry={() => void part.refetch()} />}
      {asked === undefined && <ToPack open={open} />}
      {part.data && <Packing key={part.data.id} part={part.data} />}
    </Page>
  );
}

/** Whether a label waits for the goods to be scanned: the warehouse's own rule, kept by the server. */
function ScanRule() {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const queries = useQueryClient();
  const rule = api.useQuery("get", "/v1/supplier/printing", {});
  const put = api.useMutation("put", "/v1/supplier/printing", { onError: say.failed, onSuccess: () => queries.invalidateQueries() });
  return (
    <Flex gap="small" align="center">
      <Switch
        id="scan_rule"
        checked={rule.data?.scan_before_print ?? false}
        loading={rule.isPending || put.isPending}
        disabled={!may("fulfilments.write")}
        onChange={(scan_before_print) => put.mutate({ body: { scan_before_print } })}
      />
      <label htmlFor="scan_rule">{t("portal.pack.rule")}</label>
    </Flex>
  );
}
