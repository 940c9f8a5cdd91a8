/** Where a scanner types: it takes a code at Enter, empties itself, and waits for the next. */
import { BarcodeOutlined } from "@ant-design/icons";
import { Input, type InputRef } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  label: string;
  onScan: (code: string) => void;
  disabled?: boolean;
}

export function ScanField({ label, onScan, disabled = false }: Props) {
  const { t } = useTranslation();
  const field = useRef<InputRef>(null);
  const [text, setText] = useState("");
  useEffect(() => {
    if (!disabled) field.current?.focus();
  }, [disabled]);
  const take = (typed: string) => {
    setText("");
    field.current?.focus();
    if (typed.trim()) onScan(typed.trim());
  };
  return (
    <Input.Search
      ref={field}
      size="large"
      prefix={<BarcodeOutlined aria-hidden />}
      aria-label={label}
      placeholder={label}
      autoComplete="off"
      disabled={disabled}
      value={text}
      onChange={({ target }) => setText(target.value)}
      onSearch={take}
      enterButton={t("portal.scan.enter")}
    />
  );
}
