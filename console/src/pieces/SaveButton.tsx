import { DownloadOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { saveFile } from "../api/download";
import { useSay } from "./say";

/** Fetches a file with the caller's own rights, and has the browser save it. */
export function SaveButton({ path, name, label, accept }: { path: string; name: string; label: string; accept?: string }) {
  const say = useSay();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      await saveFile(path, name, accept);
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return <Button size="small" icon={<DownloadOutlined aria-hidden />} loading={busy} onClick={() => void save()}>{label}</Button>;
}
