import { Input } from "antd";

interface Props {
  label: string;
  value: string | undefined;
  search: (text: string | undefined) => void;
  disabled?: boolean;
  maxLength?: number;
}

/** A field that searches by Enter, its button, and by being emptied. */
export function SearchField({ label, value, search, disabled = false, maxLength = 128 }: Props) {
  return (
    <Input.Search
      key={value}
      allowClear
      aria-label={label}
      placeholder={label}
      defaultValue={value}
      disabled={disabled}
      maxLength={maxLength}
      onSearch={(text) => search(text.trim() || undefined)}
      style={{ width: 280, maxWidth: "100%" }}
    />
  );
}
