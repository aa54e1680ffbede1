// Draws what the table beside it says; without this file the table is all there is.
import { BarChart, LineChart, SankeyChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, SankeyChart, GridComponent, TooltipComponent, LabelLayout, CanvasRenderer]);

// The colours of the page, light or dark.
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
// A wall is read from five metres, and grows with its screen.
const wall = document.querySelector("main.wall") !== null;
const grown = Math.max(0.6, Math.min(innerWidth / 1920, innerHeight / 1080));
const SIZE = wall ? Math.round(25 * grown) : 12;
const font = () => ({ fontFamily: getComputedStyle(document.body).fontFamily, fontSize: SIZE });

// A unit gives and takes, which no flow chart may show in a circle: it stands on both sides. What each
// is called stands outside, so that no flow runs through it.
const flow = ({ ends, values }, place) => {
  const sides = [0, 1].map((side) => [...new Set(ends.map((pair) => pair[side]))]);
  const sum = (side, name) => ends.reduce((all, pair, n) => all + (pair[side] === name ? values[n] : 0), 0);
  const most = Math.max(...sides.map((names) => names.length));
  const room = Math.min(place.clientWidth * 0.36, SIZE * 13.5);
  // A name of two lines beside the next one.
  const gap = Math.max(4, Math.min(SIZE * 1.8, (place.clientHeight * 0.75) / most));
  return {
    animation: false,
    textStyle: font(),
    tooltip: { renderMode: "richText" },
    series: [
      {
        type: "sankey",
        left: room,
        right: room,
        top: SIZE,
        bottom: SIZE,
        nodeWidth: wall ? SIZE : 12,
        nodeGap: gap,
        draggable: false,
        emphasis: { disabled: true },
        label: { formatter: ({ name, value }) => `${name.slice(1)} ${value}`, color: token("--ink"), ...font(), lineHeight: SIZE * 1.1, width: room - 10, overflow: "break" },
        itemStyle: { color: token("--series"), borderWidth: 0 },
        lineStyle: { color: token("--series"), opacity: 0.3 },
        data: sides.flatMap((names, side) =>
          names.map((name) => ({ name: `${side}${name}`, value: sum(side, name), label: { position: side ? "right" : "left", align: side ? "left" : "right" } })),
        ),
        links: ends.map(([from, to], n) => ({ source: `0${from}`, target: `1${to}`, value: values[n] })),
      },
    ],
  };
};

const options = (told, place) => (told.shape === "flow" ? flow(told, place) : bars(told, place));

// Where the scale of a line of shares begins: a tenth below the lowest, and never so near that a step of
// nothing looks like a fall.
const floor = (values) => {
  const lowest = Math.min(...values.filter((value) => value != null));
  return Math.max(0, Math.min(0.8, Math.floor(lowest * 10 - 1) / 10));
};

const bars = ({ shape, share, whole, names, values, before, alarm, titles = [] }, place) => {
  const line = shape === "line";
  const told = (value) => (share ? `${+(value * 100).toFixed(1)}%` : `${+value.toFixed(1)}`);
  const label = { color: token("--ink-soft"), ...font() };
  const lowest = line && share ? floor([...values, ...(before ?? [])]) : 0;
  const lines = { splitLine: { lineStyle: { color: token("--line") } } };
  const axis = {
    type: "category",
    data: names,
    inverse: !line,
    axisTick: { show: false },
    // As many months as fit; the names of bars take as many lines as they need.
    axisLabel: line ? { ...label, hideOverlap: true } : { ...label, interval: 0, width: Math.min(place.clientWidth * (wall ? 0.54 : 0.46), SIZE * 12), overflow: "break", lineHeight: SIZE * 1.15 },
  };
  const amounts = {
    type: "value",
    min: lowest,
    interval: line && share ? (1 - lowest) / 2 : undefined,
    max: share ? 1 : line ? null : ({ max }) => Math.max(max, 4),
    // Bars carry their numbers.
    show: line,
    minInterval: whole ? 1 : 0,
    axisLabel: { ...label, formatter: told },
    splitNumber: wall ? 2 : 4,
    ...lines,
  };
  const said = values.flatMap((value, n) => (value == null ? [] : [n]));
  const [first, second, last] = [said[0], said[1], said[said.length - 1]];
  // A line says its ends: what follows must not run through the first number.
  const end = (n) => (n === last ? { position: "right" } : { position: values[second] > values[first] ? "bottom" : "top", align: "left" });
  const number = { color: token("--ink"), ...font(), fontSize: wall ? SIZE * 1.15 : SIZE, formatter: ({ value }) => (value == null ? "" : told(value)) };
  const shown = (value, n) => (line && (n === first || (n === last && !before)) ? { value, label: { show: true, distance: wall ? 10 : 5, ...end(n) } } : value);
  return {
    animation: false,
    color: [token(alarm ? "--late" : "--series"), token("--line-field")],
    textStyle: { color: token("--ink-soft"), ...font() },
    grid: { left: 4, right: before ? SIZE * 8.5 : line ? SIZE * 3.6 : SIZE * 2.6, top: line ? SIZE * 2 : 4, bottom: 4, outerBoundsMode: "same" },
    // Rich text: a tooltip of HTML would need styles that our policy refuses.
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (v) => (v == null ? "–" : told(v)) },
    xAxis: line ? axis : amounts,
    yAxis: line ? amounts : axis,
    series: [
      {
        name: titles[0],
        type: line ? "line" : "bar",
        data: values.map(shown),
        barMaxWidth: wall ? SIZE * 2.2 : 22,
        symbol: "circle",
        symbolSize: wall ? SIZE / 2.2 : 6,
        label: { show: !line, position: "right", ...number },
        lineStyle: { width: wall ? SIZE / 4.5 : 2 },
        areaStyle: line && !before && !share ? { opacity: 0.12 } : undefined,
      },
      // The year before, where it was asked for.
      ...(before ? [{ name: titles[1], type: "line", data: before, symbolSize: 4, lineStyle: { type: "dashed" } }] : []),
    ].map((one) => (before ? { ...one, endLabel: { show: true, formatter: ({ seriesName, value }) => `${seriesName} ${told(value)}`, color: "inherit" }, labelLayout: { moveOverlap: "shiftY" } } : one)),
  };
};

const places = () => document.querySelectorAll("[data-chart]");
const options_of = (place) => options(JSON.parse(document.getElementById(place.dataset.chart).textContent), place);
// What is shown later, or turned, has another size: names and gaps go by it.
const resizes = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    const chart = echarts.getInstanceByDom(target);
    if (!chart || !target.clientWidth) continue;
    chart.resize();
    chart.setOption(options_of(target), true);
  }
});

export const draw = () => {
  for (const place of places()) {
    echarts.init(place);
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
