import { Card, Col, Row, Spin } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";

type Counted = Schemas["CountOut"];
const URGENCIES = ["overdue", "due_soon", "later"] as const;
const COLOURS = { overdue: "#c4242b", due_soon: "#8f5a00", later: undefined } as const;

/** How much there is to do: overdue, within 24 hours, later. */
export function Counts({ counts, loading }: { counts: readonly Counted[]; loading: boolean }) {
  const { t } = useTranslation();
  return (
    <Row gutter={[12, 12]}>
      {URGENCIES.map((urgency) => {
        const value = counts.reduce((sum, each) => sum + each[urgency], 0);
        const color = value > 0 ? COLOURS[urgency] : undefined;
        return (
          <Col xs={8} key={urgency}>
            <Card size="small">
              <div className="secondary">{t(`home.${urgency}`)}</div>
              {loading ? <Spin size="small" /> : <strong className="figure" style={{ color }}>{value}</strong>}
            </Card>
          </Col>
        );
      })}
    </Row>
  );
}
