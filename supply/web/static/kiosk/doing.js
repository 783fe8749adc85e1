/* Owns: what the next scan does here: mode, place, where to, why, into which container. Must never record anything. */

import { containerName } from "./house_commands.js";
import { firstMode, modeOf } from "./modes.js";

/** What a scan does, for the kiosk that it is given: it plays the mode's tone, closes the panel and writes the strip. */
export class Doing {
  constructor(kiosk) {
    const { settings, kept, person, may } = kiosk;
    this.kiosk = kiosk;
    this.place = kept.get("place") || settings.location;
    this.mode = firstMode(may, kept.get(`mode-${person ? person.name : ""}`) || settings.mode || "use");
    Object.assign(this, { target: null, reason: null, container: null });
  }

  /** Writes the strip: verb, place and all that goes with it. */
  show() {
    const { kiosk } = this;
    const target = this.target && kiosk.placeName(this.target);
    const into = this.into() && containerName(this.container);
    kiosk.strip.setMode(this.mode, { place: kiosk.placeName(this.place), target, into, reason: this.reason, quantity: kiosk.keypad.quantity });
  }

  /** What of this goes into the body of a scan. */
  fields() {
    return { action: this.mode, location: this.place, to_location: this.target, reason: this.reason, container: this.into() };
  }

  /** Only what is thrown out goes into a container; a container scanned before the reason was chosen waits for it. */
  into() {
    return this.mode === "discard" ? this.container : null;
  }

  setMode(action) {
    const { kiosk } = this;
    if (!kiosk.person) return kiosk.showReady();
    if (kiosk.may && !kiosk.may[modeOf(action).may]) return kiosk.say("refused", `You may not use ${modeOf(action).word} here. Ask the manager.`);
    const needs = modeOf(action).needs;
    if (needs) return kiosk.onChoose?.(action, needs);
    return this.#become(action, null, null);
  }

  setTarget(code) {
    this.#become("move", code, null);
  }

  setReason(reason) {
    this.#become("discard", null, reason);
  }

  /** A waste container's label: what is thrown out from now on goes into it; a lot that stops the work goes at once. */
  setContainer(code) {
    const { kiosk } = this;
    const { card } = kiosk.card;
    const thrown = card && card.stop && card.ways.find((way) => way.changes && way.changes.action === "discard");
    if (thrown) return kiosk.ways.again(card, { ...thrown.changes, container: code });
    if (kiosk.outbox.paused) return kiosk.card.say("Answer this first, then scan the container.");
    if (!kiosk.person) return kiosk.showReady();
    this.container = code;
    return this.reason && this.mode === "discard" ? this.#become("discard", null, this.reason) : this.setMode("discard");
  }

  setPlace(code) {
    const { kiosk } = this;
    this.place = code;
    kiosk.second.leave();
    kiosk.kept.set("place", code);
    kiosk.panels.close();
    this.show();
    if (!kiosk.card.card) kiosk.showReady();
  }

  #become(action, target, reason) {
    const { kiosk } = this;
    Object.assign(this, { mode: action, target, reason });
    if (action !== "discard") this.container = null;
    kiosk.second.leave();
    kiosk.kept.set(`mode-${kiosk.person.name}`, action);
    kiosk.sounds.play(`mode-${action}`);
    kiosk.onMode?.();
    kiosk.panels.close();
    this.show();
    if (!kiosk.card.card) kiosk.showReady();
  }
}
