/* Owns: what an HIBC supplier label names (ANSI/HIBC 2.6), primary, secondary or both in one. Pure.
 * Must never guess: what is not wholly understood is left to the server. */

import { date, dayOfYear, lastDay, year } from "./short_dates.js";

const TABLE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";
const PRIMARY = /^[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]$/;
const UNSURE = Object.freeze({ unsure: true });
const DIGITS = { 0: 4, 1: 4, 2: 6, 3: 6, 5: 5, 7: 0 }; // of the date behind each format digit; times are left to the server

/** The reading of an HIBC text, `{unsure: true}` where it begins as one and is not understood, null for any other text. */
export function hibc(text, today) {
  const bare = /^\*\+.*\*$/.test(text) ? text.slice(1, -1) : text;
  if (!/^\+[A-Za-z$/]/.test(bare)) return /^\+\d{5}/.test(bare) ? UNSURE : null;
  if ([...bare].some((character) => !TABLE.includes(character)) || !checked(bare)) return UNSURE;
  const body = bare.slice(1, -1);
  const isPrimary = /[A-Z]/.test(body[0]);
  const segments = (isPrimary ? body : body.slice(0, -1)).split("/");
  const found = { keys: [], house: null, lot: null, expiry: null, precision: null, quantity: null, isLot: !isPrimary, text };
  if (isPrimary) {
    const primary = segments.shift();
    if (!PRIMARY.test(primary)) return UNSURE;
    found.keys = [["hibc", primary]];
    found.link = segments.length ? null : bare.at(-1);
  } else found.link = body.at(-1);
  return segments.every((segment) => readSegment(found, segment, today)) ? found : UNSURE;
}

function checked(text) {
  const sum = [...text.slice(0, -1)].reduce((all, character) => all + TABLE.indexOf(character), 0);
  return TABLE[sum % 43] === text.at(-1);
}

function readSegment(found, segment, today) {
  if (/^\$\$[^+]/.test(segment)) return readDated(found, segment.slice(2), today);
  if (/^\$[^$+]/.test(segment)) return keepLot(found, segment.slice(1));
  if (/^(S.+|16D\d{8})$/.test(segment)) return true;
  return false;
}

/** After $$: a count, a format digit and its date (of 0 and 1 the month's own digit), the lot. */
function readDated(found, text, today) {
  const counted = /^8(\d{2})|^9(\d{5})/.exec(text);
  if (counted) found.quantity = Number(counted[1] || counted[2]);
  const rest = counted ? text.slice(counted[0].length) : text;
  if (!rest) return true;
  const length = DIGITS[rest[0]];
  if (length === undefined) return Boolean(counted) && keepLot(found, rest);
  const begin = "01".includes(rest[0]) ? 0 : 1;
  const digits = rest.slice(begin, begin + length);
  if (digits.length !== length || /\D/.test(digits)) return false;
  if (length) {
    found.expiry = expiryOf(rest[0], digits, today);
    found.precision = "01".includes(rest[0]) ? "month" : "day";
    if (!found.expiry) return false;
  }
  const lot = rest.slice(begin + length);
  return lot ? keepLot(found, lot) : true;
}

function expiryOf(form, digits, today) {
  if ("01".includes(form)) return lastDay(year(digits.slice(2), today), digits.slice(0, 2));
  if (form === "2") return date(year(digits.slice(4), today), digits.slice(0, 2), digits.slice(2, 4), { dayZero: false });
  if (form === "3") return date(year(digits.slice(0, 2), today), digits.slice(2, 4), digits.slice(4), { dayZero: false });
  return dayOfYear(year(digits.slice(0, 2), today), digits.slice(2));
}

function keepLot(found, lot) {
  if (lot.length > 18 || found.lot) return false;
  found.lot = lot;
  return true;
}
