/* Owns: drawing the one card that answers the last scan, in its place in the middle of the screen.
 * Must never decide what an answer means (answer_states.js does) and never do anything but report which way was chosen. */

import { button, el, sentence } from "./dom.js";
import { stateIcon } from "./icons.js";
import { shelfBar } from "./shelf_bar.js";
import { itemSearch } from "./item_search.js";
import { count } from "./words.js";

/** Draws cards into `holder`. `onWay(card, way)` is called with the way on that the person chose. */
export class AnswerCard {
  constructor({ holder, onWay, findItems }) {
    Object.assign(this, { holder, onWay, findItems });
    this.card = null;
    this.node = null;
  }

  /** Replaces whatever stands there. A stop takes the focus to its safe choice; anything else leaves it alone. */
  show(card) {
    this.card = card;
    const title = el("h2", { class: "k-item", id: "kiosk-card-title" }, sentence(titleOf(card)));
    this.node = el("section", {
      class: `k-card k-look-${card.chip.colour}`,
      "data-state": card.state,
      "aria-labelledby": "kiosk-card-title",
      role: card.stop ? "alertdialog" : null,
      "aria-modal": card.stop ? "true" : null,
      "aria-describedby": card.stop ? "kiosk-card-body" : null,
    });
    this.node.append(head(card), title, this.#body(card), this.#ways(card));
    // The place is the status region, so that a screen reader hears each new card; a stop speaks as a dialog instead.
    if (card.stop) this.holder.removeAttribute("role");
    else this.holder.setAttribute("role", "status");
    this.holder.replaceChildren(this.node);
    if (card.stop) this.#holdFocus();
  }

  /** Another heading for the card that stands there; what was typed into it stays. */
  retitle(card, heading) {
    if (this.card === card && heading) this.node.querySelector(".k-item").replaceChildren(...sentence(heading));
  }

  /** Whether what stands there waits for the person's answer. */
  get isAsking() {
    return Boolean(this.card && (this.card.stop || this.card.needsPerson));
  }

  clear() {
    this.card = null;
    this.node = null;
    this.holder.replaceChildren();
  }

  /** Scans made during a stop: how many wait behind it. */
  setHeldBack(number) {
    if (!this.node) return;
    this.node.querySelector(".k-held")?.remove();
    if (!number || !this.card.stop) return;
    const words = `${count(number)} more ${number === 1 ? "scan waits" : "scans wait"} until you answer this.`;
    this.node.querySelector(".k-ways").before(el("p", { class: "k-held", role: "status" }, words));
  }

  /** One sentence under the ways on: what a try came to. */
  say(text) {
    if (!this.node) return;
    const line = this.node.querySelector(".k-said") || this.node.appendChild(el("p", { class: "k-said", role: "alert" }));
    line.textContent = text;
  }

  #body(card) {
    const body = el("div", { class: "k-body", id: "kiosk-card-body" });
    if (card.item && card.heading && !card.table) body.append(el("p", { class: "k-heading" }, card.item));
    if (card.big) body.append(el("p", { class: "k-big" }, el("span", {}, card.big), again(card)));
    if (card.left) body.append(el("p", { class: "k-left" }, card.left));
    if (card.bar) body.append(shelfBar(card.bar));
    if (card.text) body.append(el("p", { class: "k-text" }, sentence(card.text)));
    for (const note of card.notes || []) body.append(noteLine(card, note));
    for (const line of card.lots || []) body.append(el("p", { class: "k-lot" }, sentence(line)));
    if (card.shelf && card.shelf.length) body.append(shelfLots(card.shelf));
    if (card.table && card.table.length) body.append(factTable(card.table));
    if (card.code) body.append(el("p", { class: "k-code" }, visible(card.code)));
    if (card.choices) body.append(this.#choices(card));
    if (card.field) body.append(this.#field(card));
    if (card.search) {
      body.append(itemSearch({ find: this.findItems, onChosen: (item) => this.onWay(card, { act: "resolve", item }) }));
    }
    return body;
  }

  #choices(card) {
    const list = el("ul", { class: `k-choices${card.sideBySide ? " k-side" : ""}` });
    for (const choice of card.choices) {
      const label = [el("strong", {}, choice.title), el("span", {}, sentence(choice.detail))];
      if (choice.place) label.push(el("span", {}, choice.place));
      if (choice.look) label.push(chip(choice.look));
      const way = { act: "again", changes: choice.changes };
      list.append(el("li", {}, button(label, () => this.onWay(card, way), { class: "k-button k-choice" })));
    }
    return list;
  }

  #field(card) {
    const isDate = card.field === "expiry";
    const input = el("input", {
      id: "kiosk-missing", name: card.field, type: isDate ? "date" : "text", required: true, autocomplete: "off",
      // A scan into the field is a scan where one is awaited; elsewhere the lot's own bars may be scanned into it.
      maxlength: isDate ? null : 64, "data-wedge": card.half ? null : "off", class: "k-input",
    });
    const problem = el("p", { class: "k-problem", id: "kiosk-missing-problem", role: "alert" });
    const submit = (event) => {
      event.preventDefault();
      const value = input.value.trim();
      if (value) return this.onWay(card, { act: "again", changes: { [card.field]: value } });
      problem.textContent = isDate ? "Type the date as the box shows it: year, month, day." : "Type the lot number.";
      input.setAttribute("aria-describedby", problem.id);
      return input.focus();
    };
    const label = isDate ? "Expiry date on the box" : "Lot number on the box";
    return el("form", { class: "k-form", novalidate: true, onsubmit: submit },
      el("label", { for: input.id }, label), input, el("button", { type: "submit", class: "k-button k-primary" }, "Use this"), problem);
  }

