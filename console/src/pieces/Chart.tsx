/** A chart. It is a picture to whoever cannot see it: `label` says what it shows. Loaded apart, for it is large. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent } from "echarts/components";
import { init, use as withParts, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

withParts([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer]);

interface Props {
  label: string;
  height: number;
  option: EChartsCoreOption;
}

export function Chart({ label, height, option }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null) return undefined;
    const chart = init(place.current, undefined, { renderer: "svg" });
    const fit = new ResizeObserver(() => chart.resize());
    fit.observe(place.current);
    chart.setOption({ animation: false, ...option });
    return () => {
      fit.disconnect();
      chart.dispose();
    };
  }, [option]);
  return <div ref={place} role="img" aria-label={label} style={{ height }} />;
}
