/* Owns: which scanned texts are the office's own commands and badges, so that they never travel as an item's code.
 * A command is SUPX, a word, and an ISO 7064 MOD 37,36 check character; a badge is SUPB or SUPPLY-BADGE-. */

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The check character of capital letters and digits. */
export function checkCharacter(text) {
  let product = 36;
  for (const character of text) {
    product = (product + ALPHABET.indexOf(character)) % 36 || 36;
    product = (product * 2) % 37;
  }
  return ALPHABET[(37 - product) % 36];
}

/** The number people read on a container, from the code on its label: SUPC000012… is W-000012. */
export function containerName(code) {
  return `W-${code.slice(4, -1)}`;
}

/** The effect of a command barcode by the server's list of words ({mode}, {quantity}, {undo}, {sign_off}, {need}, {panel});
 * {badge} for a badge; {container}, {place} or {department} for such a label; null for anything else. */
export function houseCommand(text, commands = {}) {
  const upper = text.trim().toUpperCase();
  if (/^SUPPLY-BADGE-/.test(upper) || /^SUPB[A-Z2-7]{26}[0-9A-Z]$/.test(upper)) return { badge: text.trim() };
  if (/^SUPC[0-9]{6,12}[0-9A-Z]$/.test(upper) && checkCharacter(upper.slice(0, -1)) === upper.at(-1)) return { container: upper };
  const numbered = /^SUP([PD])[0-9]{6,12}[0-9A-Z]$/.exec(upper);
  if (numbered && checkCharacter(upper.slice(0, -1)) === upper.at(-1)) return { [numbered[1] === "P" ? "place" : "department"]: upper };
  const found = /^SUPX([A-Z]{2,20})([0-9A-Z])$/.exec(upper);
  if (!found || checkCharacter(upper.slice(0, -1)) !== found[2]) return null;
  return commands[found[1]] || { unknown: found[1] };
}
