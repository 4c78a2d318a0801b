// The desk's own script: fetches the live part when the box says that it
// changed. Every page works without it.
"use strict";
(() => {
  const root = document.querySelector("[data-live]");
  if (!root || !("EventSource" in window)) return;
  let fetching = false, again = false;
  async function draw() {
    if (fetching) { again = true; return; }
    fetching = true;
    try {
      const answer = await fetch(root.dataset.live, { credentials: "same-origin", cache: "no-store" });
      if (answer.status === 401) { location.reload(); return; }
      if (answer.ok) {
        const on = document.activeElement && document.activeElement.closest("form");
        const next = new DOMParser().parseFromString(await answer.text(), "text/html");
        root.replaceChildren(...next.body.childNodes);
        const form = on && root.querySelector(`form[action="${on.getAttribute("action")}"] button`);
        if (form) form.focus({ preventScroll: true });
      }
    } catch {
      // The box is starting again; the stream reconnects and calls us.
    } finally {
      fetching = false;
      if (again) { again = false; draw(); }
    }
  }
  const source = new EventSource("/events");
  source.addEventListener("changed", draw);
  source.addEventListener("open", draw);
  source.addEventListener("ended", () => { source.close(); location.reload(); });
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
})();
