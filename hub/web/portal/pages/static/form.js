// Saves a step of the form while she types, and says beside a field what the
// hub's rules say of it. The form works without: this sends what the button
// "保存，下一步" sends, to the same rules.

const form = document.querySelector("form[data-autosave]");
if (form) start(form);

function start(form) {
  const revision = form.elements.revision;
  const line = form.querySelector("[data-saved-at]");
  const mark = line.parentElement;
  const pause = 1500; // ms without a key before it is saved
  let timer = 0, busy = null, again = false, stopped = false;
  let last = body();
  const left = new Set(); // fields she has been in and left

  function body() {
    const data = new URLSearchParams(new FormData(form));
    data.delete("revision");
    return data.toString();
  }

  function say(text) { line.textContent = text; }

  async function save(keepalive) {
    clearTimeout(timer);
    if (stopped) return;
    if (busy) { again = true; return busy; }
    const now = body();
    if (now === last && !keepalive) return;
    busy = send(now, keepalive);
    await busy;
    busy = null;
    if (again) { again = false; return save(false); }
  }

  async function send(now, keepalive) {
    const sent = new URLSearchParams(now);
    sent.set("revision", revision.value);
    say(form.dataset.saving);
    let answer;
    try {
      answer = await fetch(form.dataset.autosave, {
        method: "POST", body: sent, keepalive, credentials: "same-origin", redirect: "error",
        headers: { "Accept": "application/json" },
      });
    } catch {
      say(form.dataset.offline);
      timer = setTimeout(() => save(false), 15000);
      return;
    }
    const told = (answer.headers.get("Content-Type") || "").startsWith("application/json") ? await answer.json() : null;
    if (answer.ok && told) {
      last = now;
      revision.value = told.revision;
      say(form.dataset.saved.replace("%s", told.at));
      for (const [key, word] of Object.entries(told.fields)) tell(key, word, sent);
      count();
      return;
    }
    if (answer.status === 429 || answer.status >= 500) { // it will pass
      say(form.dataset.offline);
      timer = setTimeout(() => save(false), 15000);
      return;
    }
    stopped = true; // the button shows what is the matter
    say(told && told.conflict ? form.dataset.conflict : form.dataset.ended);
    mark.classList.add("is-must");
  }

  // tell shows what there is to say of a field: never while she is in it.
  function tell(key, word, sent) {
    const field = form.querySelector(`[data-field="${CSS.escape(key)}"]`);
    if (!field || field.contains(document.activeElement)) return;
    const control = form.elements["f-" + key];
    const text = control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement;
    if (text && control.value === sent.get("f-" + key) && control.value !== word.value) {
      control.value = word.value;
      control.dispatchEvent(new Event("respelled"));
      last = body();
    }
    const error = field.querySelector(".error"), good = field.querySelector(".good"), fix = field.querySelector(".fix");
    const wrong = word.error && !word.missing;
    const shown = wrong && (left.has(key) || !error.hidden || word.fix);
    error.hidden = !shown;
    if (shown) {
      error.querySelector("[data-say]").textContent = word.error;
      fix.hidden = !word.fix;
      fix.value = word.fix || "";
      fix.textContent = word.words || "";
    }
    good.hidden = !word.wrote || shown;
    if (word.wrote) good.querySelector("[data-say]").textContent = word.wrote;
    const visible = field.querySelector("[role=combobox]") || field.querySelector(".input") || field;
    if (shown) visible.setAttribute("aria-invalid", "true"); else visible.removeAttribute("aria-invalid");
    const ids = [...field.querySelectorAll(":scope > .hint, .error:not([hidden])")].map((e) => e.id).filter(Boolean);
    if (ids.length) visible.setAttribute("aria-describedby", ids.join(" ")); else visible.removeAttribute("aria-describedby");
  }

  // count keeps the summary at the top true to the fields below it.
  function count() {
    const summary = form.querySelector(".errors");
    if (!summary) return;
    for (const a of summary.querySelectorAll("a")) {
      const field = form.querySelector(`[data-field="${CSS.escape(a.hash.slice(3))}"]`);
      const error = field && field.querySelector(".error");
      if (!error || error.hidden) a.remove();
    }
    const left = summary.querySelectorAll("a").length;
    if (left) summary.querySelector("h2").textContent = form.dataset.faults.replace("%s", left);
    else summary.remove();
  }

  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => save(false), pause); });
  form.addEventListener("change", () => save(false));
  form.addEventListener("focusout", (e) => {
    const field = e.target.closest("[data-field]");
    if (!field || field.contains(e.relatedTarget)) return;
    left.add(field.dataset.field);
    save(false);
  });
  addEventListener("pagehide", () => { if (!busy && body() !== last) save(true); });
  addEventListener("online", () => save(false));

  // A save under way is waited for: what the button sends would be older.
  form.addEventListener("submit", (e) => {
    clearTimeout(timer);
    if (!busy) { stopped = true; return; }
    e.preventDefault();
    const button = e.submitter;
    again = false;
    busy.then(() => { stopped = true; form.requestSubmit(button); });
  });
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); }); // the way back shows what is stored
}
