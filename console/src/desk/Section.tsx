import { Typography } from "antd";

/** A part of a page or drawer, under its heading. */
export function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section>
      <Typography.Title level={2} style={{ fontSize: 16, marginTop: 0 }}>{title}</Typography.Title>
      {children}
    </section>
  );
}
