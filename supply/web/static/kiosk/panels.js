/* Owns: the panels that the bottom bar opens: mode, place, reason, quantity, typed code, sound and screen.
 * One at a time, over the page, closed by Esc or by the next answer. Must never record anything itself. */

import { LOOKS } from "./answer_states.js";
import { button, el } from "./dom.js";
import { containerName } from "./house_commands.js";
import { REASONS, allowedModes } from "./modes.js";

const KEPT = ["pin", "claimed", "delivery", "part", "need"];

export class Panels {
  constructor(dialog) {
    this.dialog = dialog;
    this.closed = null;
    this.name = null;
    dialog.addEventListener("close", () => {
      if (dialog.open) return; // the event of the panel before: another one has taken its place meanwhile
      dialog.replaceChildren();
      const tell = this.closed;
      this.closed = this.name = null;
      if (tell) tell();
    });
  }

  /** Shows `content` under `title`; `onClose` when it goes, whatever closed it. */
  open(name, title, content, onClose = null) {
    this.close();
    this.name = name;
    this.closed = onClose;
    const heading = el("h2", { id: "kiosk-panel-title" }, title);
    this.dialog.replaceChildren(el("div", { class: "k-panel-head" }, heading, button("Close", () => this.close())), content);
    this.dialog.showModal();
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  get isOpen() {
    return this.dialog.open;
  }

  /** Panels that no answer may close: a person is in the middle of them. */
  get isKept() {
    return this.dialog.open && KEPT.includes(this.name);
  }
}

/** One big button for each mode that this person may use. */
export function modeList(may, current, onChosen) {
  const list = el("ul", { class: "k-tiles" });
  for (const mode of allowedModes(may)) {
    const pressed = mode.action === current ? "true" : "false";
    list.append(el("li", {}, button(mode.word, () => onChosen(mode.action), { class: "k-button k-tile", "data-mode": mode.action, "aria-pressed": pressed })));
  }
  return list;
}

/** Why something is thrown out, and where it goes: the bin, or the waste container whose label was scanned. */
export function reasonPanel(container, onChosen) {
  const where = container ? `It goes into container ${containerName(container)}.` : "For a waste container, scan its label before or after.";
  return el("div", {}, el("ul", { class: "k-tiles" }, REASONS.map(([value, words]) => el("li", {}, button(words, () => onChosen(value), { class: "k-button k-tile" })))),
    el("p", { class: "k-hint" }, where));
}

/** The places of this office; a filter as soon as they are many. */
export function placeList(places, current, onChosen) {
  const list = el("ul", { class: "k-tiles" });
  const draw = (text) => {
    const wanted = text.trim().toLowerCase();
    const shown = places.filter((place) => `${place.name} ${place.code}`.toLowerCase().includes(wanted));
    list.replaceChildren(...shown.map((place) => el("li", {}, button(place.name, () => onChosen(place.code), {
      class: "k-button k-tile", "aria-pressed": place.code === current ? "true" : "false" }))));
    if (!shown.length) list.replaceChildren(el("li", { class: "k-none" }, "No place has this name."));
  };
  draw("");
  if (!places.length) return el("p", { class: "k-none" }, "No places are set up yet. Ask the manager.");
  if (places.length <= 12) return list;
  const input = el("input", { id: "kiosk-place", type: "search", class: "k-input", autocomplete: "off", "data-wedge": "off", oninput: (event) => draw(event.target.value) });
  return el("div", {}, el("label", { for: input.id }, "Find a place"), input, list);
}

/** A code typed by hand, for a label that no scanner reads. */
export function codeForm(onTyped) {
  const input = el("input", { id: "kiosk-code", type: "text", class: "k-input", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 200, "data-wedge": "off", autofocus: true });
  const problem = el("p", { class: "k-problem", role: "alert", id: "kiosk-code-problem" });
  const submit = (event) => {
    event.preventDefault();
    if (input.value.trim()) return onTyped(input.value.trim());
    problem.textContent = "Type the number under the bars, or the item's own number.";
    input.setAttribute("aria-describedby", problem.id);
    return input.focus();
  };
  return el("form", { class: "k-form", novalidate: true, onsubmit: submit }, el("label", { for: input.id }, "Code or item number"), input,
    el("button", { type: "submit", class: "k-button k-primary" }, "Use this code"), problem);
}

/** What else there is: the other pages, this tablet's sound and screen, signing off. */
export function menuPanel({ home, onSound, onSignOff }) {
  return el("div", { class: "k-tiles" }, button("Sound and screen", onSound, { class: "k-button k-tile" }),
    el("a", { class: "k-button k-tile", href: home }, "All pages"), onSignOff ? button("Sign off", onSignOff, { class: "k-button k-tile" }) : null);
}

/** Sound and screen of this tablet. */
export function soundPanel(sounds, theme, onTheme, onChange) {
  const holder = el("div", { class: "k-sounds" });
  const draw = () => {
    const mute = button(sounds.muted ? "Sound is off. Turn it on" : "Sound is on. Turn it off", () => change({ muted: !sounds.muted }));
    const volume = el("output", { class: "k-volume" }, `Volume ${Math.round(sounds.volume * 100)} %`);
    const tones = ["recorded", "older_lot", "expired", "unread", "waiting", "undone"].map((state) =>
      button(["Hear: ", LOOKS[state][0]], () => sounds.play(LOOKS[state][4])));
    const themes = [["auto", "As the device"], ["light", "Light"], ["dark", "Dark"]].map(([value, words]) =>
      button(words, () => onTheme(value), { "aria-pressed": value === theme() ? "true" : "false", "data-theme": value }));
    holder.replaceChildren(mute,
      el("div", { class: "k-row" }, button("Quieter", () => change({ volume: sounds.volume - 0.1 })), volume, button("Louder", () => change({ volume: sounds.volume + 0.1 }))),
      el("h3", {}, "The tones"), el("div", { class: "k-row" }, tones), el("h3", {}, "Screen"), el("div", { class: "k-row" }, themes));
  };
  const change = (kept) => {
    sounds.keep(kept);
    draw();
    onChange();
    sounds.play("recorded");
  };
  draw();
  return holder;
}

