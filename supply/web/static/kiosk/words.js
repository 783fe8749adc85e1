/* Owns: how numbers, dates and quantities are said on the kiosk. Must never guess: what is not there is left out. */

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** 1000 as "1,000"; anything that is no number as "". */
export function count(value) {
  return Number.isFinite(value) ? whole.format(value) : "";
}

/** `2027-03-14` as "2027-MAR-14"; a month-precise one as "2027-MAR (last day)"; else as it came. */
export function boxDate(text, precision = "day") {
  const found = /^(\d{4})-(\d{2})(?:-(\d{2}))?(?:T(\d{2}:\d{2}))?/.exec(text || "");
  if (!found) return text || "";
  const [, year, month, day, time] = found;
  const named = MONTHS[Number(month) - 1];
  if (!named) return text;
  if (precision === "month" || !day) return `${year}-${named} (last day)`;
  return `${year}-${named}-${day}${time ? ` ${time}` : ""}`;
}

/** The time of a moment as the tablet's clock shows it: "09:05". */
export function clockTime(moment) {
  const date = moment instanceof Date ? moment : new Date(moment);
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}

/** Today's date as people say it: "Monday 2026-NOV-23". */
export function longDate(date) {
  const day = date.toLocaleDateString("en-US", { weekday: "long" });
  return `${day} ${date.getFullYear()}-${MONTHS[date.getMonth()]}-${String(date.getDate()).padStart(2, "0")}`;
}

/** "3 scans", "1 scan". */
export function many(number, one, more = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : more}`;
}

/** "3 boxes", "1 pair", and plain "3" for things counted by the each: the same words as the server's. */
export function amount(quantity, item) {
  const unit = item && item.unit ? item.unit : "";
  if (!unit || ["each", "ea", "unit", "piece"].includes(unit.toLowerCase())) return count(quantity);
  if (quantity === 1) return `${count(quantity)} ${unit}`;
  if (/(s|x|ch|sh)$/.test(unit)) return `${count(quantity)} ${unit}es`;
  if (/[^aeiou]y$/.test(unit)) return `${count(quantity)} ${unit.slice(0, -1)}ies`;
  return `${count(quantity)} ${unit}s`;
}
