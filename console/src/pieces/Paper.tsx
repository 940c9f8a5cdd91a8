/** A PDF of ours: shown in a frame where the browser can, and always there to be saved. */
import { DownloadOutlined, PrinterOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Flex } from "antd";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { callHeaders } from "../api/client";
import { refusalOf } from "../api/refusal";
import { Failure } from "./Failure";
import { Waiting } from "./Waiting";

async function paper(path: string, body?: object): Promise<Blob> {
  const asked = body ? { method: "POST", body: JSON.stringify(body), headers: { ...callHeaders("POST"), "Content-Type": "application/json" } } : { headers: callHeaders("GET") };
  const answer = await fetch(path, asked);
  if (!answer.ok) throw await refusalOf(answer);
  return answer.blob();
}

interface Props {
  path: string;
  title: string;
  /** What is asked for where the path alone does not say it. */
  body?: object;
  /** What the file is saved as, where the path's end does not say it. */
  name?: string;
}

export function Paper({ path, title, body, name }: Props) {
  const { t } = useTranslation();
  const frame = useRef<HTMLIFrameElement>(null);
  const asked = useQuery({ queryKey: ["paper", path, body], queryFn: () => paper(path, body), staleTime: Infinity, gcTime: 0 });
  const url = useMemo(() => (asked.data ? URL.createObjectURL(asked.data) : null), [asked.data]);
  useEffect(() => () => void (url && URL.revokeObjectURL(url)), [url]);
  if (asked.error) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  if (url === null) return <Waiting />;
  return (
    <Flex vertical gap="small">
      {/* A sandboxed frame shows no PDF; this one holds a blob that our own server made. */}
      {/* oxlint-disable-next-line react/iframe-missing-sandbox */}
      {navigator.pdfViewerEnabled && <iframe ref={frame} src={`${url}#navpanes=0`} title={title} style={{ width: "100%", height: "60vh", border: "1px solid #e7e5e4" }} />}
      <Flex gap="small" wrap>
        {navigator.pdfViewerEnabled && <Button type="primary" icon={<PrinterOutlined aria-hidden />} onClick={() => frame.current?.contentWindow?.print()}>{t("list.print")}</Button>}
        <Button icon={<DownloadOutlined aria-hidden />} href={url} download={name ?? path.split("?")[0]?.split("/").at(-1)}>{t("list.download")}</Button>
      </Flex>
    </Flex>
  );
}
