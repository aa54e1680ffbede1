// Draws what the table beside it says; without this file the table is all there is.
import { BarChart, LineChart, SankeyChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, SankeyChart, GridComponent, TooltipComponent, CanvasRenderer]);

const COLOUR = "#8f171c";

// A unit gives and takes, which no flow chart may show in a circle: it stands on both sides.
const flow = ({ ends, values }) => {
  const sides = [0, 1].map((side) => [...new Set(ends.map((pair) => pair[side]))]);
  return {
    animation: false,
    tooltip: { renderMode: "richText" },
    series: [
      {
        type: "sankey",
        left: 4,
        right: 4,
        top: 8,
        bottom: 8,
        nodeWidth: 12,
        nodeGap: 10,
        draggable: false,
        emphasis: { disabled: true },
        label: { formatter: ({ name }) => name.slice(1), width: 130, overflow: "truncate" },
        itemStyle: { color: COLOUR, borderWidth: 0 },
        lineStyle: { color: "#b9a3a5", opacity: 0.55 },
        data: sides.flatMap((names, side) =>
          names.map((name) => ({ name: `${side}${name}`, label: { position: side ? "left" : "right" } })),
        ),
        links: ends.map(([from, to], n) => ({ source: `0${from}`, target: `1${to}`, value: values[n] })),
      },
    ],
  };
};

const options = (told) => (told.shape === "flow" ? flow(told) : bars(told));

const bars = ({ shape, share, whole, names, values }) => {
  const line = shape === "line";
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
