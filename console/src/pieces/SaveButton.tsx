import { DownloadOutlined } from "@ant-design/icons";
import { Button, type ButtonProps } from "antd";
import { useState } from "react";
import { saveFile } from "../api/download";
import { useSay } from "./say";

interface Props {
  path: string;
  name: string;
  label: string;
  accept?: string;
  size?: ButtonProps["size"];
}

/** Fetches a file with the caller's own rights, and has the browser save it. */
export function SaveButton({ path, name, label, accept, size = "small" }: Props) {
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
  return <Button size={size} icon={<DownloadOutlined aria-hidden />} loading={busy} onClick={() => void save()}>{label}</Button>;
}
