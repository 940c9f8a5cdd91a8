import { Card, Flex, Typography } from "antd";
import { LanguageSwitch } from "./LanguageSwitch";

/** The frame of what is shown to somebody who is not signed in. */
export function Door({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Flex component="main" vertical align="center" style={{ minHeight: "100vh", padding: "12vh 16px 24px" }}>
      <Card style={{ width: "min(400px, 100%)" }}>
        <Flex justify="space-between" align="start" gap="small">
          <Typography.Title level={1} style={{ fontSize: 24, marginTop: 0 }}>{title}</Typography.Title>
          <LanguageSwitch />
        </Flex>
        {children}
      </Card>
    </Flex>
  );
}
