/* Owns: dates as barcodes write them, with short years and day 00. Pure: text in, "YYYY-MM-DD" or null out; reads no clock. */

/** The year that two digits mean, seen from `today` (GS1 General Specifications 7.12): 49 years back to 50 ahead. */
export function year(digits, today) {
  const current = Number(today.slice(2, 4));
  const difference = Number(digits) - current;
  const century = Number(today.slice(0, 2)) + (difference > 50 ? -1 : difference < -49 ? 1 : 0);
  return century * 100 + Number(digits);
}

/** That day, or null where there is none; day 00 is the last day of its month (GS1 General Specifications 3.4). */
export function date(fullYear, month, day, { dayZero = true } = {}) {
  if (Number(day) === 0) return dayZero ? lastDay(fullYear, month) : null;
  const made = new Date(Date.UTC(fullYear, Number(month) - 1, Number(day)));
  const fits = made.getUTCMonth() === Number(month) - 1 && made.getUTCDate() === Number(day);
  return fits ? made.toISOString().slice(0, 10) : null;
}

export function lastDay(fullYear, month) {
  if (Number(month) < 1 || Number(month) > 12) return null;
  return new Date(Date.UTC(fullYear, Number(month), 0)).toISOString().slice(0, 10);
}

/** Day 1 to 365 or 366 of a year. */
export function dayOfYear(fullYear, days) {
  const made = new Date(Date.UTC(fullYear, 0, Number(days)));
  return Number(days) >= 1 && made.getUTCFullYear() === fullYear ? made.toISOString().slice(0, 10) : null;
}
