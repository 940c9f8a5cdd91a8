import { Tabs } from "antd";

interface Props {
  active: string;
  items: { key: string; label: string }[];
  onChange: (key: string) => void;
}

/** Tabs in one row, which is scrolled where it is too long: Ant Design's menu of the others stands wrongly among the tabs. */
export function TabRow({ active, items, onChange }: Props) {
  return (
    <div className="wide">
      <Tabs activeKey={active} items={items} onChange={onChange} style={{ minWidth: "max-content" }} />
    </div>
  );
}
