/* Owns: what a scanned text names, as far as this tablet is sure of it: keys of the item, lot, expiry, count. Pure.
 * Must never guess: where the server would ask, warn or refuse to read, it gives null, and the server alone answers. */

import { checkCharacter } from "./house_commands.js";
import { hibc } from "./hibc_reading.js";
import { date, year } from "./short_dates.js";

const GS = "\u001d";
const AIM = /^\][A-Za-z][0-9A-Za-z]/;
const GS1_AIM = new Set(["]C1", "]d2", "]Q3", "]J1", "]e0"]);
const EAN_AIM = new Set(["]E0", "]E4"]);
// The elements that this tablet knows; of any other it reads nothing at all. Digits of a fixed one, else its most characters.
const FIXED = { "01": 14, 11: 6, 13: 6, 15: 6, 16: 6, 17: 6, 20: 2 };
const VARIABLE = { 10: 20, 21: 20, 22: 20, 240: 30, 241: 30, 30: 8 };
const CSET82 = /^[!"%-?A-Z_a-z]+$/; // GS1 General Specifications 7.11
const ANY_DATE = /(11|13|15|16|17)\d{6}/;

/** {keys: [[scheme, value]], house, lot, expiry, precision, quantity, text} of a scan, or null where it is not sure.
 * `today` is the office's date, "YYYY-MM-DD"; `separators` are what scanners here send in place of GS. */
export function readCode(raw, { today, separators = [] }) {
  const symbols = raw.trim().split("\n").filter((symbol) => symbol.trim());
  if (symbols.length === 2) return joinedReading(symbols.map((symbol) => readSymbol(symbol, today, separators)));
  return symbols.length === 1 ? readSymbol(symbols[0], today, separators) : null;
}

function readSymbol(raw, today, separators) {
  const body = raw.replace(/^[\r\n\t]+|[\r\n\t]+$/g, "");
  const aim = (AIM.exec(body) || [""])[0];
  const text = separators.reduce((all, separator) => (separator ? all.replaceAll(separator, GS) : all), body.slice(aim.length));
  if (!text || text.length > 512 || /[^\u0020-\u007e\u001d]/.test(text)) return null;
  if (GS1_AIM.has(aim)) return text.startsWith("(") ? null : elements(text, today, body);
  if (EAN_AIM.has(aim)) return /^(\d{12}|\d{13})$/.test(text) && rightDigit(text) ? gtin(text, body, false) : null;
  if (aim) return null;
  const word = text.trim();
  const found = bareDigits(word) || bracketed(word, today) || house(word) || hibc(text, today) || elementString(text, word, today) || ndc(word) || plain(word);
  return found.unsure ? null : found;
}

/** Two symbols of one label: one names the item, the other its lot. */
function joinedReading(parts) {
  if (parts.some((part) => !part)) return null;
  const [item, lot] = parts[0].keys.length && !parts[0].isLot ? parts : [parts[1], parts[0]];
  if (item.isLot || !lot.isLot || item.lot || item.expiry || (item.link || null) !== (lot.link || null)) return null;
  return { ...lot, keys: item.keys, text: item.text, isLot: false };
}

function reading(text, more) {
  return { keys: [], house: null, lot: null, expiry: null, precision: null, quantity: null, isLot: false, text, ...more };
}

// --- GTINs ---------------------------------------------------------------------------------------------------------------

/** Whether the last digit is the check digit of the others (GS1 General Specifications 7.9). */
export function rightDigit(digits) {
  const sum = [...digits.slice(0, -1)].reverse().reduce((all, digit, at) => all + Number(digit) * (at % 2 ? 1 : 3), 0);
  return (10 - (sum % 10)) % 10 === Number(digits.at(-1));
}

function gtin(digits, text, orPlain) {
  const full = digits.padStart(14, "0");
  const keys = [["gtin", full]];
  if (full.startsWith("003")) keys.push(["ndc10", full.slice(3, 13)]); // an NDC stands in a UPC of prefix 3
  if (orPlain) keys.push(["plain", digits]);
  return reading(text, { keys });
}

function bareDigits(word) {
  return /^(\d{12}|\d{13}|\d{14})$/.test(word) && rightDigit(word) ? gtin(word, word, true) : eightDigits(word);
}

/** Eight digits may be a GTIN-8 and a UPC-E at once: both are keys, for the catalogue to say which it knows. */
function eightDigits(word) {
  if (!/^\d{8}$/.test(word)) return null;
  const long = upcOfShort(word);
  if (!rightDigit(word)) return long && gtin(long, word, false);
  if (!long) return gtin(word, word, true);
  return reading(word, { keys: [["gtin", word.padStart(14, "0")], ["gtin", long.padStart(14, "0")], ["plain", word]] });
}

function upcOfShort(word) {
  const [system, body, last] = [word[0], word.slice(1, 7), word[6]];
  if (!"01".includes(system)) return null;
  const middle = "012".includes(last) ? `${body.slice(0, 2)}${last}0000${body.slice(2, 5)}`
    : last === "3" ? `${body.slice(0, 3)}00000${body.slice(3, 5)}`
      : last === "4" ? `${body.slice(0, 4)}00000${body[4]}` : `${body.slice(0, 5)}0000${last}`;
  const long = `${system}${middle}${word[7]}`;
  return rightDigit(long) ? long : null;
}

// --- GS1 element strings -------------------------------------------------------------------------------------------------

/** GS1 without an AIM identifier: a real separator in it, or an item's key at its beginning. */
function elementString(text, word, today) {
  if (!text.includes(GS) && !/^01\d{14}/.test(text) && !/^(11|13|15|17)\d{6}(10|17|21)/.test(text)) return null;
  return elements(text, today, word) || { unsure: true };
}

function bracketed(word, today) {
  if (!word.startsWith("(")) return null;
  const parts = [...word.matchAll(/\((\d{2,4})\)([^()]*)/g)];
  if (parts.map((part) => part[0]).join("") !== word) return { unsure: true };
  return meaning(parts.map(([, ai, value]) => [ai, value]), today, word) || { unsure: true };
}

function elements(text, today, whole) {
  const pairs = [];
  for (const segment of text.split(GS)) {
    let rest = segment;
    while (rest) {
      const ai = Object.keys({ ...FIXED, ...VARIABLE }).find((one) => rest.startsWith(one));
      if (!ai) return null;
      const value = rest.slice(ai.length).slice(0, FIXED[ai] || undefined);
      rest = rest.slice(ai.length + value.length);
      // A date in the tail of a lot: a separator may be lost, and only a person can say.
      if (VARIABLE[ai] && ANY_DATE.test(value.slice(1))) return null;
      pairs.push([ai, value]);
    }
  }
  return meaning(pairs, today, whole);
}

function meaning(pairs, today, text) {
  const values = {};
  for (const [ai, value] of pairs) {
    if (FIXED[ai] ? value.length !== FIXED[ai] || !/^\d+$/.test(value) : !VARIABLE[ai] || value.length > VARIABLE[ai] || !CSET82.test(value)) return null;
    if (values[ai] !== undefined && values[ai] !== value) return null;
    values[ai] = value;
  }
  const item = values["01"];
  if (item && !rightDigit(item)) return null;
  if (!item && !values[10] && !values[17]) return null;
  const expiry = values[17] ? date(year(values[17].slice(0, 2), today), values[17].slice(2, 4), values[17].slice(4, 6)) : null;
  if (values[17] && !expiry) return null;
  for (const ai of ["11", "13", "15", "16"]) if (values[ai] && !date(year(values[ai].slice(0, 2), today), values[ai].slice(2, 4), values[ai].slice(4, 6))) return null;
  if (values[30] && !/^\d+$/.test(values[30])) return null;
  return {
    ...(item ? gtin(item, text, false) : reading(text, { isLot: true })),
    lot: values[10] || null, expiry, precision: expiry && (values[17].endsWith("00") ? "month" : "day"),
    quantity: values[30] ? Number(values[30]) : null,
  };
}

// --- the rest ------------------------------------------------------------------------------------------------------------

/** The office's own label: of an item, or of one of its lots. */
function house(word) {
  const upper = word.toUpperCase();
  const found = /^SUP([IL])(\d{6,12})([0-9A-Z])$/.exec(upper);
  if (!found) return /^SUP[A-Z]/.test(upper) && checkCharacterFits(upper) ? { unsure: true } : null;
  if (!checkCharacterFits(upper)) return { unsure: true };
  return reading(word, { house: { kind: found[1] === "I" ? "item" : "lot", number: Number(found[2]) } });
}

function checkCharacterFits(upper) {
  return /^[0-9A-Z]+$/.test(upper) && checkCharacter(upper.slice(0, -1)) === upper.at(-1);
}

/** An NDC with its dashes: its eleven digits first, which alone are unique; then its GTIN; then its ten digits. */
function ndc(word) {
  const found = /^(?:NDC[ :#]*)?(\d{4,6})-(\d{3,4})-(\d{1,2})$/.exec(word);
  if (!found) return null;
  const [labeler, product, pack] = found.slice(1);
  const shape = [labeler, product, pack].map((part) => part.length).join("-");
  if (!["4-4-2", "5-3-2", "5-4-1"].includes(shape)) return { unsure: true };
  const ten = labeler + product + pack;
  const twelve = `3${ten}${[..."0123456789"].find((digit) => rightDigit(`3${ten}${digit}`))}`;
  const eleven = labeler.padStart(5, "0") + product.padStart(4, "0") + pack.padStart(2, "0");
  return reading(word, { keys: [["ndc11", eleven], ["gtin", twelve.padStart(14, "0")], ["ndc10", ten]] });
}

function plain(word) {
  if (/^https?:/i.test(word) || /^[=&]/.test(word)) return { unsure: true }; // Digital Link, ISBT 128
  if (/^0[0-3]\d{5}/.test(word) && ![8, 10, 11, 12, 13, 14].includes(word.length)) return { unsure: true }; // GS1 cut off
  if (/^(10|21)/.test(word) && word.length > 22) return { unsure: true };
  const keys = [["plain", word]];
  if (/^\d{10,11}$/.test(word)) keys.push([`ndc${word.length}`, word]);
  return reading(word, { keys });
}
