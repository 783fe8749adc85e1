/* Owns: what each answer of the server means for the person at the kiosk: word, look, tone and the ways on.
 * Pure: values in, a plain description out. To add a state: one entry in LOOKS, one case here, one line in the test's table. */

import { modeOf } from "./modes.js";
import { halfOf, symbolsOf } from "./second_code.js";
import { amount, boxDate, count } from "./words.js";

// state: [word on the chip, shape, mark, colour class, tone]
export const LOOKS = Object.freeze({
  recorded: ["Recorded", "circle", "tick", "ok", "recorded"],
  older_lot: ["Older lot first", "square", "i", "note", "look"],
  expires_soon: ["Use soon", "triangle", "hourglass", "soon", "look"],
  last_unit: ["Last one", "pentagon", "down", "short", "look"],
  low: ["Short", "pentagon", "down", "short", "look"],
  note: ["Note", "square", "i", "note", "look"],
  found: ["Found", "square", "i", "note", "recorded"],
  discrepancy: ["Count differs", "pentagon", "down", "short", "look"],
  expired: ["Expired", "octagon", "cross", "stop", "stop"],
  recalled: ["Recalled", "diamond", "lock", "recalled", "stop"],
  held_lot: ["DO NOT USE", "octagon", "cross", "stop", "stop"],
  which_lot: ["Which lot?", "square", "question", "note", "look"],
  which_item: ["Which item?", "square", "question", "note", "look"],
  unclear: ["Unclear code", "square", "question", "note", "look"],
  missing: ["One thing missing", "square", "question", "note", "look"],
  two_codes: ["Two codes", "square", "i", "note", "look"],
  two_labels: ["Two labels", "square", "question", "note", "look"],
  unknown: ["Unknown code", "square", "question", "note", "look"],
  unread: ["Not read", "triangle", "i", "closed", "unread"],
  refused: ["Not recorded", "octagon", "dash", "closed", "stop"],
  waiting: ["Waiting to send", "dashed", "cloud", "waiting", "held"],
  not_stored: ["Not stored", "octagon", "cross", "stop", "stop"],
  signed_off: ["Signed off", "dashed", "person", "waiting", "stop"],
  checking: ["Checking", "dashed", "dash", "closed", null],
  undone: ["Undone", "circle", "tick", "closed", "undone"],
  turned: ["Turned", "circle", "turn", "ok", "undone"],
  noted: ["Noted", "square", "tick", "note", "recorded"],
  need: ["Need more", "square", "down", "note", "look"],
  box_or_each: ["Box or each?", "square", "box", "note", "look"],
  which_delivery: ["Which delivery?", "diamond", "question", "note", "look"],
  pin_needed: ["PIN needed", "square", "lock", "note", "look"],
  badge_refused: ["Badge not taken", "triangle", "person", "closed", "unread"],
  claimed: ["Not confirmed", "dashed", "question", "waiting", "held"],
});

const OF_TWO_LABELS = ["NOT_JOINABLE", "HIBC_LINK", "DUPLICATE_AI"];
const STOPS = { expired_lot: "expired", recalled_lot: "recalled", quarantined_lot: "held_lot" };

/** The description of an answered scan's card. `context` holds placeOf(code), may, again (×N), counted (its label's item). */
export function cardOf(entry, status, answer, context) {
  const body = answer || {};
  const base = { key: entry.key, entry, status, answer: body, mode: modeOf(entry.body.action), again: context.again || 1 };
  const half = halfOf(entry.body, body);
  if (half) return { ...base, ...twoCodes(body, half, context) };
  if (status < 300) return { ...base, ...answered(entry, body, context) };
  if (STOPS[body.code]) return { ...base, ...stopped(entry, body, STOPS[body.code], context) };
  return { ...base, ...asked(entry, body, context) };
}

