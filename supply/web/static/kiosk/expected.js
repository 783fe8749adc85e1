/* Owns: what the server will most likely answer to a scan, worked out on the tablet from what it knows. Pure.
 * Must never guess: where the server would ask or refuse for a reason not known here, there is no expectation. */

import { readCode } from "./code_reading.js";
import { boxDate } from "./words.js";

const TAKES = new Set(["use", "discard", "move"]);
const STOPS = { recalled: "recalled_lot", held: "quarantined_lot" };
const DAY_MS = 86_400_000;

/** The office's date at that moment: "2026-11-23". */
export function officeDay(iso, zone) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(iso));
}

/** {status, answer, changes} of a scan's body in the public interface's own words, or null where this tablet is not sure.
 * `at` is the moment by the server's clock. */
export function expectedAnswer(body, catalogue, at) {
  const { kept } = catalogue;
  if (body.location && body.location !== catalogue.location) return null;
  if (body.owner || body.container || body.department || body.reason === "already_used") return null;
  const today = officeDay(body.occurred_at || at, kept.zone);
  const reading = readCode(body.barcode, { today, separators: kept.separators });
  const match = reading && catalogue.find(reading);
  if (!match) return null;
  if (body.ask_unit && match.received > 1) return null; // the server knows whether it was asked before
  const scan = { body, catalogue, today, item: match.item, lot: chosenLot(body, reading, match), rows: catalogue.lotsOf(match.item) };
  scan.units = body.unit === "each" ? body.quantity || 1 : (body.quantity || 1) * (reading.quantity || (body.action === "receive" ? match.received : match.used));
  if (body.action === "lookup") return found(scan);
  if (body.action === "receive") return received(scan);
  return TAKES.has(body.action) ? taken(scan) : null;
}

/** What the code names, overridden field by field by what the person chose. */
function chosenLot(body, reading, match) {
  return {
    id: match.lotId, number: body.lot ?? reading.lot, expiry: body.expiry ?? reading.expiry,
    precision: body.expiry ? "day" : reading.precision, known: body.lot || !reading.lot ? "chosen" : "read",
  };
}

function namedRows({ lot, rows }) {
  if (lot.id !== null) return rows.filter((row) => row.id === lot.id);
  const same = rows.filter((row) => row.number === lot.number);
  if (!lot.expiry) return same;
  const dated = same.filter((row) => row.expiry === lot.expiry);
  return dated.length ? dated : same.filter((row) => !row.expiry);
}

const isExpired = (row, today) => Boolean(row.expiry) && row.expiry < today;
const isUsable = (row, today) => row.state === "open" && !isExpired(row, today);
const total = (rows) => rows.reduce((sum, row) => sum + row.quantity, 0);

// --- taking --------------------------------------------------------------------------------------------------------------

function taken(scan) {
  const { lot, rows, today, body } = scan;
  const using = body.action === "use";
  if (using && lot.expiry && lot.expiry < today) return refused(scan, "expired_lot", { ...lot });
  const names = lot.id !== null || Boolean(lot.number);
  if (!names && !using) return null;
  const pool = names ? namedRows(scan) : nextRows(scan);
  if (!pool || pool.some((row) => row.owner !== null) || new Set(pool.map((row) => row.id)).size > (names ? 1 : Infinity)) return null;
  if (names && using) {
    const bad = pool.find((row) => !isUsable(row, today));
    if (bad) return refused(scan, STOPS[bad.state] || "expired_lot", bad);
  }
  if (!pool.length && rows.some((row) => row.owner !== null)) return null;
  return posted(scan, pool, { known: names ? lot.known : "assumed", names });
}

/** The first to leave; null while a lot stands there that must not be used, for then the server asks which it is. */
function nextRows({ lot, rows, today }) {
  const here = rows.filter((row) => row.quantity > 0);
  const dated = lot.expiry ? here.filter((row) => row.expiry === lot.expiry) : [];
  const pool = dated.length ? dated : here;
  return pool.some((row) => !isUsable(row, today)) ? null : pool;
}

function posted(scan, pool, { known, names }) {
  const { body, units, rows } = scan;
  const picks = [];
  let left = units;
  for (const row of pool) {
    const quantity = Math.min(left, row.quantity);
    if (quantity > 0) picks.push({ row, quantity });
    left -= Math.max(0, quantity);
  }
  const onHand = total(rows) - (units - left);
  const to = body.action === "move" ? body.to_location : null;
  const movements = picks.map(({ row, quantity }) => ({
    lot: row.number || null, lot_known: known, expiry: row.expiry, expiry_precision: row.precision, from: row.place, to, quantity,
  }));
  const warnings = body.action === "use" ? afterTaking(scan, picks, onHand, names) : [];
  const changes = picks.map(({ row, quantity }) => ({ id: row.id, place: row.place, quantity: -quantity }));
  return recorded(scan, { outcome: left ? "discrepancy" : "recorded", movements, shortfall: left, on_hand: onHand, warnings }, changes);
}

