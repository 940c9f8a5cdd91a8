import { useQueryClient } from "@tanstack/react-query";
import { Alert, Card, Flex, Progress, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useWords } from "../../texts/use";
import type { Part } from "../place";
import { ScanField } from "../ScanField";
import { sound } from "../sound";

interface Props {
  part: Part;
  checks: Schemas["Checks"];
  open: boolean;
}

/** Each piece is held under the scanner before it goes into the parcel; what does not belong there is told at once. */
export function GoodsScan({ part, checks, open }: Props) {
  const { t } = useTranslation();
  const word = useWords();
  const say = useSay();
  const queries = useQueryClient();
  const [last, setLast] = useState<{ scanned: string; code: Schemas["PapersScanOut"]["code"] } | null>(null);
  const check = api.useMutation("post", "/v1/supplier/fulfilments/{fulfilment_id}/checks", { onError: say.failed });
  const scan = async (scanned: string) => {
    const { code } = await check.mutateAsync({ params: { path: { fulfilment_id: part.id } }, body: { scanned, number: part.id, units: 1 } });
    sound(code === null);
    setLast({ scanned, code });
    await queries.invalidateQueries();
  };
  return (
    <Card size="small" title={t("portal.pack.goods")} extra={checks.complete && <Tag color="success">{t("portal.pack.complete")}</Tag>}>
      <Flex vertical gap="middle">
        {open && !checks.complete && <ScanField label={t("portal.pack.scan_item")} onScan={(code) => void scan(code).catch(() => sound(false))} />}
        <div role="status">
          {last && <Alert type={last.code ? "error" : "success"} showIcon title={<strong>{last.scanned}</strong>} description={last.code ? word("check_code", last.code) : t("portal.pack.right")} />}
        </div>
        <ul className="cards">
          {checks.lines.map((line) => (
            <li key={line.line_no}><GoodsLine line={line} supplied={part.lines.find(({ line_no }) => line_no === line.line_no)} /></li>
          ))}
        </ul>
      </Flex>
    </Card>
  );
}

function GoodsLine({ line, supplied }: { line: Schemas["CheckedLine"]; supplied: Part["lines"][number] | undefined }) {
  const word = useWords();
  return (
    <Flex align="center" gap="middle">
      <span className="grows">
        <strong>{line.supplier_sku}</strong>
        <span>{supplied?.marks?.map((mark) => <Tag key={mark} color="warning" style={{ color: "rgba(0,0,0,0.88)" }}>{word("mark", mark)}</Tag>)}{supplied?.un_number}</span>
      </span>
      <Progress type="circle" size={48} percent={(100 * line.checked) / line.units} format={() => `${line.checked}/${line.units}`} aria-label={line.supplier_sku} />
    </Flex>
  );
}
