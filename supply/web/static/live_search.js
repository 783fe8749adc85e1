/* Owns: results that follow the typing, for forms with data-live="#part". Without script the form's button does it.
 * Must never show an older answer over a newer one, nor take the focus from the field. */

const PAUSE_MS = 180;

for (const form of document.querySelectorAll("form[data-live]")) follow(form);

function follow(form) {
  const field = form.querySelector('input[type="search"]');
  let timer = 0;
  let running = null;
  let shown = field.value;

  async function show() {
    if (field.value === shown) return;
    shown = field.value;
    running?.abort();
    running = new AbortController();
    const address = new URL(form.action);
    address.search = new URLSearchParams(new FormData(form)).toString();
    try {
      const answer = await fetch(address, { credentials: "same-origin", signal: running.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector(form.dataset.live);
      if (!fresh) return;
      document.querySelector(form.dataset.live).replaceWith(document.adoptNode(fresh));
      history.replaceState(null, "", address);
      const said = document.querySelector("[data-live-said]");
      const words = fresh.matches("[data-said]") ? fresh : fresh.querySelector("[data-said]");
      if (said) said.textContent = words ? words.dataset.said : "Nothing found";
    } catch (error) {
      if (error.name !== "AbortError") shown = null; // the next key, or the button, tries again
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE_MS);
  });
}
