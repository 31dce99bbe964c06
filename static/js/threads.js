// Threads from a task definition, or a service, to the tasks that came of it: of what is lit, and of all in the second
// stage of the notes, which is about just that. They are drawn where the page has put things; words and tints say it too.
const SVG = "http://www.w3.org/2000/svg";
const MOST = 40;

const body = () => document.querySelector("#cluster-picture .picture__body");
const tintOf = (card) => [...card.classList].find((name) => name.startsWith("tint-")) ?? "tint-none";

function tasksOf(card) {
  const [name, key] = card.dataset.lights === "service" ? ["service", card.dataset.service] : ["revision", card.dataset.revision];
  const tasks = body().querySelectorAll(`:is(.instance, .queued) [data-${name}="${CSS.escape(key)}"]:not(.frame, .frame__head)`);
  return [...tasks].slice(0, MOST);
}

// From the side of the card that looks at the task to the nearest edge of the task.
function thread(from, to) {
  const isBeside = from.right <= to.left;
  const [x, y] = isBeside ? [from.right, from.top + Math.min(from.height / 2, 22)] : [from.left + from.width / 2, from.bottom];
  const [toX, toY] = isBeside ? [to.left, to.top + Math.min(to.height / 2, 16)] : [to.left + Math.min(to.width / 2, 60), to.top];
  const bend = isBeside ? [(x + toX) / 2, y, (x + toX) / 2, toY] : [x, (y + toY) / 2, toX, (y + toY) / 2];
  return { path: `M${x} ${y}C${bend.join(" ")} ${toX} ${toY}`, end: [toX, toY] };
}

function shape(name, values) {
  const made = document.createElementNS(SVG, name);
  Object.entries(values).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
}

function draw(cards) {
  const place = body();
  place?.querySelector(".threads")?.remove();
  const sources = cards.filter((card) => place?.contains(card));
  if (!sources.length) return;
  const origin = place.getBoundingClientRect();
  const moved = (element) => {
    const box = element.getBoundingClientRect();
    return new DOMRect(box.left - origin.left, box.top - origin.top, box.width, box.height);
  };
  const zoom = origin.width / place.offsetWidth || 1;
  const svg = shape("svg", { class: "threads", "aria-hidden": "true", viewBox: `0 0 ${origin.width} ${origin.height}`, width: origin.width / zoom, height: origin.height / zoom });
  for (const card of sources) {
    for (const task of tasksOf(card)) {
      const { path, end } = thread(moved(card), moved(task));
      const group = shape("g", { class: `thread ${tintOf(card)}` });
      group.append(shape("path", { d: path }), shape("circle", { cx: end[0], cy: end[1], r: 3.5 }));
      svg.append(group);
    }
  }
  place.append(svg);
}

export function drawThreads() {
  if (!body()) return;
  let lit = null;
  const always = () => [...document.querySelectorAll("#cluster-picture.picture--stage-2 [data-lights='revision']")];
  const redraw = () => draw(lit?.isConnected ? [lit] : always());
  const at = (target) => {
    const card = target instanceof Element ? target.closest("#cluster-picture :is([data-lights='revision'], .service)") : null;
    if (card === lit) return;
    lit = card;
    redraw();
  };
  document.addEventListener("pointerover", (event) => event.pointerType !== "touch" && at(event.target));
  document.addEventListener("focusin", (event) => at(event.target));
  document.addEventListener("htmx:afterSettle", redraw);
  addEventListener("resize", redraw);
  document.fonts?.ready.then(redraw);
  redraw();
}
