// Things move visibly from where they were to where they are; who asked for less motion sees an outline instead.
const MOVES_FOR = 450;
const NEAR = 2;
const underWay = new WeakMap();

export function showMoves() {
  if (!document.querySelector("[data-moves]") && !document.getElementById("cluster-picture")) return;
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  const wantsLess = document.documentElement.dataset.motion === "less";
  let before = new Map();
  let hasChanged = false;
  document.addEventListener("htmx:beforeSwap", () => {
    // Several parts of a page arrive at once: where things were before the first of them counts until they settle.
    if (!hasChanged) before = places();
  });
  document.addEventListener("htmx:afterSwap", () => (hasChanged = true));
  document.addEventListener("htmx:afterSettle", () => {
    if (!hasChanged) return;
    hasChanged = false;
    if (isStill.matches || wantsLess) return;
    for (const [id, now] of places()) {
      const was = before.get(id);
      if (was && !isAt(was.stands, now.stands)) travel(document.getElementById(id), was.seen);
    }
  });
}

// Each thing by its id: where it is seen, and where it stands, which is where it will be seen when it has arrived.
function places() {
  return new Map(
    [...document.querySelectorAll("[data-moves]")].map((one) => {
      const [seen, way] = [whereSeen(one), wayLeft(one)];
      return [one.id, { seen, stands: { x: seen.x - way.x, y: seen.y - way.y } }];
    }),
  );
}

function whereSeen(one) {
  const { left, top } = one.getBoundingClientRect();
  return { x: left + scrollX, y: top + scrollY };
}

// How far a thing and what it stands in still have to go.
function wayLeft(one) {
  const way = { x: 0, y: 0 };
  for (let it = one; it; it = it.parentElement.closest("[data-moves]")) {
    if (underWay.get(it)?.playState !== "running") continue;
    const { e, f } = new DOMMatrix(getComputedStyle(it).transform);
    way.x += e;
    way.y += f;
  }
  return way;
}

function isAt(here, there) {
  return Math.abs(here.x - there.x) < NEAR && Math.abs(here.y - there.y) < NEAR;
}

// What is already on a way to elsewhere turns from where it is seen; what stands in something that travels goes along.
function travel(one, from) {
  underWay.get(one)?.cancel();
  const to = whereSeen(one);
  if (isAt(from, to)) return;
  const start = { transform: `translate(${from.x - to.x}px, ${from.y - to.y}px)` };
  underWay.set(one, one.animate([start, { transform: "none" }], { duration: MOVES_FOR, easing: "ease-in-out" }));
}