  #ways(card) {
    const ways = el("div", { class: "k-ways" });
    for (const way of card.ways || []) {
      ways.append(button(way.label, () => this.onWay(card, way), { kind: way.kind || "plain", "data-way": way.act, "data-safe": way.safe }));
    }
    return ways;
  }

  /** Esc is the safe choice and Tab stays inside, as of any dialog that must be answered. */
  #holdFocus() {
    const safe = this.node.querySelector("[data-safe]");
    safe.focus({ preventScroll: true });
    this.holder.scrollIntoView({ block: "start" });
    this.node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        safe.click();
      } else if (event.key === "Tab") this.#turn(event);
    });
  }

  #turn(event) {
    const stops = [...this.node.querySelectorAll("button, input, a[href]")];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement !== edge && this.node.contains(document.activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  }
}

/** The state's chip: shape, word, colour. */
export function chip(look) {
  return el("span", { class: `k-chip k-look-${look.colour} state` }, stateIcon(look.shape, look.mark), el("span", {}, look.word));
}

function head(card) {
  const done = card.mode ? el("span", { class: "k-verb" }, card.mode.word) : null;
  return el("p", { class: "k-head" }, chip(card.chip), done);
}

function titleOf(card) {
  return card.heading || card.item || card.message || card.chip.word;
}

function again(card) {
  return card.again > 1 ? el("span", { class: "k-again" }, `×${card.again}`) : null;
}

/** What is worth saying beside the answer; its chip only where the head of the card does not say the same. */
function noteLine(card, note) {
  const own = note.look.word === card.chip.word ? null : [chip(note.look), " "];
  return el("p", { class: "k-note" }, own, sentence(note.text));
}

function factTable(rows) {
  const body = el("tbody");
  for (const [name, value] of rows) body.append(el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, sentence(value))));
  return el("table", { class: "k-facts" }, body);
}

/** The lots of a look-up in the order in which they should leave. */
function shelfLots(lots) {
  return el("ol", { class: "k-shelf-lots" }, lots.map((lot) => el("li", {}, el("span", {}, sentence(lot.words)), lot.look ? chip(lot.look) : null)));
}

/** Control characters made visible, for a code that nobody knows. */
function visible(code) {
  return code.replaceAll("\u001d", "␝").replace(/[\u0000-\u001f\u007f]/g, "·");
}
