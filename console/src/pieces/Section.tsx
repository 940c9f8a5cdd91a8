import { Typography } from "antd";

/** A part of a page or drawer under a heading of its own. */
export function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section>
      <Typography.Title level={2} style={{ fontSize: 16 }}>{title}</Typography.Title>
      {children}
    </section>
  );
}
