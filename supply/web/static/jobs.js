// Looks again while something runs or waits, and stops when nothing does. Without script the page is read again by hand.

const EVERY_MS = 2000;

async function lookAgain() {
  const shown = document.getElementById("jobs");
  if (!shown?.hasAttribute("data-busy")) return;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("jobs");
    if (fresh) {
      const focused = document.activeElement?.id;
      shown.replaceWith(document.adoptNode(fresh));
      if (focused) document.getElementById(focused)?.focus();
    }
  } catch {
    // no answer just now: look again
  }
  setTimeout(lookAgain, EVERY_MS);
}

setTimeout(lookAgain, EVERY_MS);
