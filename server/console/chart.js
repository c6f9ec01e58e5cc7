// SPDX-License-Identifier: Apache-2.0
// A line over the last minutes, as SVG: one or two series that share an axis from 0.
import { h } from "./dom.js";

const WIDTH = 320;
const HEIGHT = 96;
const SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** The next of 1, 2, 5, 10 … above a value: so that the axis does not tremble. */
function ceiling(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

export class Chart {
  constructor(title, names, show, points = 150) {
    this.show = show;
    this.points = points;
    this.series = names.map(() => []);
    this.lines = names.map((_, at) => svg("polyline", { class: `line line${at}`, fill: "none" }));
    this.area = svg("polygon", { class: "area" });
    this.now = names.map((name, at) => h("span", { class: `legend legend${at}` }, name ? `${name} –` : "–"));
    this.top = h("span", { class: "top", "aria-hidden": "true" });
    const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    for (const part of [0.5, 1]) {
      drawing.append(svg("line", { class: "rule", x1: 0, x2: WIDTH, y1: HEIGHT * part, y2: HEIGHT * part }));
    }
    drawing.append(this.area, ...this.lines);
    this.names = names;
    this.element = h("figure", { class: "chart" },
      h("figcaption", {}, h("span", { class: "title" }, title), h("span", { class: "now" }, this.now)),
      h("div", { class: "plot" }, drawing, this.top));
  }

  add(values) {
    values.forEach((value, at) => {
      this.series[at].push(Number.isFinite(value) ? Math.max(0, value) : 0);
      if (this.series[at].length > this.points) this.series[at].shift();
      const text = this.show(this.series[at].at(-1));
      this.now[at].textContent = this.names[at] ? `${this.names[at]} ${text}` : text;
    });
    this.draw();
  }

  draw() {
    const top = ceiling(Math.max(...this.series.flat(), 0));
    this.top.textContent = this.show(top);
    const place = (values) => values.map((value, at) => {
      const x = WIDTH - (values.length - 1 - at) * (WIDTH / (this.points - 1));
      return `${x.toFixed(1)},${(HEIGHT - (value / top) * (HEIGHT - 4)).toFixed(1)}`;
    });
    this.series.forEach((values, at) => this.lines[at].setAttribute("points", place(values).join(" ")));
    const first = this.series[0];
    if (first.length < 2) return;
    const left = WIDTH - (first.length - 1) * (WIDTH / (this.points - 1));
    this.area.setAttribute("points", [...place(first), `${WIDTH},${HEIGHT}`, `${left.toFixed(1)},${HEIGHT}`].join(" "));
  }
}
