/* Owns: naming the item of a code that nobody knew: search, choose, say how many a scan counts. */

import { button, el } from "./dom.js";

const WAIT_MS = 250;

/** A search over the catalogue. `find(text)` resolves to [{sku, name, unit}]; `onChosen({sku, received, used})`. */
export function itemSearch({ find, onChosen, wait = WAIT_MS }) {
  const input = el("input", { id: "kiosk-search", type: "search", class: "k-input", autocomplete: "off", maxlength: 80, "data-fresh": true });
  const results = el("ul", { class: "k-choices", "aria-label": "Items found" });
  const status = el("p", { class: "k-text", role: "status" });
  let asked = 0;
  let timer = null;
  const look = async () => {
    const text = input.value.trim();
    const mine = ++asked;
    if (text.length < 2) return draw([], "");
    status.textContent = "Looking…";
    const found = await find(text).catch(() => null);
    if (mine !== asked) return undefined;
    if (!found) return draw([], "The catalogue did not answer. Try again.");
    return draw(found, found.length ? "" : "No item has this name. Try another word, or leave it for the manager.");
  };
  const draw = (items, words) => {
    status.textContent = words;
    results.replaceChildren(...items.map((item) => el("li", {}, button(
      [el("strong", {}, item.name), el("span", {}, item.sku)], () => choose(item), { class: "k-button k-choice" }))));
  };
  const choose = (item) => holder.replaceChildren(packForm(item, onChosen));
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, wait);
  });
  const holder = el("div", { class: "k-search" }, el("label", { for: input.id }, "What is it?"), input, status, results);
  return holder;
}

/** One code may mean a whole box when it comes in and one piece when it goes out: ask for both, start from one. */
function packForm(item, onChosen) {
  const received = stepper("kiosk-received", `Putting in: how many in one scan? (${item.unit || "units"})`, "when putting in");
  const used = stepper("kiosk-used", `Taking: how many in one scan? (${item.unit || "units"})`, "when taking");
  const submit = (event) => {
    event.preventDefault();
    onChosen({ sku: item.sku, received: received.value(), used: used.value() });
  };
  return el("form", { class: "k-form", novalidate: true, onsubmit: submit },
    el("p", { class: "k-heading" }, item.name), received.node, used.node,
    el("button", { type: "submit", class: "k-button k-primary" }, "Link this code"));
}

/** A whole number of at least one, by typing or by buttons. */
function stepper(id, label, when, most = 9999) {
  const input = el("input", { id, type: "number", inputmode: "numeric", min: 1, max: most, step: 1, value: "1", class: "k-input k-number" });
  const value = () => Math.min(most, Math.max(1, Math.round(Number(input.value) || 1)));
  const step = (by) => () => {
    input.value = String(Math.min(most, Math.max(1, value() + by)));
  };
  const node = el("div", { class: "k-stepper" }, el("label", { for: id }, label),
    el("div", {}, button("−", step(-1), { "aria-label": `One fewer ${when}` }), input, button("+", step(1), { "aria-label": `One more ${when}` })));
  return { node, value };
}
