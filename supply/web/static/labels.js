/* Owns: what keeps itself fresh while labels print: parts with data-refresh="ADDRESS", asked for every few seconds unless
 * data-refresh-open is "no", and the number of copies carried to another printer. Must never move what is being pressed,
 * nor take the focus away. */

import { csrfToken } from "./supply.js";

const SOON_MS = 2000;
const LATE_MS = 15000;
const SLOWER = 1.4; // each round without news waits longer
const WATCHED_MS = 5 * 60 * 1000; // nobody has touched the page for so long: it asks no more, so that the session can end

let touchedAt = Date.now();
for (const kind of ["pointerdown", "keydown", "visibilitychange"]) {
  document.addEventListener(kind, () => (touchedAt = Date.now()), { passive: true });
}

for (const part of document.querySelectorAll("[data-refresh]")) follow(part.id);
for (const link of document.querySelectorAll("[data-keep-copies]")) link.addEventListener("click", keepCopies);

/** Ask for the page again and put the part in place when it changed; news makes the next round come soon. */
function follow(id) {
  let pause = SOON_MS;
  const again = () => setTimeout(round, pause);

  async function round() {
    const part = document.getElementById(id);
    if (!part) return;
    if (part.dataset.refreshOpen === "no" || document.hidden || Date.now() - touchedAt > WATCHED_MS || part.querySelector(":active")) return again();
    try {
      const answer = await fetch(part.dataset.refresh, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(id);
      const isNews = fresh && part.isConnected && plain(fresh) !== plain(part);
      if (isNews && !part.querySelector(":active")) {
        for (const one of document.querySelectorAll(`[data-refreshed-with="${id}"]`)) {
          one.replaceChildren(...(page.getElementById(one.id)?.childNodes ?? []));
        }
        put(part, fresh);
      }
      pause = isNews ? SOON_MS : Math.min(LATE_MS, pause * SLOWER);
    } catch {
      pause = LATE_MS; // the server is away: what is shown stays, and the next round looks again
    }
    again();
  }

  again();
}

/** What a person sees of a part: its keys and tokens differ in every answer. */
function plain(part) {
  const copy = part.cloneNode(true);
  for (const field of copy.querySelectorAll('input[type="hidden"]')) field.remove();
  return copy.innerHTML;
}

function put(part, fresh) {
  const focused = part.contains(document.activeElement) ? placeOf(document.activeElement) : null;
  part.replaceWith(document.adoptNode(fresh));
  for (const token of fresh.querySelectorAll('[name="csrf_token"]')) token.value = csrfToken();
  if (focused) (find(focused) ?? document.getElementById("main")).focus();
  const said = document.querySelector("[data-refreshed]");
  if (said) said.textContent = fresh.dataset.said ?? "";
}

/** Which row and which words the focus is on, to find it again. */
function placeOf(control) {
  return { row: control.closest("li")?.id, words: control.textContent };
}

function find({ row, words }) {
  const within = row ? document.getElementById(row) : null;
  return [...(within?.querySelectorAll("button, a") ?? [])].find((one) => one.textContent === words);
}

function keepCopies(event) {
  const field = document.querySelector('input[name="copies"]');
  if (field?.value) event.currentTarget.search += `&copies=${encodeURIComponent(field.value)}`;
}
