// The desk's own script: fetches the live part when the box says that it
// changed. Every page works without it.
"use strict";
// A form that asks for a card says so while the box waits for it. Where a PIN is
// one of two ways, only when one was typed.
for (const form of document.querySelectorAll("form[data-card]")) {
  form.addEventListener("submit", () => {
    const pin = form.querySelector("input[name=pin]"), wait = form.querySelector("[data-wait]");
    if (pin && pin.value && wait) wait.hidden = false;
  });
}
// While the box opens again nothing answers: ask until it does, then go on.
const answers = () => fetch("/sign-in", { method: "HEAD", cache: "no-store" }).then((a) => a.ok, () => false);
async function whenBack(go) {
  while (!(await answers())) await new Promise((next) => setTimeout(next, 1000));
  go();
}
const away = document.querySelector("[data-return]");
if (away) setTimeout(() => whenBack(() => location.assign(away.dataset.return)), 4000); // until then the old one may answer
(() => {
  const root = document.querySelector("[data-live]");
  if (!root || !("EventSource" in window)) return;
  // A button that is exchanged between press and release is never clicked.
  let fetching = false, again = false, pressed = false;
  async function draw() {
    if (fetching || pressed) { again = true; return; }
    fetching = true;
    again = false;
    try {
      const answer = await fetch(root.dataset.live, { credentials: "same-origin", cache: "no-store" });
      if (answer.status === 401) { location.reload(); return; }
      if (answer.ok && pressed) {
        again = true;
      } else if (answer.ok) {
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
      if (again && !pressed) draw();
    }
  }
  const source = new EventSource("/events"), lost = document.querySelector("[data-lost]");
  const shows = (gone) => { if (lost) lost.hidden = !gone; };
  source.addEventListener("open", () => shows(false));
  source.addEventListener("error", () => {
    shows(true);
    // Refused for good: the box was opened again, and knows nobody who is signed in.
    if (source.readyState === EventSource.CLOSED) whenBack(() => location.reload());
  });
  addEventListener("pointerdown", () => { pressed = true; });
  for (const over of ["pointerup", "pointercancel", "blur"]) addEventListener(over, () => setTimeout(() => { pressed = false; if (again) draw(); }));
  source.addEventListener("changed", draw);
  source.addEventListener("open", draw);
  source.addEventListener("ended", () => { source.close(); whenBack(() => location.reload()); });
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
})();

// Entry by keyboard: Enter goes to the next field and from the last one saves;
// the arrow goes back; F2 lets a field be, F9 saves. Without script Enter saves.
for (const form of document.querySelectorAll("form[data-entry]")) {
  const fields = () => [...form.querySelectorAll("input:not([type=hidden]):not([disabled])")];
  const press = (what) => { const b = form.querySelector(what); if (b) form.requestSubmit(b); };
  // Some input methods send the character by itself: it must not save either.
  form.addEventListener("keypress", (e) => { if (e.key === "Enter" && e.target.tagName === "INPUT") e.preventDefault(); });
  form.addEventListener("keydown", (e) => {
    if (e.key === "F9") { e.preventDefault(); press("[data-go]"); return; }
    if (e.key === "F2") { e.preventDefault(); press("[data-skip]"); return; }
    if (e.isComposing || e.target.tagName !== "INPUT") return;
    const all = fields(), at = all.indexOf(e.target);
    if (e.key === "Enter") {
      e.preventDefault();
      if (at + 1 < all.length) { all[at + 1].focus(); if (all[at + 1].select) all[at + 1].select(); } else press("[data-go]");
    } else if (e.key === "ArrowUp" && at > 0 && e.target.type !== "radio" && !e.target.list) {
      e.preventDefault();
      all[at - 1].focus();
    }
  });
}
