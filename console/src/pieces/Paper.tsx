/** A PDF of ours: shown in a frame where the browser can, and always there to be saved. */
import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Flex } from "antd";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { callHeaders } from "../api/client";
import { refusalOf } from "../api/refusal";
import { Failure } from "./Failure";
import { Waiting } from "./Waiting";

async function paper(path: string): Promise<Blob> {
  const answer = await fetch(path, { headers: callHeaders("GET") });
  if (!answer.ok) throw await refusalOf(answer);
  return answer.blob();
}

export function Paper({ path, title }: { path: string; title: string }) {
  const { t } = useTranslation();
  const asked = useQuery({ queryKey: ["paper", path], queryFn: () => paper(path), staleTime: Infinity });
  const url = useMemo(() => (asked.data ? URL.createObjectURL(asked.data) : null), [asked.data]);
  useEffect(() => () => void (url && URL.revokeObjectURL(url)), [url]);
  if (asked.error) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  if (url === null) return <Waiting />;
  return (
    <Flex vertical gap="small">
      {/* A sandboxed frame shows no PDF; this one holds a blob that our own server made. */}
      {/* oxlint-disable-next-line react/iframe-missing-sandbox */}
      {navigator.pdfViewerEnabled && <iframe src={`${url}#navpanes=0`} title={title} style={{ width: "100%", height: "60vh", border: "1px solid #e7e5e4" }} />}
      <Button icon={<DownloadOutlined aria-hidden />} href={url} download={path.split("/").at(-1)} style={{ alignSelf: "start" }}>{t("list.download")}</Button>
    </Flex>
  );
}
