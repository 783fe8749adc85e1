/* Owns: the panel of what this tablet holds: scans on their way, scans that need a person, and what a person took out.
 * Must never let a scan go without a record of it. */

import { button, el } from "./dom.js";
import { clockTime, many } from "./words.js";

const MOST_REMOVED = 50;
const SHOWN_REMOVED = 5;
const REMOVED = "removed";

/** The panel's content; each way is called with the scan it is about (`onSend` with null for all). */
export function tray({ waiting, needsPerson }, removed, { onSend, onShow, onRemove, onPutBack }) {
  const holder = el("div", { class: "k-tray" });
  if (!waiting.length && !needsPerson.length) holder.append(el("p", { class: "k-none" }, "Nothing waits on this tablet. Every scan was answered."));
  if (needsPerson.length) {
    holder.append(el("h3", {}, `${many(needsPerson.length, "saved scan")} ${needsPerson.length === 1 ? "needs" : "need"} you`));
    holder.append(rows(needsPerson, (entry) => [
      entry.status === 500 ? retry(entry, onSend) : button("Answer", () => onShow(entry), { kind: "primary" }), remove(entry, onRemove)]));
  }
  if (waiting.length) {
    holder.append(el("h3", {}, `${many(waiting.length, "scan")} waiting to send`), rows(waiting, (entry) => [retry(entry, onSend), remove(entry, onRemove)]));
    holder.append(button("Retry now", () => onSend(null), { kind: "primary" }));
  }
  if (removed.length) {
    holder.append(el("h3", {}, "Taken out of this list"), rows(removed.slice(0, SHOWN_REMOVED).map(({ entry }) => entry), (entry) => [
      button("Put back", () => onPutBack(entry), { "aria-label": `Put back ${trayWords(entry)}` })]));
  }
  return holder;
}

function rows(entries, ways) {
  return el("ul", { class: "k-lines" }, entries.map((entry) => el("li", {},
    el("time", { datetime: new Date(entry.made_at).toISOString() }, clockTime(entry.made_at)),
    el("span", { class: "k-line-words" }, trayWords(entry)), ...ways(entry))));
}

function retry(entry, onSend) {
  return button("Retry", () => onSend(entry), { "aria-label": `Retry ${trayWords(entry)}` });
}

function remove(entry, onRemove) {
  return button("Remove", () => onRemove(entry), { kind: "harm", "aria-label": `Remove ${trayWords(entry)}` });
}

/** Number, what was meant, of what, in whose name. */
function trayWords(entry) {
  const answer = entry.answer || {};
  const name = (answer.item && answer.item.name) || entry.item || (entry.body.barcode || "").replace(/[\u0000-\u001f]/g, " ");
  const whose = entry.body.claimed_by ? `in the name of ${shortName(entry)}` : entry.person ? `by ${entry.person}` : "";
  return [entry.verb, entry.body.quantity > 1 ? `×${entry.body.quantity}` : "", name, whose, answer.detail ? `: ${answer.detail}` : ""].filter(Boolean).join(" ").replace(" :", ":");
}

/** A badge's text is nobody's to read: its last four signs tell it from another. */
function shortName({ body }) {
  return /^SUP/i.test(body.claimed_by) ? `badge …${body.claimed_by.slice(-4)}` : body.claimed_by;
}

/** What people took out of the tray, newest first, kept on this tablet: who, when, and the whole scan. */
export class Removed {
  constructor(kept) {
    this.kept = kept;
  }

  async all() {
    return (this.kept && (await this.kept.get(REMOVED).catch(() => null))) || [];
  }

  /** Keeps the record; rejects when it cannot be kept, and then the scan must stay. */
  async add(entry, by, at) {
    if (!this.kept) throw new Error("This browser keeps nothing.");
    await this.kept.set(REMOVED, [{ entry, by, at }, ...(await this.all())].slice(0, MOST_REMOVED));
  }

  async drop(key) {
    await this.kept.set(REMOVED, (await this.all()).filter(({ entry }) => entry.key !== key));
  }
}
