// Draws what the table beside it says; without this file the table is all there is.
import { BarChart, LineChart, SankeyChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, SankeyChart, GridComponent, TooltipComponent, CanvasRenderer]);

// The colours of the page, light or dark.
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
// A wall is read from five metres.
const wall = document.querySelector("main.wall") !== null;
const SIZE = wall ? 22 : 12;

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
        nodeGap: wall ? 36 : 10,
        draggable: false,
        emphasis: { disabled: true },
        label: { formatter: ({ name }) => name.slice(1), color: token("--ink"), fontSize: SIZE, width: wall ? 220 : 130, overflow: "truncate" },
        itemStyle: { color: token("--accent-ink"), borderWidth: 0 },
        lineStyle: { color: token("--accent-line"), opacity: 0.55 },
        data: sides.flatMap((names, side) =>
          names.map((name) => ({ name: `${side}${name}`, label: { position: side ? "left" : "right" } })),
        ),
        links: ends.map(([from, to], n) => ({ source: `0${from}`, target: `1${to}`, value: values[n] })),
      },
    ],
  };
};

const options = (told) => (told.shape === "flow" ? flow(told) : bars(told));

const bars = ({ shape, share, whole, names, values, before, titles = [] }) => {
  const line = shape === "line";
  const told = (value) => (share ? `${(value * 100).toFixed(1)}%` : `${value}`);
  const label = { color: token("--ink-soft"), fontSize: SIZE };
  const lines = { splitLine: { lineStyle: { color: token("--line") } } };
  const axis = { type: "category", data: names, inverse: !line, axisLabel: label };
  const amounts = { type: "value", max: share ? 1 : line ? null : ({ max }) => Math.max(max, 4), show: line || !wall, minInterval: whole ? 1 : 0, axisLabel: { ...label, formatter: told }, splitNumber: wall ? 2 : 5, ...lines };
  return {
    animation: false,
    color: [token("--accent-ink"), token("--line-field")],
    textStyle: { color: token("--ink-soft"), fontSize: SIZE },
    grid: { left: 8, right: before ? 72 : line ? 24 : wall ? 96 : 48, top: 16, bottom: 8, outerBoundsMode: "same" },
    // Rich text: a tooltip of HTML would need styles that our policy refuses.
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (v) => (v == null ? "–" : told(v)) },
    xAxis: line ? axis : amounts,
    yAxis: line ? amounts : axis,
    series: [
      { name: titles[0], type: line ? "line" : "bar", data: values, barMaxWidth: wall ? 40 : 22, symbolSize: 7, label: { show: !line, position: "right", color: token("--ink"), fontSize: wall ? 28 : SIZE, formatter: ({ value }) => (value == null ? "" : told(value)) }, lineStyle: { width: wall ? 4 : 2 } },
      // The year before, where it was asked for.
      ...(before ? [{ name: titles[1], type: "line", data: before, symbolSize: 4, lineStyle: { type: "dashed" } }] : []),
    ].map((one) => (before ? { ...one, endLabel: { show: true, formatter: "{a}", color: "inherit" } } : one)),
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
