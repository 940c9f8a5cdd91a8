import { Flex, Spin } from "antd";

export function Waiting() {
  return (
    <Flex justify="center" style={{ padding: "20vh 0" }} role="status" aria-busy="true">
      <Spin size="large" />
    </Flex>
  );
}
