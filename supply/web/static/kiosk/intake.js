/* Owns: what becomes of one whole code: a command, a badge, the other half of a label, or a scan that is kept and sent.
 * Must never send anything itself, and never let a code pass unanswered. */

import { ownCard } from "./answer_states.js";
import { houseCommand } from "./house_commands.js";
import { modeOf } from "./modes.js";
import { scanBody } from "./scan_body.js";
import { joined } from "./second_code.js";

const CHECKING_MS = 400;

export class Intake {
  constructor(kiosk) {
    this.kiosk = kiosk;
    this.lastKey = null;
    this.unanswered = null; // the last scan until its answer: the store may say "waits" a while longer than that
    this.unstored = null;
    this.ownKeys = new Set(); // scans of this window: the station's list of answers has them too
  }

  /** One whole code, from the scanner, the camera or the keys. */
  scanned(text) {
    const { kiosk } = this;
    kiosk.onActivity?.();
    const command = houseCommand(text, kiosk.settings.commands);
    if (kiosk.panels.isKept && !(command && (command.badge || command.sign_off || command.mode))) return this.#whileAsked();
    if (command) return this.#command(command);
    if (!kiosk.person) {
      kiosk.card.clear();
      return kiosk.show(ownCard("signed_off", {
        heading: "Nobody is signed in.", text: kiosk.settings.enrolled ? "This scan was not taken. Scan your badge, then scan again." : "This scan was not taken. Sign in, then scan again.",
      }));
    }
    if (kiosk.panels.name === "choose") return this.#whileChoosing(text);
    if (kiosk.panels.isOpen) kiosk.panels.close();
    if (kiosk.need.kind) return kiosk.need.take(text);
    if (kiosk.doing.mode === "receive" && !kiosk.doing.delivery && !kiosk.outbox.paused) return kiosk.onChoose?.("receive", "delivery", () => this.scanned(text));
    const first = kiosk.second.take();
    return first ? this.join(first, text) : this.record(this.#bodyOf(text));
  }

  /** The scanner's characters made no whole code. Nothing was recorded, and the person is told. */
  broken() {
    const { kiosk } = this;
    kiosk.onActivity?.();
    kiosk.sounds.play("unread");
    if (kiosk.card.isAsking) return kiosk.card.say("Not a complete read. Hold steady and scan again.");
    return kiosk.show(ownCard("unread"), { silent: true });
  }

  /** The second code of a label: a new request for both, as the first was meant. The first stays until it is answered. */
  join(first, text, { front = false } = {}) {
    return this.record(scanBody(joined(first, text, this.#madeNow())), { front, joins: first.key });
  }

  /** Keeps the scan on the tablet, then lets the queue send it. Resolves once it is kept. */
  async record(body, { front = false, joins = null } = {}) {
    const { kiosk } = this;
    this.lastKey = body.request_id;
    this.unanswered = body.request_id;
    this.ownKeys.add(body.request_id);
    kiosk.foresight.foresee(body);
    try {
      await kiosk.outbox.add(body, { front, about: { verb: modeOf(body.action).word, joins, item: kiosk.foresight.nameOf(body.request_id) } });
    } catch {
      this.unstored = { body, joins };
      kiosk.sounds.play("stop");
      kiosk.show(ownCard("not_stored"), { silent: true });
      return false;
    }
    if (kiosk.outbox.paused) return true;
    const entry = { key: body.request_id, body, verb: modeOf(body.action).word };
    if (kiosk.queue.connection !== "online") kiosk.outcomes.held(entry, kiosk.queue.connection, null);
    else setTimeout(() => this.#stillChecking(body), CHECKING_MS);
    return true;
  }

  /** Its answer is here: whatever stands on the screen from now on is not "Checking". */
  answered(key) {
    if (this.unanswered === key) this.unanswered = null;
  }

  /** Tries once more to keep the scan that could not be kept. */
  async storeAgain() {
    const { body, joins } = this.unstored || {};
    this.unstored = null;
    if (body) await this.record(body, { joins });
  }

  #bodyOf(text) {
    const { kiosk } = this;
    return scanBody({ barcode: text, quantity: kiosk.keypad.take(), station: kiosk.settings.station, ...kiosk.doing.fields(), ...this.#madeNow() });
  }

  /** Made while nothing gets through: judged by its own time, and named for whoever's session sends it later. */
  #madeNow() {
    const { kiosk } = this;
    const gone = kiosk.queue.connection !== "online" || !navigator.onLine;
    return { occurred_at: kiosk.clock.iso(), claimed_by: kiosk.person.claim || (gone ? kiosk.person.name : null) };
  }

  #stillChecking(body) {
    const { kiosk } = this;
    const waits = kiosk.queue.waiting.some((entry) => entry.key === body.request_id && entry.tries <= 1);
    if (waits && !kiosk.foresight.shows(body.request_id) && this.unanswered === body.request_id && kiosk.queue.connection === "online" && !kiosk.outbox.paused) {
      kiosk.show(ownCard("checking"), { silent: true });
    }
  }

  /** A mode asks something first: a shelf's label says where to move; nothing else is taken before the answer. */
  #whileChoosing(text) {
    const { kiosk } = this;
    const { dialog } = kiosk.panels;
    const known = (kiosk.settings.locations || []).find((place) => [place.code, place.label].includes(text.trim()));
    if (known && dialog.dataset.needs === "to_location") return kiosk.doing.setTarget(known.code);
    kiosk.sounds.play("unread");
    return dialog.querySelector("h2").append(" Choose first, then scan again.");
  }

  /** Somebody is in the middle of a panel: nothing is taken, and they are told. */
  #whileAsked() {
    const { kiosk } = this;
    const heading = kiosk.panels.dialog.querySelector("h2");
    kiosk.sounds.play("unread");
    if (!heading.textContent.includes("scan again")) heading.append(" Finish this first, then scan again.");
  }

  #command(command) {
    const { kiosk } = this;
    if (command.badge) return kiosk.people.badge(command.badge);
    if (!kiosk.person) return kiosk.showReady();
    if (command.quantity) return this.#times(command.quantity);
    if (command.need) return kiosk.need.choose(command.need);
    if (command.place) return this.#label(command.place);
    if (command.department) return kiosk.doing.setDepartment(command.department);
    if (command.mode) return kiosk.doing.setMode(command.mode);
    if (command.panel) return kiosk.onPanel?.(command.panel);
    if (command.sign_off) return kiosk.onSignOff?.();
    if (command.undo) return kiosk.ways.undoLast();
    if (command.container) return kiosk.doing.setContainer(command.container);
    return kiosk.say("refused", "This command is not known here.");
  }

  /** The quantity of the next scan, by a barcode of the sheet. */
  #times(quantity) {
    const { kiosk } = this;
    kiosk.keypad.set(String(quantity));
    kiosk.sounds.play("look");
    kiosk.panels.close();
    return kiosk.card.isAsking ? undefined : kiosk.showReady();
  }

  /** A shelf's label while MOVE asks where to is the answer; else it says where one stands. */
  #label(label) {
    const { kiosk } = this;
    if (kiosk.panels.name === "choose") return this.#whileChoosing(label);
    return kiosk.outbox.paused ? kiosk.card.say("Answer this first, then scan the shelf.") : kiosk.doing.setLabel(label);
  }
}
