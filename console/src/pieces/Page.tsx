import { Flex, Typography } from "antd";
import { useEffect } from "react";

interface Props {
  title: string;
  hint?: React.ReactNode;
  actions?: React.ReactNode;
  children: React.ReactNode;
}

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Andon`;
  }, [title]);
}

/** A page: its one heading, what may be done on it, and what it shows. */
export function Page({ title, hint, actions, children }: Props) {
  usePageTitle(title);
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" align="start" gap="middle" wrap>
        <div>
          <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>{title}</Typography.Title>
          {hint && <Typography.Text type="secondary">{hint}</Typography.Text>}
        </div>
        {actions && <Flex gap="small" wrap>{actions}</Flex>}
      </Flex>
      {children}
    </Flex>
  );
}
