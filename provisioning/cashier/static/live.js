// Keeps the lists fresh while the page is open. The page is whole without it.
const parts = document.querySelectorAll("[data-live]");
if (parts.length) {
  new EventSource("/changes").addEventListener("changed", async () => {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts) {
      const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
      if (!fresh) continue;
      for (const d of part.querySelectorAll("details[open]")) { // what one has opened stays so
        fresh.querySelector(`details[data-key="${d.dataset.key}"]`)?.setAttribute("open", "");
      }
      if (fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
    }
  });
}