function answered(entry, answer, context) {
  const common = facts(entry, answer, context);
  const undo = answer.can_undo_until ? [{ label: "Undo", act: "undo" }, ...partWay(entry, answer)] : [];
  if (answer.outcome === "unresolved") return unknown(entry, answer, context);
  if (answer.outcome === "found") return { ...common, ...look("found"), notes: notes(answer.warnings || []), shelf: (answer.lots || []).slice(0, 6).map(shelfLot(context)), ways: [] };
  if (answer.outcome === "discrepancy") {
    return { ...common, ...look("discrepancy"), text: "The record shows none here. Thank you, we will recount.", ways: undo };
  }
  const warnings = new Map((answer.warnings || []).map((warning) => [warning.code, warning.message]));
  const state = ["older_lot_available", "expires_soon", "last_unit"].find((code) => warnings.has(code));
  const named = { older_lot_available: "older_lot" }[state] || state || "recorded";
  return { ...common, ...look(named), notes: notes(answer.warnings || []), ways: undo };
}

/** A whole box went back into the record; what came back may be a part of it. */
function partWay(entry, answer) {
  const pieces = (answer.movements || []).reduce((sum, movement) => sum + movement.quantity, 0) / (entry.body.quantity || 1);
  const isPart = entry.body.action === "return" && entry.body.unit !== "each" && pieces > 1;
  return isPart ? [{ label: "Part of a box", act: "part", pieces }] : [];
}

/** What was done, in large: sign, quantity, unit; then what is left, lot, expiry, and the shelf against its par. */
function facts(entry, answer, context) {
  const mode = modeOf(entry.body.action);
  const moved = (answer.movements || []).reduce((sum, movement) => sum + movement.quantity, 0);
  const first = (answer.movements || [])[0] || {};
  const place = context.placeOf(entry.body.location);
  const item = answer.item || {};
  const onHand = Number.isFinite(answer.on_hand) ? answer.on_hand : null;
  const quantity = moved || (mode.action === "count" ? entry.body.quantity || 1 : 0);
  let big = quantity ? `${mode.sign}${amount(quantity, item)}` : "";
  if (mode.action === "lookup") big = onHand === null ? "" : amount(onHand, item);
  return {
    item: item.name || "",
    big,
    left: onHand === null ? "" : `${mode.action === "lookup" ? "In" : `${count(onHand)} left in`} ${place}`,
    text: mode.action === "count" || !item.name ? answer.message || "" : movedTo(mode, first, context),
    message: answer.message || "",
    lots: (answer.movements || []).filter((movement) => movement.lot || movement.expiry).map(lotLine),
    bar: onHand !== null && item.par_level > 0 ? { onHand, par: item.par_level, reorder: item.reorder_point } : null,
    notes: [],
  };
}

function movedTo(mode, movement, context) {
  return mode.action === "move" && movement.to ? `To ${context.placeOf(movement.to)}` : "";
}

function lotLine(movement) {
  const expiry = movement.expiry ? `expires ${boxDate(movement.expiry, movement.expiry_precision)}` : "";
  const lot = movement.lot ? `Lot ${movement.lot}${movement.lot_known === "assumed" ? " (first in order)" : ""}` : "";
  return [lot, expiry].filter(Boolean).join(" · ");
}

// The chip says the first of these; each keeps its own line under the item.
function notes(warnings) {
  const order = ["older_lot_available", "expires_soon", "last_unit", "below_reorder_point"];
  const kinds = { older_lot_available: "older_lot", expires_soon: "expires_soon", last_unit: "last_unit", below_reorder_point: "low", expired_lot: "expired", recalled_lot: "recalled", quarantined_lot: "held_lot" };
  return warnings
    .filter((warning) => warning.code !== "lot_assumed" && warning.message)
    .sort((a, b) => rank(order, a.code) - rank(order, b.code))
    .map((warning) => ({ look: look(kinds[warning.code] || "note").chip, text: inBoxDates(warning.message) }));
}

function rank(order, code) {
  const at = order.indexOf(code);
  return at < 0 ? order.length : at;
}

