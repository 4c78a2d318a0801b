// Finds while one types: a form with data-live asks for its own page and puts
// the named part of the answer in place of the old one. Without this script the
// form's button does the same.
"use strict";
(() => {
  const form = document.querySelector("form[data-live]");
  if (!form) return;
  const part = form.dataset.live;
  let waiting = 0, asked = 0;
  const address = () => form.getAttribute("action") + "?" + new URLSearchParams(new FormData(form));
  const look = async (whole) => {
    const mine = ++asked;
    const url = address();
    try {
      const res = await fetch(url, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (!res.ok || res.redirected || mine !== asked) return;
      const next = new DOMParser().parseFromString(await res.text(), "text/html");
      if (mine !== asked) return;
      for (const id of whole ? [form.id, part] : [part]) {
        const old = document.getElementById(id), fresh = next.getElementById(id);
        if (!old || !fresh) return;
        if (id === form.id) {
          const at = document.activeElement, name = at && at.name, value = at && at.value;
          old.replaceChildren(...fresh.childNodes);
          for (const e of old.elements) if (name && e.name === name && (e.type !== "radio" || e.value === value)) { e.focus(); break; }
        } else {
          old.replaceChildren(...fresh.childNodes);
        }
      }
      history.replaceState(null, "", url);
    } catch { /* the button still works */ }
  };
  form.addEventListener("input", (e) => {
    clearTimeout(waiting);
    if (e.target.type === "radio" || e.target.tagName === "SELECT") look(true);
    else waiting = setTimeout(look, 250, false);
  });
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    clearTimeout(waiting);
    look(true).then(() => document.getElementById(part).focus());
  });
})();
