/* Owns: what the next scan does here: mode, place, where to, why, into which container. Must never record anything. */

import { containerName } from "./house_commands.js";
import { firstMode, modeOf } from "./modes.js";
import { KINDS } from "./need.js";

/** What a scan does, for the kiosk that it is given: it plays the mode's tone, closes the panel and writes the strip. */
export class Doing {
  constructor(kiosk) {
    const { settings, kept, person, may } = kiosk;
    this.kiosk = kiosk;
    this.place = kept.get("place") || settings.location;
    this.mode = firstMode(may, this.#keptMode(kept, person) || settings.mode || "use");
    Object.assign(this, { target: null, reason: null, container: null, delivery: null, department: null });
    if (this.mode === "receive") this.delivery = this.#keptDelivery(kept, person);
  }

  /** A reload keeps the mode; a pause does not. */
  #keptMode(kept, person) {
    const [action, at] = (kept.get(`mode-${person ? person.name : ""}`) || "").split(" ");
    const { settings, now } = this.kiosk;
    return action && now() - Number(at) < (settings.mode_idle_seconds || 180) * 1000 ? action : null;
  }

  #keptDelivery(kept, person) {
    const found = JSON.parse(kept.get("delivery") || "null");
    return found && person && found.person === person.name ? found : null;
  }

  /** What the station usually does, at its usual place: for the next person, and after a pause. */
  reset({ quiet = false } = {}) {
    const { kiosk } = this;
    const { settings, kept, person, may } = kiosk;
    const before = this.mode;
    Object.assign(this, { mode: firstMode(may, settings.mode || "use"), target: null, reason: null, container: null, delivery: null, department: null });
    kiosk.need.kind = null;
    kiosk.keypad.set("");
    kiosk.second.leave();
    kept.set(`mode-${person ? person.name : ""}`, "");
    kept.set("delivery", "null");
    this.show();
    if (before === this.mode) return;
    if (!quiet) kiosk.sounds.play(`mode-${this.mode}`);
    kiosk.onMode?.();
  }

  /** Writes the strip: verb, place and all that goes with it. */
  show() {
    const { kiosk } = this;
    const target = this.target && kiosk.placeName(this.target);
    const into = this.into() && containerName(this.container);
    const delivery = this.mode === "receive" && this.delivery ? this.delivery.words : null;
    const department = this.department && this.department.name;
    const need = kiosk.need && kiosk.need.kind ? KINDS[kiosk.need.kind] : null;
    kiosk.strip.setMode(this.mode, { place: kiosk.placeName(this.place), target, into, reason: this.reason, delivery, department, need, quantity: kiosk.keypad.quantity });
  }

  /** What of this goes into the body of a scan. */
  fields() {
    const { mode, place, target } = this;
    const reason = mode === "receive" && this.delivery ? this.delivery.reason : this.reason;
    const department = this.department && this.department.code;
    const asked = this.kiosk.settings.ask_unit && !["receive", "lookup"].includes(mode);
    return { action: mode, location: place, to_location: target, reason, container: this.into(), department, ask_unit: asked || null };
  }

  /** Only what is thrown out goes into a container; a container scanned before the reason was chosen waits for it. */
  into() {
    return this.mode === "discard" ? this.container : null;
  }

  setMode(action) {
    const { kiosk } = this;
    if (!kiosk.person) return kiosk.showReady();
    const { may, word, asks } = modeOf(action);
    if (kiosk.may && !kiosk.may[may] && kiosk.people.opensByPin(may)) return kiosk.people.askPin(() => this.setMode(action), word);
    if (kiosk.may && !kiosk.may[may]) return kiosk.say("refused", `You may not use ${modeOf(action).word} here. Ask the manager.`);
    const needs = modeOf(action).needs;
    if (needs) return kiosk.onChoose?.(action, needs);
    if (asks && !(this.mode === action && this.delivery)) return kiosk.onChoose?.(action, asks);
    return this.#become(action, null, null);
  }

  setTarget(code) {
    this.#become("move", code, null);
  }

  setReason(reason) {
    this.#become("discard", null, reason);
  }

  /** PUT IN belongs to this delivery until the mode changes. */
  setDelivery(delivery) {
    const { kiosk } = this;
    this.delivery = delivery;
    kiosk.kept.set("delivery", JSON.stringify({ ...delivery, person: kiosk.person.name }));
    this.#become("receive", null, null);
  }

  /** Whose use it is, from now on until the mode goes back by itself; the same label again ends it. */
  setDepartment(label) {
    const { kiosk } = this;
    const found = (kiosk.settings.departments || []).find((one) => one.label === label);
    if (!found) return kiosk.say("refused", "This department is not known here. Ask the manager for a new sheet.");
    this.department = this.department && this.department.code === found.code ? null : found;
    kiosk.sounds.play("look");
    this.show();
    return kiosk.card.isAsking ? undefined : kiosk.showReady();
  }

  /** A shelf's label: where to move, or where one stands now. */
  setLabel(label) {
    const { kiosk } = this;
    const found = (kiosk.settings.locations || []).find((place) => place.label === label);
    if (!found) return kiosk.say("refused", "The place of this label is not known here. Choose the place by hand.");
    if (kiosk.need.kind) return kiosk.need.take(label, found.code);
    kiosk.sounds.play("look");
    return this.mode === "move" ? this.setTarget(found.code) : this.setPlace(found.code);
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
    if (action !== "receive") this.delivery = null;
    kiosk.need.kind = null;
    kiosk.second.leave();
    kiosk.kept.set(`mode-${kiosk.person.name}`, `${action} ${kiosk.now()}`);
    kiosk.sounds.play(`mode-${action}`);
    kiosk.onMode?.();
    kiosk.panels.close();
    this.show();
    if (!kiosk.card.card) kiosk.showReady();
  }
}
