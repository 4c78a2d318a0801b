// Warns a minute before the session ends for want of use, lets her go on with
// one press, and takes the page from the screen when it has ended: whoever sits
// down next sees nothing of hers. Without script the session ends all the same.
const box = document.querySelector("[data-left]");
const warning = 60_000;
let ends = Date.now() + Number(box.dataset.left) * 1000;
let timer;

// left asks how long there is, without using the session: another window may
// have used it meanwhile.
async function left() {
  const answer = await fetch("/ks/left", { cache: "no-store", redirect: "manual" });
  return answer.ok ? Number(await answer.text()) : 0;
}

function again(wait) {
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(250, wait));
}

async function look() {
  try {
    ends = Date.now() + (await left()) * 1000;
  } catch {
    // No network: what was known before holds.
  }
  const rest = ends - Date.now();
  if (rest <= 0) {
    location.replace("/ks/sign-in?done=idle&next=" + encodeURIComponent(location.pathname));
    return;
  }
  box.hidden = rest > warning;
  again(box.hidden ? rest - warning : Math.min(rest, 10_000));
}

box.querySelector("button").addEventListener("click", async () => {
  await fetch("/ks/here", { cache: "no-store", redirect: "manual" }).catch(() => {});
  look();
});
document.addEventListener("visibilitychange", () => document.hidden || look());
addEventListener("pageshow", (e) => e.persisted && look());
again(ends - Date.now() - warning);
