import { Flex } from "antd";
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
          <h1>{title}</h1>
          {hint && <div className="secondary">{hint}</div>}
        </div>
        {actions && <Flex gap="small" wrap>{actions}</Flex>}
      </Flex>
      {children}
    </Flex>
  );
}
