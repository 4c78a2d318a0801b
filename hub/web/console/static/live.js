// The one script of the console. Without it every page works; the dashboard is
// then brought up to date by its link.
//
// The stream says only "something changed, up to chain number n"; what changed
// is fetched as HTML that the hub has drawn for this person, so that rights are
// judged in one place.

const live = document.getElementById("live");
if (live && "EventSource" in window) follow(live);
tick(document.getElementById("clock"));
for (const form of document.querySelectorAll("form[data-check]")) checked(form);

function follow(root) {
  const after = Number(root.dataset.after) || 0;
  let fetching = false, again = false, source = null;

  const show = (state) => {
    const box = root.querySelector(".livestate");
    if (!box) return;
    box.classList.toggle("on", state === "on");
    box.classList.toggle("lost", state === "lost");
    const word = state === "on" ? box.dataset.live : box.dataset.lost;
    box.querySelector(".liveword").textContent = word;
  };

  // One fetch at a time: what changes meanwhile is fetched once more after it.
  const draw = async () => {
    if (fetching) { again = true; return; }
    fetching = true;
    try {
      const answer = await fetch(having(root), { credentials: "same-origin" });
      if (answer.redirected || answer.status === 401 || answer.status === 403) { location.reload(); return; }
      if (answer.ok) {
        const html = new DOMParser().parseFromString(await answer.text(), "text/html");
        const known = new Set([...root.querySelectorAll("[data-record]")].map((row) => row.dataset.record));
        const back = keep(root, html);
        root.replaceChildren(...html.body.childNodes);
        back();
        for (const row of root.querySelectorAll("[data-record]")) row.classList.toggle("new", !known.has(row.dataset.record));
        show("on");
      }
    } catch { show("lost"); } finally {
      fetching = false;
      if (again) { again = false; draw(); }
    }
  };

  const open = () => {
    source = new EventSource(root.dataset.live || "/gl/live?after=" + after);
    source.addEventListener("open", () => show("on"));
    source.addEventListener("changed", draw);
    source.addEventListener("ended", () => { source.close(); location.reload(); });
    source.addEventListener("error", () => {
      show("lost");
      if (source.readyState === EventSource.CLOSED) { draw(); setTimeout(open, 5000); } // refused: draw finds out whether the session ended
    });
  };
  open();
  addEventListener("pagehide", () => source && source.close());
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
}

// checked asks the hub what it says of a form while it is filled in, as its button
// "check" does: what is said stands in [data-says] and is drawn by the hub. Lines that
// are typed in stay as they are; of the last question only the answer counts.
function checked(form) {
  let asked = 0, timer = 0;
  const ask = async () => {
    const n = ++asked, data = new URLSearchParams(new FormData(form));
    data.set("do", "check");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
      if (n !== asked || answer.redirected || !answer.ok) return;
      const html = new DOMParser().parseFromString(await answer.text(), "text/html");
      const says = html.querySelector("form[data-check] [data-says]"), box = form.querySelector("[data-says]");
      if (says && box) box.replaceChildren(...says.childNodes);
    } catch { /* the button asks again */ }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 400); });
}

// having asks for the page and says which of its pieces stand here already: what
// has not changed, such as the map, is not sent again.
function having(root) {
  const prints = [...root.querySelectorAll("[data-print]")].map((piece) => piece.dataset.print);
  const part = root.dataset.part;
  return prints.length ? part + (part.includes("?") ? "&" : "?") + "have=" + prints.join(",") : part;
}

// keep puts the pieces that were not sent into the new page, opens what was
// open, and gives what puts the focus back where it was.
function keep(root, html) {
  for (const gap of html.querySelectorAll("[data-same]")) {
    const old = root.querySelector(`[data-piece="${gap.dataset.piece}"]`);
    if (old) gap.replaceWith(old);
  }
  for (const open of root.querySelectorAll("details[open][id]")) {
    const now = html.getElementById(open.id);
    if (now) now.open = true;
  }
  const on = root.contains(document.activeElement) ? document.activeElement : null;
  const where = on && (on.getAttribute("href") ? ["a", "href", on.getAttribute("href")] : on.parentElement.id ? ["summary", "parent", on.parentElement.id] : null);
  return () => {
    if (!where) return;
    const [tag, how, what] = where;
    const again = [...root.querySelectorAll(tag)].find((x) => (how === "href" ? x.getAttribute("href") : x.parentElement.id) === what);
    if (again && document.activeElement !== again) again.focus({ preventScroll: true });
  };
}

// The clock in the top bar goes on between page loads, at UTC+8 whatever this
// machine is set to.
function tick(clock) {
  if (!clock) return;
  const ahead = Date.parse(clock.dateTime) - performance.now();
  const zh = document.documentElement.lang.startsWith("zh");
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", weekday: "short", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const days = { Mon: "一", Tue: "二", Wed: "三", Thu: "四", Fri: "五", Sat: "六", Sun: "日" };
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const paint = () => {
    const p = Object.fromEntries(parts.formatToParts(new Date(ahead + performance.now())).map((x) => [x.type, x.value]));
    clock.textContent = zh
      ? `${Number(p.month)}月${Number(p.day)}日 星期${days[p.weekday]} ${p.hour}:${p.minute}`
      : `${p.weekday} ${Number(p.day)} ${months[p.month - 1]} ${p.hour}:${p.minute}`;
  };
  setInterval(paint, 5000);
}
