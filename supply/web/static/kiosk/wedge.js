/* Owns: turning the key presses of a keyboard-wedge scanner into whole scans, wherever the focus is.
 * Must never emit a part of a scan: only a terminator emits, and a gap spoils what stands until the next one. */

import { GS, altCharacter, isSeparatorKey, isTerminator, numpadDigit, usCharacter } from "./wedge_keys.js";

const AIM = /^\][A-Za-z][0-9A-Za-z]/;
const TEXT_INPUTS = new Set([
  "", "text", "search", "number", "password", "email", "tel", "url", "date", "month", "week", "time", "datetime-local",
]);

export const DEFAULTS = Object.freeze({
  separatorKeys: ["F8", "F12"], // function keys that stand for GS on this station
  separatorAliases: [], // printable texts that stand for GS on this station
  prefix: "", // what the scanner sends first; with it, timing does not matter
  suffix: "", // what the scanner sends last, before the terminator
  byPosition: true, // the scanner presses keys as on a US keyboard; else its layout is this computer's own
  aim: false, // the scanner sends AIM identifiers; with it, timing does not matter
  maxGapMs: 400, // a longer pause inside a code spoils it
  fieldGapMs: 60, // keys this close together are a machine's, in a field where people type
  afterScanMs: 300, // a bare terminator this soon after one is the second half of CR LF
  minLength: 3, // fewer characters than this are a stray key, no barcode
  maxLength: 4096,
  headMs: 150, // a first key this soon after the page began may be the middle of a code
});

/** Listens on `target` from construction until `stop()`; calls `onScan(text)` and `onBroken(reason)`. */
export class Wedge {
  constructor({ target = document, onScan, onBroken = () => {}, settings = {}, clock = (event) => event.timeStamp }) {
    this.settings = { ...DEFAULTS, ...settings };
    this.target = target;
    this.clock = clock;
    this.onScan = onScan;
    this.onBroken = onBroken;
    this.lastTerminatorAt = -Infinity;
    this.altDigits = null;
    this.swallowedSpace = false;
    this.pageBegan = -Infinity;
    this.clear();
    this.keydown = (event) => this.#down(event);
    this.keyup = (event) => this.#up(event);
    target.addEventListener("keydown", this.keydown, true);
    target.addEventListener("keyup", this.keyup, true);
    if (target === document && window.supplyFirst) this.#takeOver(window.supplyFirst);
  }