/** Server sentences carry ISO dates; on a screen they read as on the box. */
export function inBoxDates(text) {
  return (text || "").replace(/\b\d{4}-\d{2}-\d{2}\b/g, (date) => boxDate(date));
}

function stopped(entry, answer, state, context) {
  const { action } = entry.body;
  const told = answer.lot || (answer.movements && answer.movements[0]) || {};
  const lot = typeof told === "string" ? told : told.lot;
  const ways = [{ label: safeLabel(action, state), act: "dismiss", kind: "primary", safe: true }];
  const taking = action !== "receive" && action !== "discard";
  const named = { ...(lot ? { lot } : {}), ...(answer.expiry ? { expiry: answer.expiry } : {}) };
  if (taking && context.may.throw_out) {
    const reason = state === "expired" ? "expired" : state === "recalled" ? "recalled" : "on hold";
    ways.push({ label: "Throw it out", act: "again", kind: "harm", changes: { action: "discard", reason, to_location: null, ...named } });
  }
  if (action === "use") {
    ways.push({ label: "Already used", act: "again", kind: "harm", changes: { reason: "already_used", ...named } });
  }
  return {
    ...look(state),
    stop: true,
    item: answer.item ? answer.item.name : "",
    heading: stopHeading(answer, state),
    table: [
      ["Item", answer.item && answer.item.name],
      ["Lot", lot],
      ["Expires", answer.expiry && boxDate(answer.expiry, answer.expiry_precision)],
      ["Do this", whatToDo(action, state)],
    ].filter(([, value]) => value),
    ways,
    needsPerson: true,
  };
}

/** The server's first sentence names the lot or the date; what to do stands in the table below it. */
function stopHeading(answer, state) {
  const said = inBoxDates(answer.detail || "").split(/(?<=\.)\s/)[0];
  const plain = { expired: "Expired.", recalled: "Recalled lot.", held_lot: "This lot is on hold." }[state];
  return `${said || plain}${/do not use/i.test(said) ? "" : " Do not use."}`;
}

function whatToDo(action, state) {
  if (action === "receive") return "Do not put it in. Keep it apart and tell the manager.";
  if (state === "expired") return "Put it in the expired-stock bin and take another one.";
  return "Put it on the hold shelf and take another one.";
}

function safeLabel(action, state) {
  if (action === "receive") return "Kept apart";
  return state === "expired" ? "Put in the bin" : "Put on the hold shelf";
}

function asked(entry, answer, context) {
  const candidates = Array.isArray(answer.candidates) ? answer.candidates : [];
  const common = { item: answer.item ? answer.item.name : "", text: inBoxDates(answer.detail), needsPerson: true };
  const scanAgain = { label: "Scan again", act: "dismiss" };
  switch (answer.code) {
    case "which_lot":
      return { ...common, ...look("which_lot"), heading: "Which lot are you holding?", text: common.text.replace(/^Which one are you holding\?\s*/, ""), choices: candidates.map(lotChoice(context)), ways: [scanAgain] };
    case "ambiguous_code":
      return ambiguous(common, candidates, [scanAgain], context);
    case "wrong_owner":
      return { ...common, ...look("which_item"), heading: "Whose are you taking?", choices: candidates.map((one) => ({ title: one.owner, detail: "", changes: { owner: one.owner } })), ways: [scanAgain] };
    case "box_or_each":
      return { ...common, ...look("box_or_each"), heading: "Is one scan a box, or one piece?", text: "Asked once for this code, then remembered.", sideBySide: true, choices: candidates.map(unitChoice), ways: [scanAgain] };
    case "pin_needed":
      return { ...common, ...look("pin_needed"), heading: "Your badge is not enough for this.", text: "Type your PIN, and it goes on by itself.", ways: [{ label: "Type my PIN", act: "pin", kind: "primary" }, { label: "Leave it", act: "dismiss" }] };
    case "delivery_needed":
      return { ...common, ...look("which_delivery"), heading: "Which delivery is this from?", text: "Choose the delivery, then the box is put in.", ways: [{ label: "Choose the delivery", act: "delivery", kind: "primary" }, scanAgain] };
    case "lot_required":
      return { ...common, ...look("missing"), heading: "Type the lot from the box.", field: "lot", ways: [scanAgain] };
    case "expiry_required":
      return { ...common, ...look("missing"), heading: "Label has no expiry date. Type the date from the box.", field: "expiry", ways: [scanAgain] };
    case "bad_barcode":
      if ((answer.errors || []).some((code) => OF_TWO_LABELS.includes(code))) return twoLabels(entry, scanAgain);
      return { ...look("unread"), heading: "Not a complete read. Hold steady and scan again.", text: common.text, ways: [{ label: "Type the code", act: "type" }, scanAgain] };
    default:
      return { ...common, ...look("refused"), needsPerson: false, heading: "Nothing was recorded.", ways: [scanAgain, { label: "Choose what to do", act: "mode" }, { label: "Choose the place", act: "place" }] };
  }
}

