/* Owns: the shapes that go with the state words, so that no state is told by colour alone. Drawn here, no file fetched. */

import { svg } from "./dom.js";

const SHAPES = {
  circle: () => svg("circle", { cx: 12, cy: 12, r: 10 }),
  dashed: () => svg("circle", { cx: 12, cy: 12, r: 10, "stroke-dasharray": "4 3" }),
  square: () => svg("rect", { x: 2, y: 2, width: 20, height: 20, rx: 2 }),
  triangle: () => svg("path", { d: "M12 2 23 21H1Z" }),
  pentagon: () => svg("path", { d: "M12 1.5 23 9.6 18.8 22H5.2L1 9.6Z" }),
  octagon: () => svg("path", { d: "M7.5 1.5h9l6 6v9l-6 6h-9l-6-6v-9Z" }),
  diamond: () => svg("path", { d: "M12 1 23 12 12 23 1 12Z" }),
};

const MARKS = {
  tick: "M7 12.5 10.5 16 17 8.5",
  i: "M12 11v6M12 7.2v.6",
  question: "M9 9.2a3 3 0 1 1 4.2 2.7c-.8.4-1.2.9-1.2 1.9M12 16.8v.6",
  hourglass: "M9 10h6M9 18h6M9.6 10c0 3 4.8 5 4.8 8M14.4 10c0 3-4.8 5-4.8 8",
  down: "M12 6.5v10M8 13l4 4 4-4",
  cross: "M8 8l8 8M16 8l-8 8",
  lock: "M8.5 11.5h7v5h-7ZM10 11.5V9.6a2 2 0 0 1 4 0v1.9",
  cloud: "M8 15.5h8a2.5 2.5 0 0 0 0-5 4 4 0 0 0-7.6-.4A2.8 2.8 0 0 0 8 15.5Z",
  dash: "M7.5 12h9",
  turn: "M8 9.5h6a2.8 2.8 0 0 1 0 5.6H9M10.5 7 8 9.5 10.5 12",
  box: "M8 9.5 12 7.5l4 2v5l-4 2-4-2ZM8 9.5l4 2 4-2M12 11.5v5",
  person: "M12 11.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM7 17.5c.6-3 2.5-4 5-4s4.4 1 5 4",
};

/** The icon of a state: a shape with a mark in it, invisible to a screen reader because the word stands beside it. */
export function stateIcon(shape, mark) {
  const drawing = svg("svg", { class: "k-icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" });
  drawing.append(SHAPES[shape](), svg("path", { d: MARKS[mark], class: "k-mark" }));
  return drawing;
}