  /** The keys that came before this script: read as if they came now, at their own times. */
  #takeOver({ started, stop }) {
    this.pageBegan = started;
    for (const { kind, event, before } of stop()) {
      this.valueBefore = before;
      if (kind === "up") this.#up(event);
      else this.#down(event);
    }
    this.valueBefore = null;
  }

  stop() {
    this.target.removeEventListener("keydown", this.keydown, true);
    this.target.removeEventListener("keyup", this.keyup, true);
  }

  clear() {
    this.buffer = "";
    this.gaps = [];
    this.lastAt = null;
    this.spoiled = false;
    this.capturing = false;
    this.field = null;
    this.fieldValue = null;
    this.personTypes = false;
  }

  get #needsPrefix() {
    return this.settings.aim ? "]" : this.settings.prefix;
  }

  #down(event) {
    if (event.isComposing) return;
    const field = editable(event.target);
    if (field && field.dataset.wedge === "off") return;
    if (event.repeat) {
      // A scanner never holds a key: a held key must not add characters, nor a held Enter press buttons.
      if (!field && isTerminator(event) && event.key !== "Tab") swallow(event);
      return;
    }
    const at = this.clock(event);
    if (this.lastAt === null && event.timeStamp - this.pageBegan < this.settings.headMs) this.spoiled = true;
    if (this.#altCode(event)) return;
    if (isTerminator(event)) this.#terminate(event, field, at);
    else if (isSeparatorKey(event, this.settings.separatorKeys)) {
      this.#take(GS, field, at);
      swallow(event);
    } else this.#character(event, field, at);
  }

  #altCode(event) {
    if (event.key === "Alt") {
      this.altDigits = "";
      return false;
    }
    const digit = this.altDigits !== null && event.altKey ? numpadDigit(event) : "";
    if (!digit) return false;
    this.altDigits += digit;
    if (this.lastAt !== null) this.lastAt = this.clock(event); // one character takes six keys here
    swallow(event);
    return true;
  }

  #up(event) {
    if (event.key === " " && this.swallowedSpace) {
      // Firefox presses a focused button on the release of Space.
      this.swallowedSpace = false;
      swallow(event);
    }
    if (event.key !== "Alt" || this.altDigits === null) return;
    const digits = this.altDigits;
    this.altDigits = null;
    if (!digits) return;
    swallow(event);
    const character = altCharacter(digits);
    const at = this.clock(event);
    const field = editable(event.target);
    if (character === "\r") this.#terminate(event, field, at);
    else if (character) this.#take(character, field, at);
  }

  #character(event, field, at) {
    if (event.ctrlKey || event.metaKey || (event.altKey && !event.getModifierState("AltGraph"))) return;
    const character = this.settings.byPosition ? usCharacter(event) : printed(event);
    if (!character) return;
    if (character === " " && !this.buffer) return; // a person pressing a button with Space
    this.#take(character, field, at);
    if (!field || this.capturing) {
      swallow(event);
      if (character === " ") this.swallowedSpace = true;
    }
  }

  /** Adds one character to what stands, judging the gap before it. */
  #take(character, field, at) {
    const gap = this.lastAt === null ? 0 : at - this.lastAt;
    if (this.#needsPrefix) {
      this.#takeAfterPrefix(character, gap, field, at);
      return;
    }
    if (this.buffer && this.#typedByPerson(gap)) {
      this.clear();
      this.personTypes = true;
    } else if (gap > this.settings.maxGapMs && this.buffer.replaceAll(GS, "") === "") this.clear(); // a stray key
    else if (gap > this.settings.maxGapMs) this.spoiled = true;
    else if (this.buffer) this.gaps.push(gap);
    this.#append(character, field, at);
  }

  /** True when what stands in a field came key by key: then a new run begins. A machine's head never does. */
  #typedByPerson(gap) {
    const { fieldGapMs, maxGapMs } = this.settings;
    if (!this.field || gap <= fieldGapMs || this.spoiled) return false;
    if (this.gaps.length === 0) return this.personTypes || gap > 2 * maxGapMs;
    const slow = (value) => value > fieldGapMs;
    const machineRun = this.gaps.some((_, at) => at >= 2 && !this.gaps.slice(at - 2, at + 1).some(slow));
    return this.gaps.some(slow) && !machineRun;
  }

  #takeAfterPrefix(character, gap, field, at) {
    if (!this.capturing) this.buffer = this.buffer.slice(-64);
    this.#append(character, field, at);
    const prefix = this.#needsPrefix;
    // Inside a code the same character is data; after a pause it begins the next code.
    if (!this.buffer.endsWith(prefix) || (this.capturing && gap <= this.settings.maxGapMs)) return;
    if (this.capturing) this.onBroken("cut");
    if (field && !this.capturing) this.fieldValue = withoutTail(field, prefix.length - 1);
    this.buffer = this.settings.aim ? prefix : "";
    this.spoiled = false;
    this.capturing = true;
  }

  #append(character, field, at) {
    if (field && field !== this.field) {
      this.field = field;
      this.fieldValue = this.valueBefore ?? field.value;
    }
    this.lastAt = at;
    if (this.buffer.length >= this.settings.maxLength) this.spoiled = true;
    else this.buffer += character;
  }

  #terminate(event, field, at) {
    const lineFeedOfPair = !this.buffer && at - this.lastTerminatorAt <= this.settings.afterScanMs;
    if (lineFeedOfPair) {
      swallow(event);
      return;
    }
    if (!this.buffer && !this.capturing) {
      if (event.ctrlKey && event.code === "KeyJ") swallow(event); // else the browser opens its downloads
      return;
    }
    if (field && !this.capturing && (this.#needsPrefix || !this.#typedByMachine(at))) {
      this.clear();
      return;
    }
    const gap = this.lastAt === null ? 0 : at - this.lastAt;
    if (gap > this.settings.maxGapMs && !this.capturing) this.spoiled = true;
    if (!field && event.key === "Tab" && this.spoiled && this.buffer.length < 3) {
      this.clear(); // a stray key, then a person moving on with Tab
      return;
    }
    swallow(event);
    this.#finish(at);
  }

  #finish(at) {
    const { spoiled, capturing, field, fieldValue } = this;
    let text = this.buffer;
    this.clear();
    this.lastTerminatorAt = at;
    if (field) restore(field, fieldValue);
    for (const alias of this.settings.separatorAliases) text = text.replaceAll(alias, GS);
    if (this.settings.suffix && text.endsWith(this.settings.suffix)) text = text.slice(0, -this.settings.suffix.length);
    if (spoiled) this.onBroken("gap");
    else if (this.#needsPrefix && !capturing) this.onBroken("prefix");
    else if (this.settings.aim && !AIM.test(text)) this.onBroken("prefix");
    else if (text.length < this.settings.minLength) this.onBroken("short");
    else this.onScan(text);
  }

  /** In a field a person may be typing: only a run at a machine's speed, its terminator too, is a scan. */
  #typedByMachine(at) {
    const last = at - this.lastAt;
    if (last > this.settings.maxGapMs) return false;
    const gaps = [...this.gaps, last];
    if (this.buffer.length >= 3 && gaps.every((gap) => gap <= 20)) return true;
    const fast = gaps.filter((gap) => gap <= this.settings.fieldGapMs).length;
    const machine = this.buffer.length >= 6 && fast >= gaps.length * 0.75;
    // A key, a pause, then a scan: nobody can tell whether the first key was a person's.
    if (machine && gaps[0] > 2 * this.settings.fieldGapMs) this.spoiled = true;
    return machine;
  }
}

/** The field a key press would change, or null. Buttons, links and the page itself are none. */
function editable(target) {
  if (!(target instanceof Element)) return null;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return target;
  if (target instanceof HTMLInputElement) return TEXT_INPUTS.has(target.type) ? target : null;
  return null;
}

function printed(event) {
  return event.key && [...event.key].length === 1 ? event.key : "";
}

function withoutTail(field, length) {
  return length > 0 && typeof field.value === "string" ? field.value.slice(0, -length) : field.value;
}

function restore(field, value) {
  if (!field.isConnected || field.value === value) return;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}