function unitChoice(one) {
  const each = one.unit === "each";
  const title = each ? "One piece" : inBoxDates(one.words || "The box").replace(/^the /i, "The ");
  const detail = each ? "One scan counts 1." : `One scan counts ${count(one.units)}.`;
  return { title, detail, changes: { unit: one.unit, remember: true, ask_unit: null } };
}

/** Half a label was read. `over` is what the card says once the next scan counts by itself again. */
function twoCodes(answer, half, context) {
  const common = { ...look("two_codes"), item: answer.item ? answer.item.name : "", needsPerson: true };
  const scanAgain = { label: "Scan again", act: "dismiss" };
  if (half === "lot" && context.counted) {
    const ways = [{ label: "Leave it", act: "dismiss", kind: "primary" }, { label: "It is another box", act: "another" }];
    return { ...common, item: context.counted, heading: "This label was counted already.", text: "Its other code was scanned a moment ago. Leave this one, unless it is another box.", ways };
  }
  const waits = { ...common, half, heading: "Now scan the second code on this label." };
  if (half === "lot") {
    return { ...waits, text: "Only the lot was read. The code that names the item stands beside it.", over: "Scan both codes of this label again.", ways: [{ label: "Type the code", act: "type" }, scanAgain] };
  }
  const field = answer.code === "expiry_required" ? "expiry" : "lot";
  const typed = field === "expiry" ? "type the expiry date from the box" : "type the lot from the box";
  return { ...waits, field, text: `Or ${typed}.`, over: `Scan both codes again, or ${typed}.`, ways: [scanAgain] };
}

function twoLabels(entry, scanAgain) {
  const [first, second] = symbolsOf(entry.body.barcode);
  const heading = first === second ? "That is the same code twice. Scan both codes of the label again." : "These two codes are not of the same label. Scan both again.";
  const another = { label: "Take it as another item", act: "again", kind: "primary", changes: { barcode: second, quantity: 1 } };
  return { ...look("two_labels"), item: "", heading, text: "The second code was:", code: second, needsPerson: true, ways: [another, scanAgain] };
}

function ambiguous(common, candidates, ways, context) {
  const items = candidates.filter((one) => one.sku);
  if (items.length) {
    const choices = items.map((one) => ({ title: one.name || one.sku, detail: one.sku, changes: { barcode: one.sku } }));
    return { ...common, ...look("which_item"), heading: "This code fits two items. Which one?", choices, ways };
  }
  const choices = candidates.map(lotChoice(context));
  return { ...common, ...look("unclear"), heading: "Which reading is printed on the box?", choices, sideBySide: true, ways };
}

function lotChoice(context) {
  return (one) => ({
    title: one.lot ? `Lot ${one.lot}` : "No lot number",
    detail: one.expiry ? `Expires ${boxDate(one.expiry, one.expiry_precision)}` : "No expiry date",
    place: one.location ? context.placeOf(one.location) : "",
    look: lotLook(one.state),
    changes: { lot: one.lot ?? null, expiry: one.expiry ?? null, ...(one.barcode ? { barcode: one.barcode } : {}) },
  });
}

