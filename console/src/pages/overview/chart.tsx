import { BarChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use as take, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { COLORS } from "./counts";
import { SERIES, type TrendDay } from "./trend";

take([BarChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

/** Bars of each day, one state upon the other. */
export default function TrendChart({ days, names, label }: { days: TrendDay[]; names: string[]; label: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const made = init(element);
    chart.current = made;
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => chart.current?.setOption(options(days, names)), [days, names]);
  return <div ref={frame} className="chart" role="img" aria-label={label} />;
}

const INK = "#434343";

function options(days: TrendDay[], names: string[]) {
  return {
    color: SERIES.map((state) => COLORS[state]),
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: INK },
    animationDuration: 300,
    grid: { left: 0, right: 8, top: 36, bottom: 0, outerBoundsMode: "same" },
    legend: { top: 0, right: 0, itemWidth: 12, itemHeight: 8, textStyle: { color: INK } },
    // As HTML it would bring styles of its own, which the page's policy refuses.
    tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" }, confine: true },
    xAxis: {
      type: "category",
      data: days.map((day) => day.date.slice(5)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: "#d9d9d9" } },
      axisLabel: { color: INK },
    },
    yAxis: {
      type: "value",
      minInterval: 1,
      axisLabel: { color: INK },
      splitLine: { lineStyle: { color: "#f0f0f0" } },
    },
    series: SERIES.map((state, index) => ({
      name: names[index],
      type: "bar",
      stack: "tasks",
      barMaxWidth: 28,
      data: days.map((day) => day[state]),
    })),
  };
}
