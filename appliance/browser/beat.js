// Beats once a second. A beat needs an animation frame, so the page and what
// draws it must work, and a lock, which only the browser's main process gives:
// touches pass through it, while a page can draw and fetch without it.
"use strict";
(() => {
  const beat = () => fetch("/screen/beat", { method: "POST", credentials: "same-origin" }).catch(() => {});
  const round = () => requestAnimationFrame(async () => {
    await navigator.locks.request("beat", beat);
    setTimeout(round, 1000);
  });
  round();
})();
