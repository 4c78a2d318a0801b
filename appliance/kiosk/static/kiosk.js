// The kiosk's own script: fetches the page when the server says it changed,
// counts down, and draws the signature. Every page but the signature works
// without it.
"use strict";
(() => {
  let fetching = false, again = false, drawn = performance.now();

  // ── the page ──────────────────────────────────────────────

  // refresh fetches the page. Another key replaces the whole body; the same
  // key only the live parts, so that a signature under way is not wiped.
  async function refresh() {
    if (fetching) { again = true; return; }
    fetching = true;
    try {
      const answer = await fetch("/", { cache: "no-store", credentials: "omit" });
      if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // The box is starting again; the stream reconnects and calls us.
    } finally {
      fetching = false;
      if (again) { again = false; refresh(); }
    }
  }

  function take(next) {
    const now = document.body;
    drawn = performance.now();
    if (now.dataset.key === next.body.dataset.key) {
      now.dataset.clock = next.body.dataset.clock;
      now.dataset.screen = next.body.dataset.screen;
      const counts = [...next.body.querySelectorAll("[data-count]")].map((el) => el.dataset.count);
      for (const part of next.body.querySelectorAll("[data-live]")) {
        const old = now.querySelector(`[data-live="${part.dataset.live}"]`);
        if (old && uncounted(old) !== uncounted(part)) old.replaceWith(part);
      }
      now.querySelectorAll("[data-count]").forEach((el, i) => { el.dataset.count = counts[i] ?? el.dataset.count; });
      const asked = now.querySelector(".veil") !== null;
      for (const part of now.querySelectorAll(".stage, .foot")) part.inert = asked;
      count();
      return;
    }
    document.title = next.title;
    const from = next.documentElement, to = document.documentElement;
    to.lang = from.lang;
    for (const name of ["type", "contrast"]) {
      if (from.dataset[name]) to.dataset[name] = from.dataset[name]; else delete to.dataset[name];
    }
    // Who goes by keys stays where she was, or begins at the new page's words.
    const held = document.activeElement && document.activeElement.closest(".tools") ? document.activeElement.value : "";
    now.replaceWith(next.body);
    const same = held && document.querySelector(`.tools [value="${held}"]`);
    (same || document.getElementById("main")).focus({ preventScroll: true, focusVisible: Boolean(same) });
    begin();
  }

  // uncounted is a part but for what it counts down: a part that is exchanged loses
  // the finger that presses in it, and the focus.
  function uncounted(part) {
    const copy = part.cloneNode(true);
    for (const el of copy.querySelectorAll("[data-count]")) { el.dataset.count = ""; el.textContent = ""; }
    return copy.outerHTML;
  }

  const patience = 2500; // ms without the box before the page is taken away

  // listen follows the box. A box that is gone knows nothing of the visit any
  // more, so neither may the page: it is emptied, and fetched when it is back.
  function listen() {
    const stream = new EventSource("/events");
    let gone = 0;
    stream.onmessage = () => { clearTimeout(gone); gone = 0; refresh(); };
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, patience);
      if (!gone) gone = setTimeout(empty, patience);
    };
  }

  function empty() {
    document.body.dataset.key = "";
    document.body.dataset.screen = "gone";
    for (const part of document.querySelectorAll("header, .stage, .foot, [data-live]")) part.replaceChildren();
    const lost = document.querySelector("[data-lost]");
    if (lost) lost.hidden = false;
  }

  // ── presses ───────────────────────────────────────────────

  // One press, one effect: the server ignores a second press on the same page;
  // the buttons are still as long as the first is on its way.
  addEventListener("submit", async (e) => {
    const form = e.target;
    e.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    const body = new URLSearchParams(new FormData(form, e.submitter));
    try {
      await fetch(form.action, { method: "POST", body, headers: { "X-Kiosk": "1" }, credentials: "omit" });
    } finally {
      delete form.dataset.busy;
      refresh();
    }
  });

  // ── the staff's way out ───────────────────────────────────

  // The name at the upper left held for five seconds, or Escape pressed five
  // times within four: the screen returns to its beginning. It wipes, and does
  // nothing else.
  const hold = 5000, presses = 5, within = 4000;
  let holding = 0, escapes = [];

  function leave() {
    const form = new FormData(document.getElementById("press"));
    fetch("/staff", { method: "POST", body: new URLSearchParams(form), headers: { "X-Kiosk": "1" }, credentials: "omit" })
      .catch(() => {}).finally(refresh);
  }

  addEventListener("pointerdown", (e) => {
    clearTimeout(holding);
    if (e.target.closest && e.target.closest(".mark")) holding = setTimeout(leave, hold);
  });
  for (const name of ["pointerup", "pointercancel", "pointermove"]) {
    addEventListener(name, (e) => {
      if (name !== "pointermove" || !(e.target.closest && e.target.closest(".mark"))) clearTimeout(holding);
    });
  }

  // ── what a kiosk's browser must not do ────────────────────

  // Keys that would leave the page, print it, look into it or search it. What
  // the browser takes before the page sees it is for its flags and policies.
  const barred = /^F([1-9]|1[0-9])$/;
  addEventListener("keydown", (e) => {
    if (e.key === "Escape") {
      const now = performance.now();
      escapes = escapes.filter((t) => now - t < within).concat(e.repeat ? [] : now);
      if (escapes.length >= presses) { escapes = []; leave(); }
      return;
    }
    const typing = e.target.matches && e.target.matches("input, textarea");
    if (e.ctrlKey || e.metaKey || e.altKey || barred.test(e.key) || e.key === "BrowserBack" || e.key === "BrowserForward" ||
        e.key === "ContextMenu" || e.key === "Backspace" && !typing || e.key === "/" || e.key === "'") e.preventDefault();
  }, true);
  for (const name of ["contextmenu", "dragstart", "drop", "dragover", "selectstart", "copy", "cut", "auxclick"]) {
    addEventListener(name, (e) => e.preventDefault(), true);
  }
  addEventListener("wheel", (e) => { if (e.ctrlKey) e.preventDefault(); }, { capture: true, passive: false });

  // ── time ──────────────────────────────────────────────────

  function count() {
    const gone = (performance.now() - drawn) / 1000;
    for (const el of document.querySelectorAll("[data-count]")) {
      el.textContent = Math.max(0, Math.ceil(Number(el.dataset.count) - gone));
    }
    const clock = Number(document.body.dataset.clock);
    const hour = document.querySelector("[data-hour]");
    if (clock && hour) {
      // The point's time is UTC+8 the whole year.
      hour.textContent = new Date(clock + gone * 1000 + 8 * 3600e3).toISOString().slice(11, 16);
    }
  }

  // ── signature ─────────────────────────────────────────────

  const points = 20000, least = 8; // as protocol.Signature has them

  function pad(canvas) {
    const pen = canvas.getContext("2d");
    const strokes = [];
    let stroke = null, total = 0, touched = 0, w = 0, h = 0;
    const word = document.querySelector("[data-sign]");
    const clear = document.querySelector('[data-do="clear"]');
    const submit = document.querySelector('[data-do="submit"]');

    function measure() {
      const box = canvas.getBoundingClientRect(), fine = devicePixelRatio || 1;
      w = Math.round(box.width); h = Math.round(box.height);
      canvas.width = Math.round(w * fine); canvas.height = Math.round(h * fine);
      pen.scale(fine, fine);
      pen.lineWidth = Math.max(4, h / 45);
      pen.lineCap = pen.lineJoin = "round";
      pen.strokeStyle = getComputedStyle(canvas).color;
    }

    function at(e) {
      const box = canvas.getBoundingClientRect();
      return [Math.min(w, Math.max(0, Math.round(e.clientX - box.left))),
              Math.min(h, Math.max(0, Math.round(e.clientY - box.top)))];
    }

    function add(e) {
      const [x, y] = at(e), n = stroke.length;
      if (total >= points || n && stroke[n - 2] === x && stroke[n - 1] === y) return;
      pen.beginPath();
      pen.moveTo(n ? stroke[n - 2] : x, n ? stroke[n - 1] : y);
      pen.lineTo(x, y);
      pen.stroke();
      stroke.push(x, y);
      total++;
    }

    function say() {
      const ready = total >= least && spread();
      const key = total === 0 ? "empty" : ready ? "ready" : "short";
      word.textContent = word.dataset[key];
      word.classList.toggle("is-done", ready);
      clear.disabled = total === 0;
      submit.disabled = !ready;
    }

    // spread: a name takes some room; a dot or a slip of the hand does not.
    function spread() {
      let l = w, r = 0, t = h, b = 0;
      for (const k of strokes) for (let i = 0; i < k.length; i += 2) {
        l = Math.min(l, k[i]); r = Math.max(r, k[i]); t = Math.min(t, k[i + 1]); b = Math.max(b, k[i + 1]);
      }
      return r - l > w / 10 && b - t > h / 20;
    }

    canvas.addEventListener("pointerdown", (e) => {
      if (stroke || e.button > 0) return;
      e.preventDefault();
      canvas.setPointerCapture(e.pointerId);
      stroke = [];
      strokes.push(stroke);
      add(e);
      touch();
    });
    canvas.addEventListener("pointermove", (e) => {
      if (!stroke) return;
      const all = e.getCoalescedEvents ? e.getCoalescedEvents() : [];
      for (const one of all.length ? all : [e]) add(one);
    });
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, () => { if (stroke) { stroke = null; say(); } });
    }

    // By keys: arrows move the pen, the space bar puts it down and lifts it.
    let px = 0, py = 0, down = false;
    canvas.addEventListener("keydown", (e) => {
      const step = Math.max(4, h / 24);
      const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[e.key];
      if (!move && e.key !== " ") return;
      e.preventDefault();
      if (!px) { px = w / 4; py = h / 2; }
      if (e.key === " ") {
        down = !down;
        if (down) { stroke = []; strokes.push(stroke); mark(); } else { stroke = null; }
      } else {
        px = Math.min(w, Math.max(0, px + move[0])); py = Math.min(h, Math.max(0, py + move[1]));
        if (down) mark();
      }
      touch();
      say();
    });
    function mark() {
      const box = canvas.getBoundingClientRect();
      add({ clientX: box.left + px, clientY: box.top + py });
    }

    clear.addEventListener("click", () => {
      strokes.length = 0; total = 0; stroke = null; down = false; px = 0;
      measure(); // also wipes
      say();
    });

    submit.addEventListener("click", async () => {
      submit.disabled = true;
      const form = new FormData(document.getElementById("press"));
      const body = JSON.stringify({
        visit: Number(form.get("visit")), turn: Number(form.get("turn")), token: form.get("token"),
        signature: { w, h, strokes: strokes.filter((k) => k.length) },
      });
      try {
        const answer = await fetch("/sign", { method: "POST", body, credentials: "omit",
          headers: { "X-Kiosk": "1", "Content-Type": "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        refresh();
      } catch {
        word.textContent = word.dataset.refused;
        word.classList.remove("is-done");
        submit.disabled = false;
        refresh();
      }
    });

    // A hand on the glass is somebody there, though no button is pressed.
    function touch() {
      if (performance.now() - touched < 10000) return;
      touched = performance.now();
      const form = new FormData(document.getElementById("press"));
      form.set("button", "touch");
      fetch("/press", { method: "POST", body: new URLSearchParams(form), headers: { "X-Kiosk": "1" }, credentials: "omit" }).catch(() => {});
    }

    measure();
    say();
  }

  function begin() {
    const canvas = document.querySelector("[data-pad]");
    if (canvas) pad(canvas);
    count();
  }

  begin();
  listen();
  setInterval(count, 250);
})();
