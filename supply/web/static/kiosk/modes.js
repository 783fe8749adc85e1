/* Owns: the seven things a scan can do here, their one word, colour, icon and who may do them.
 * To add a mode: one line here, one colour pair in kiosk.css, one tone in sounds.js. */

export const MODES = Object.freeze([
  { action: "use", word: "TAKE", where: "from", done: "Taken", sign: "−", may: "take" },
  { action: "receive", word: "PUT IN", where: "into", done: "Put in", sign: "+", may: "receive", asks: "delivery" },
  { action: "return", word: "PUT BACK", where: "into", done: "Put back", sign: "+", may: "put_back" },
  { action: "count", word: "COUNT", where: "in", done: "Counted", sign: "", may: "count" },
  { action: "move", word: "MOVE", where: "from", done: "Moved", sign: "", may: "move", needs: "to_location" },
  { action: "discard", word: "THROW OUT", where: "from", done: "Thrown out", sign: "−", may: "throw_out", needs: "reason" },
  { action: "lookup", word: "LOOK UP", where: "in", done: "Found", sign: "", may: "look_up" },
]);

export const REASONS = Object.freeze([
  ["expired", "Expired"],
  ["damaged", "Damaged"],
  ["contaminated", "Contaminated"],
  ["opened", "Opened, not used"],
  ["other", "Other"],
]);

export function modeOf(action) {
  return MODES.find((mode) => mode.action === action) || MODES[0];
}

/** The modes that this person may use; without a list from the server, all of them (the server still refuses). */
export function allowedModes(may) {
  return may ? MODES.filter((mode) => may[mode.may]) : [...MODES];
}

/** What a scan does until told otherwise: the `wanted` mode where it is allowed, else the first that is. */
export function firstMode(may, wanted) {
  const allowed = allowedModes(may);
  // A mode that asks something first is not carried over a reload: its answer is gone.
  const usable = allowed.find((mode) => mode.action === wanted && !mode.needs);
  return (usable || allowed.find((mode) => !mode.needs) || modeOf("lookup")).action;
}
