// Draws what the table beside it says; without this file the table is all there is.
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

const COLOUR = "#8f171c";

const options = ({ line, share, whole, names, values }) => {
  const told = (value) => (share ? `${(value * 100).toFixed(1)}%` : `${value}`);
  const axis = { type: "category", data: names, inverse: !line };
  const amounts = { type: "value", max: share ? 1 : null, minInterval: whole ? 1 : 0, axisLabel: { formatter: told } };
  return {
    animation: false,
    color: [COLOUR],
    grid: { left: 8, right: 24, top: 16, bottom: 8, outerBoundsMode: "same" },
    // Rich text: a tooltip of HTML would need styles that our policy refuses.
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (v) => (v == null ? "–" : told(v)) },
    xAxis: line ? axis : amounts,
    yAxis: line ? amounts : axis,
    series: [{ type: line ? "line" : "bar", data: values, barMaxWidth: 22, symbolSize: 7 }],
  };
};

const places = () => document.querySelectorAll("[data-chart]");
const resizes = new ResizeObserver((seen) => {
  for (const { target } of seen) echarts.getInstanceByDom(target)?.resize();
});

export const draw = () => {
  for (const place of places()) {
    const told = document.getElementById(place.dataset.chart).textContent;
    echarts.init(place).setOption(options(JSON.parse(told)));
    resizes.observe(place);
  }
};

export const forget = () => {
  for (const place of places()) {
    resizes.unobserve(place);
    echarts.dispose(place);
  }
};

draw();
