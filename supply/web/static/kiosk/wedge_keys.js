/* Owns: what one key event of a keyboard-wedge scanner means. Scanners send US key positions whatever
 * layout the tablet has, so a key is decoded from its position and Shift. Must never look at time or focus. */

export const GS = "\u001d";

const ROWS = {
  Backquote: "`~", Minus: "-_", Equal: "=+", BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|",
  Semicolon: ";:", Quote: "'\"", Comma: ",<", Period: ".>", Slash: "/?", Space: "  ",
  Digit1: "1!", Digit2: "2@", Digit3: "3#", Digit4: "4$", Digit5: "5%",
  Digit6: "6^", Digit7: "7&", Digit8: "8*", Digit9: "9(", Digit0: "0)",
  NumpadDecimal: "..", NumpadAdd: "++", NumpadSubtract: "--", NumpadMultiply: "**", NumpadDivide: "//",
};
for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ") ROWS[`Key${letter}`] = letter.toLowerCase() + letter;
for (const digit of "0123456789") ROWS[`Numpad${digit}`] = digit + digit;

/** The character that this key position gives on a US keyboard, or "" when the key gives none. */
export function usCharacter(event) {
  const pair = ROWS[event.code];
  if (!pair) return event.key && [...event.key].length === 1 ? event.key : "";
  const capsLock = event.getModifierState ? event.getModifierState("CapsLock") : false;
  // Some senders give the finished character without holding Shift.
  if (!event.shiftKey && !capsLock && event.key === pair[1]) return pair[1];
  return event.shiftKey ? pair[1] : pair[0];
}

/** The digit of a numeric-pad key, for characters typed as Alt + number; "" for any other key. */
export function numpadDigit(event) {
  const found = /^Numpad([0-9])$/.exec(event.code || "");
  return found ? found[1] : "";
}

/** The character that Alt + these digits stands for: 29 is GS, 232 is FNC1 as some scanners name it. */
export function altCharacter(digits) {
  const number = Number(digits);
  if (number === 29 || number === 232) return GS;
  if (number === 13 || number === 10 || number === 9) return "\r";
  return number >= 32 && number <= 126 ? String.fromCharCode(number) : "";
}

/** True for every way a scanner ends a code: Enter, Tab, and the control letters for CR, LF and Tab. */
export function isTerminator(event) {
  if (event.ctrlKey) return !event.altKey && !event.metaKey && ["KeyJ", "KeyM", "KeyI"].includes(event.code);
  return !event.altKey && !event.metaKey && (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey));
}

/** True when the key stands for the GS separator: Ctrl+] or one of the configured function keys. */
export function isSeparatorKey(event, separatorKeys) {
  if (event.key === GS) return true;
  if (event.ctrlKey && !event.altKey && !event.metaKey) return event.code === "BracketRight";
  return separatorKeys.includes(event.key);
}
