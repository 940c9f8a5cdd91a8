import { Badge, Flex, Tag } from "antd";
import { useWords } from "../texts/use";

type Status = "success" | "processing" | "default" | "error" | "warning";

const GROUPS: Record<string, Status> = {
  awaiting_shipment: "warning",
  in_transit: "processing",
  delivered: "success",
  completed: "success",
  cancelled: "default",
  returned: "default",
  lost: "error",
};

export function Group({ group }: { group: string }) {
  return <Badge status={GROUPS[group] ?? "default"} text={useWords()("group", group)} />;
}

export function Flags({ flags }: { flags: readonly string[] }) {
  const word = useWords();
  return (
    <Flex gap={4} wrap>
      {flags.map((flag) => (
        <Tag key={flag} color={flag === "stuck" || flag === "short" ? "error" : "warning"} style={{ color: "rgba(0,0,0,0.88)", marginInlineEnd: 0 }}>
          {word("flag", flag)}
        </Tag>
      ))}
    </Flex>
  );
}
