/* Owns: the bar of what is on the shelf against its par. Must never be the only place where the number stands. */

import { el, svg } from "./dom.js";
import { count } from "./words.js";

const WIDTH = 300;
const HEIGHT = 22;

/** On hand as a bar, par as a solid tick, the reorder point as a dashed one. */
export function shelfBar({ onHand, par, reorder }) {
  const full = Math.max(onHand, par, reorder || 0) * 1.08;
  const at = (value) => Math.round((value / full) * WIDTH);
  const name = `${count(onHand)} on hand, par ${count(par)}${reorder ? `, reorder at ${count(reorder)}` : ""}`;
  const drawing = svg("svg", { class: "k-bar", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": name },
    svg("rect", { class: "k-bar-track", x: 0, y: 4, width: WIDTH, height: HEIGHT - 8 }),
    svg("rect", { class: "k-bar-fill", x: 0, y: 4, width: at(Math.max(0, onHand)), height: HEIGHT - 8 }),
    reorder ? svg("line", { class: "k-bar-reorder", x1: at(reorder), x2: at(reorder), y1: 0, y2: HEIGHT }) : "",
    svg("line", { class: "k-bar-par", x1: at(par), x2: at(par), y1: 0, y2: HEIGHT }));
  return el("div", { class: "k-shelf" }, drawing, el("span", { class: "k-par", "aria-hidden": "true" }, `par ${count(par)}`));
}
