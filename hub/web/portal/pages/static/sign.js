// Takes a drawn signature beside the typed one: a path of whole numbers in a
// field of 1000 × 400, as the pen went.

const pen = document.getElementById("pen");
if (pen) start(pen);

function start(pen) {
  const canvas = pen.querySelector("canvas"), kept = pen.querySelector("input"), ctx = canvas.getContext("2d");
  const most = 3000; // points that are kept
  let strokes = [], now = null, points = 0;
  pen.hidden = false;
  ctx.lineWidth = 8;
  ctx.lineCap = ctx.lineJoin = "round";
  ctx.strokeStyle = getComputedStyle(document.documentElement).color;

  const place = (e) => {
    const r = canvas.getBoundingClientRect();
    const within = (v, to) => Math.min(to, Math.max(0, Math.round(v)));
    return [within((e.clientX - r.left) * 1000 / r.width, 1000), within((e.clientY - r.top) * 400 / r.height, 400)];
  };
  const keep = () => { kept.value = strokes.map((s) => s.flat().join(" ")).join(";"); };

  canvas.addEventListener("pointerdown", (e) => {
    if (points >= most) return;
    canvas.setPointerCapture(e.pointerId);
    now = [place(e)];
    strokes.push(now);
  });
  canvas.addEventListener("pointermove", (e) => {
    if (!now || points >= most) return;
    const from = now[now.length - 1], to = place(e);
    if (Math.hypot(to[0] - from[0], to[1] - from[1]) < 6) return;
    now.push(to);
    points++;
    ctx.beginPath();
    ctx.moveTo(...from);
    ctx.lineTo(...to);
    ctx.stroke();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { now = null; keep(); });
  pen.querySelector("[data-clear]").addEventListener("click", () => {
    strokes = [];
    points = 0;
    ctx.clearRect(0, 0, canvas.width, canvas.height);
    keep();
  });
}
