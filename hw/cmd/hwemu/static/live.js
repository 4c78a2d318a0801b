// The panel works without this. With it the reader's side of the page follows
// what happens, and the search filters as one types.

const parts = [...document.querySelectorAll("[data-live]")];
if (parts.length) {
  const mark = (index) => {
    for (const b of document.querySelectorAll("[data-card]")) {
      const on = b.dataset.card === index;
      b.classList.toggle("on", on);
      b.toggleAttribute("aria-pressed", on);
      if (on) b.setAttribute("aria-pressed", "true");
    }
  };
  // A button that is exchanged between press and release is never clicked.
  let pressed = false;
  const follow = (part) => {
    let busy = false, again = false, shown = "";
    const refresh = async () => {
      if (busy || pressed) { again = true; return; }
      again = false;
      busy = true;
      try {
        const answer = await fetch(part.dataset.live);
        const text = answer.ok ? await answer.text() : shown;
        // What did not change stays, so that nothing is pulled away under a finger.
        if (pressed) {
          again = true;
        } else if (text !== shown) {
          shown = text;
          const held = document.activeElement && part.contains(document.activeElement) ? document.activeElement.textContent : null;
          part.replaceChildren(document.createRange().createContextualFragment(text));
          mark(part.firstElementChild?.dataset.index);
          if (held !== null) {
            [...part.querySelectorAll("button, a")].find((e) => e.textContent === held)?.focus();
          }
        }
      } catch { /* the program was stopped; the stream will tell when it is back */ }
      busy = false;
      if (again && !pressed) refresh();
    };
    return refresh;
  };
  const all = parts.map(follow);
  const refresh = () => { for (const one of all) one(); };
  new EventSource("/live").onmessage = refresh;
  addEventListener("pointerdown", () => { pressed = true; });
  for (const over of ["pointerup", "pointercancel", "blur"]) addEventListener(over, () => setTimeout(() => { pressed = false; refresh(); }));

  // Placing and lifting without losing the place in the deck.
  document.addEventListener("submit", async (e) => {
    const path = new URL(e.target.action).pathname;
    if (!["/place", "/lift", "/fault"].includes(path) && !path.startsWith("/printer/") && !path.startsWith("/camera/") && !path.startsWith("/front/")) return;
    e.preventDefault();
    const data = new URLSearchParams(new FormData(e.target, e.submitter));
    const answer = await fetch(path, { method: "POST", body: data });
    if (!answer.ok) location.reload();
    refresh();
  });
}

const filter = document.querySelector("[data-filter]");
if (filter) {
  const items = [...document.querySelectorAll(filter.dataset.filter + " > li")];
  const none = document.querySelector("#none");
  const apply = () => {
    const q = filter.value.trim().toLowerCase();
    let left = 0;
    for (const li of items) {
      li.hidden = !li.dataset.find.includes(q);
      if (!li.hidden) left++;
    }
    if (none) none.hidden = left > 0;
  };
  filter.addEventListener("input", apply);
  filter.form.addEventListener("submit", (e) => { e.preventDefault(); apply(); });
}