/** What is worth saying, in the server's order and words. */
function afterTaking(scan, picks, onHand, names) {
  const { item, rows, today, catalogue } = scan;
  const said = [];
  if (names && picks.length) {
    const first = rows.find((row) => row.owner === null && isUsable(row, today));
    if (first && first.id !== picks[0].row.id) said.push({ code: "older_lot_available", message: `Older lot first: take ${lotWords(first)}, at ${first.place} next time.` });
  }
  const dates = picks.map(({ row }) => row.expiry).filter(Boolean).sort();
  const days = dates.length ? daysBetween(today, dates[0]) : Infinity;
  if (days <= catalogue.kept.expires_soon_days) said.push(soon(days));
  const usable = total(rows.filter((row) => isUsable(row, today))) + item.elsewhere - picks.reduce((sum, pick) => sum + pick.quantity, 0);
  if (item.reorder_point !== null && usable < item.reorder_point) said.push({ code: "below_reorder_point", message: `${usable} left in all, reorder point ${item.reorder_point}.` });
  if (picks.length && onHand === 0) said.push({ code: "last_unit", message: `That was the last one at ${catalogue.kept.place}.` });
  return said;
}

const daysBetween = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
const soon = (days) => ({ code: "expires_soon", message: `Use soon: expires in ${days} ${days === 1 ? "day" : "days"}.` });

function lotWords(row) {
  const number = row.number ? `lot ${row.number}` : "lot unknown";
  return row.expiry ? `${number}, expires ${boxDate(row.expiry, row.precision)}` : number;
}

// --- putting in, looking up ----------------------------------------------------------------------------------------------

function received(scan) {
  const { lot, today, item, units, rows, body, catalogue } = scan;
  if (item.lotRequired && !lot.number) return null; // the server asks
  if (item.expiryRequired && !lot.expiry) return null;
  if (lot.expiry && lot.expiry < today) return refused(scan, "expired_lot", lot);
  const known = lot.number ? namedRows(scan) : [];
  if (known.length > 1 || known.some((row) => row.owner !== null) || lot.id !== null) return null;
  const bad = known.find((row) => !isUsable(row, today));
  if (bad) return refused(scan, STOPS[bad.state] || "expired_lot", bad);
  const row = known[0] || { id: 0, number: lot.number, expiry: lot.expiry, precision: lot.precision, place: body.location || catalogue.location };
  const days = row.expiry ? daysBetween(today, row.expiry) : Infinity;
  const movements = [{ lot: row.number || null, lot_known: "read", expiry: row.expiry, expiry_precision: row.precision, from: null, to: row.place, quantity: units }];
  const warnings = days <= catalogue.kept.expires_soon_days ? [soon(days)] : [];
  return recorded(scan, { outcome: "recorded", movements, shortfall: 0, on_hand: total(rows) + units, warnings }, known.length ? [{ id: row.id, place: row.place, quantity: units }] : []);
}

function found(scan) {
  const { rows, today, lot, catalogue } = scan;
  const here = rows.filter((row) => row.quantity > 0);
  const bad = lot.number || lot.id !== null ? namedRows(scan).find((row) => !isUsable(row, today)) : null;
  const dead = lot.expiry && lot.expiry < today ? { ...lot, state: "open" } : bad;
  const warnings = dead ? [{ code: STOPS[dead.state] || "expired_lot", message: sentence(STOPS[dead.state] || "expired_lot", dead) }] : [];
  const lots = here.map((row) => ({ lot: row.number || null, expiry: row.expiry, expiry_precision: row.precision, location: row.place, quantity: row.quantity, state: isExpired(row, today) ? "expired" : row.state }));
  return recorded(scan, { outcome: "found", movements: [], shortfall: 0, on_hand: total(here), warnings, lots, location: catalogue.location }, []);
}

// --- answers -------------------------------------------------------------------------------------------------------------

function recorded(scan, fields, changes) {
  return { status: 201, answer: { request_id: scan.body.request_id, message: "", item: itemFields(scan.item), location: scan.catalogue.location, can_undo_until: null, ...fields }, changes };
}

function refused(scan, code, row) {
  const detail = sentence(code, row);
  const facts = { lot: row.number || null, expiry: row.expiry || null, expiry_precision: row.precision || null };
  return { status: 422, answer: { outcome: "refused", code, detail, message: detail, item: itemFields(scan.item), movements: [], warnings: [], ...facts }, changes: [] };
}

function sentence(code, row) {
  if (code === "recalled_lot") return `Recalled ${lotWords(row)}. Do not use. Put it on the hold shelf.`;
  if (code === "quarantined_lot") return `DO NOT USE: ${lotWords(row)} is on hold. Put it on the hold shelf.`;
  return `Expired ${boxDate(row.expiry, row.precision || "day")}. Do not use. Put it in the expired-stock bin.`;
}

function itemFields({ sku, name, unit, par_level, reorder_point }) {
  return { sku, name, unit, par_level, reorder_point };
}
