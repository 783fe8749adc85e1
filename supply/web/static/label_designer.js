/* Owns: the pictures beside the form of a label design, which follow what is typed. Must never save anything, nor let an
 * older answer stand over a newer one: each round breaks off the one before. */

const PAUSE_MS = 350;
const form = document.getElementById("design");
const shown = document.getElementById("shown");
const said = document.querySelector("[data-preview-said]");
let waiting = 0;
let round = null;

if (form && shown) {
  form.addEventListener("input", later);
  form.addEventListener("change", later);
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(show, PAUSE_MS);
}

async function show() {
  round?.abort();
  round = new AbortController();
  const sent = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: sent, signal: round.signal, credentials: "same-origin" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    shown.replaceChildren(...page.body.childNodes);
    if (said) said.textContent = shown.querySelector("[data-said]")?.dataset.said ?? "";
  } catch {
    // broken off by a newer round, or the server is away: what is shown stays, and Show works without this
  }
}
