// Looks again while a test or a search is under way. Without script the page has a link for that.

const EVERY_MS = 700;

function ready() {
  for (const one of document.querySelectorAll(".needs-no-script")) one.hidden = true;
}

async function lookAgain() {
  const shown = document.querySelector("[data-look-again][data-busy]");
  if (!shown) return;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(shown.id);
    if (fresh) {
      const focused = document.activeElement?.id;
      shown.replaceWith(document.adoptNode(fresh));
      if (focused) document.getElementById(focused)?.focus();
      ready();
    }
  } catch {
    // no answer just now: look again
  }
  setTimeout(lookAgain, EVERY_MS);
}

ready();
setTimeout(lookAgain, EVERY_MS);
