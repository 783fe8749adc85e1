/* Owns: which delivery PUT IN belongs to: an expected order, one that is open, or one without an order.
 * Must never hold up a box at the door: where nothing gets through, a delivery without an order is opened here. */

import { button, el } from "./dom.js";
import { newKey } from "./queue.js";

export class Deliveries {
  constructor(kiosk) {
    this.kiosk = kiosk;
  }

  get #path() {
    return `/stations/${encodeURIComponent(this.kiosk.settings.station)}/deliveries`;
  }

  /** The panel's content; the list fills in as soon as the server answers. `onChosen({reason, words, location})`. */
  panel(onChosen) {
    const list = el("ul", { class: "k-tiles" });
    const status = el("p", { class: "k-hint", role: "status" }, "Looking for what is expected…");
    const without = button("A delivery without an order", () => this.#open(null).then(onChosen), { kind: "primary", "data-way": "without" });
    this.#expected().then((items) => {
      status.textContent = items === null ? "The list does not come through. Go on without an order." : items.length ? "Expected and open:" : "No order is expected.";
      list.replaceChildren(...(items || []).map((item) => el("li", {}, button([el("strong", {}, item.words), item.scans ? el("span", {}, `${item.scans} scanned in`) : null],
        () => this.#choose(item).then(onChosen), { class: "k-button k-tile k-choice" }))));
    });
    return el("div", {}, without, status, list);
  }

  async #expected() {
    if (!this.kiosk.settings.station) return null;
    const { status, answer } = await this.kiosk.api.get(this.#path).catch(() => ({ status: 0 }));
    return status === 200 && answer ? answer.items : null;
  }

  #choose(item) {
    return item.reason || !item.order ? Promise.resolve(item) : this.#open(item.order, item);
  }

  async #open(order, item = null) {
    const made = this.kiosk.settings.station ? await this.kiosk.api.post(this.#path, { order }).catch(() => null) : null;
    if (made && made.status < 300 && made.answer && made.answer.reason) return made.answer;
    if (item) return item;
    const number = newKey().slice(0, 6).toUpperCase();
    return { reason: `Delivery ${number} from somebody without an order`, words: `Delivery ${number}`, location: null };
  }
}
