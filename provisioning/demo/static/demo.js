// Keeps the clock and the programs' states fresh. The page is whole without it.
const clock = document.querySelector("[data-now]");
if (clock) {
  const began = Date.now(), base = Number(clock.dataset.now);
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: "Asia/Shanghai", year: "numeric", month: "long", day: "numeric", weekday: "short",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  setInterval(() => { clock.textContent = format.format(base + Date.now() - began); }, 500);
}
// What changed while the page was loaded is told at once: it says how far it knew.
new EventSource("/changes?since=" + document.body.dataset.moved).addEventListener("changed", () => location.reload());
