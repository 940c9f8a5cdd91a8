import { Badge, Flex, Tag } from "antd";
import type { Schemas } from "../api/client";
import { useWords } from "../texts/use";

type Status = "success" | "processing" | "default" | "error" | "warning";

const GROUPS: Record<Schemas["OrderOut"]["group"], Status> = {
  awaiting_shipment: "warning",
  in_transit: "processing",
  delivered: "success",
  completed: "success",
  cancelled: "default",
  returned: "default",
  lost: "error",
};

export function Group({ group }: { group: Schemas["OrderOut"]["group"] }) {
  return <Badge status={GROUPS[group]} text={useWords()("group", group)} />;
}

export function Flags({ flags }: { flags: Schemas["OrderOut"]["flags"] }) {
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