function shelfLot(context) {
  return (one, at) => ({
    words: [at === 0 && !lotLook(one.state) ? "Use first:" : "", one.lot ? `Lot ${one.lot}` : "No lot number",
      one.expiry ? `expires ${boxDate(one.expiry, one.expiry_precision)}` : "", `${count(one.quantity)} in ${context.placeOf(one.location)}`]
      .filter(Boolean).join(" · ").replace(": ·", ":"),
    look: lotLook(one.state),
  });
}

function lotLook(state) {
  const named = { expired: "expired", recalled: "recalled", held: "held_lot", on_hold: "held_lot", quarantined: "held_lot" }[state];
  return named ? look(named).chip : null;
}

function unknown(entry, answer, context) {
  const ways = [{ label: "Leave it for the manager", act: "dismiss", kind: context.may.settle ? "plain" : "primary" }, { label: "Type the code", act: "type" }];
  return {
    ...look("unknown"),
    item: "",
    heading: "We don't know this code.",
    text: context.may.settle ? "Choose what it is, and we will know it from now on." : "It is kept for the manager; nothing was taken from the record.",
    code: entry.body.barcode,
    search: Boolean(context.may.settle),
    ways,
  };
}

/** Cards that no server answer makes: the tablet's own states. */
export function ownCard(state, extra = {}) {
  return { key: null, entry: null, answer: {}, mode: null, again: 1, item: "", ways: [], ...look(state), ...OWN[state], ...extra };
}

const OWN = {
  checking: { heading: "Checking…" },
  waiting: { ways: [{ label: "Show what waits", act: "tray" }], heading: "Saved on this tablet.", text: "It is sent by itself as soon as the server answers." },
  unread: { heading: "Not a complete read. Hold steady and scan again.", ways: [{ label: "Type the code", act: "type" }, { label: "Scan again", act: "dismiss" }] },
  badge_refused: { heading: "This badge was not taken.", ways: [{ label: "Sign in", act: "sign_in" }, { label: "Scan again", act: "dismiss" }] },
  claimed: { heading: "Go on scanning.", ways: [{ label: "Go on", act: "dismiss", kind: "primary" }] },
  need: { heading: "Scan the label of the shelf, or the product.", ways: [{ label: "Leave it", act: "need_leave" }] },
  noted: { heading: "Noted." },
  turned: { heading: "Turned." },
  signed_off: { heading: "You are signed off.", ways: [{ label: "Sign in", act: "sign_in", kind: "primary" }] },
  not_stored: {
    stop: true,
    heading: "This scan was not stored.",
    text: "This tablet cannot keep anything now. Stop scanning here, use another tablet, and tell the manager.",
    ways: [{ label: "Try again", act: "retry_store", kind: "primary", safe: true }, { label: "Wrote it down", act: "dismiss" }],
  },
};

/** Nothing gets through: the scan waits on this tablet. */
export function waitingCard(entry) {
  const heading = entry.verb ? `${entry.verb}: saved on this tablet.` : "Saved on this tablet.";
  return ownCard("waiting", { heading, code: entry.body.barcode, text: "Offline. It is sent by itself as soon as the server answers." });
}

/** The server itself cannot store: the scan stays here, and somebody must be told. */
export function fullCard(answer) {
  return ownCard("not_stored", {
    heading: "The server cannot store anything.",
    text: `${answer.detail || ""} This scan is kept on this tablet and is sent by itself. Tell the manager now.`.trim(),
    ways: [{ label: "I have told the manager", act: "dismiss", kind: "primary", safe: true }],
  });
}

function look(state) {
  const [word, shape, mark, colour, tone] = LOOKS[state];
  return { state, chip: { word, shape, mark, colour }, tone };
}
