/* Owns: the quantity of the next scan, and only of the next. Must never outlive one scan: it returns to 1. */

import { button, el } from "./dom.js";

export class Keypad {
  constructor({ onChange = () => {}, most = 999 } = {}) {
    this.onChange = onChange;
    this.most = most;
    this.typed = "";
  }

  get quantity() {
    return this.typed === "" ? 1 : Math.max(1, Number(this.typed));
  }

  /** The quantity for the scan that is being made; the next one counts 1 again. */
  take() {
    const quantity = this.quantity;
    this.set("");
    return quantity;
  }

  set(typed) {
    const digits = typed.replace(/^0+/, "");
    if (Number(digits) > this.most) return;
    this.typed = digits;
    this.onChange(this.quantity);
  }

  /** The pad itself; `onDone` when the person is finished. */
  panel(onDone) {
    const shown = el("output", { class: "k-pad-value", "aria-live": "polite" }, this.#words());
    const press = (change) => () => {
      this.set(change(this.typed));
      shown.textContent = this.#words();
    };
    const keys = el("div", { class: "k-pad" });
    for (const digit of "123456789") keys.append(button(digit, press((typed) => typed + digit)));
    keys.append(button("Clear", press(() => "")), button("0", press((typed) => typed + "0")));
    keys.append(button("Back", press((typed) => typed.slice(0, -1)), { "aria-label": "Remove the last digit" }));
    return el("div", {}, shown, keys, button("Done", onDone, { kind: "primary" }));
  }

  #words() {
    return `×${this.quantity} for the next scan`;
  }
}
