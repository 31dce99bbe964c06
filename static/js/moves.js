// Things move visibly from where they were to where they are; who asked for less motion sees an outline instead.
const MOVES_FOR = 450;
const NEAR = 2;
// Several parts of a page arrive at once: where things were before the first of them is kept until they have settled.
const TOGETHER = 250;

const places = () =>
  new Map([...document.querySelectorAll("[data-moves]")].map((one) => [one.id, one.getBoundingClientRect()]));

export function showMoves() {
  if (!document.querySelector("[data-moves]") && !document.getElementById("cluster-picture")) return;
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  const wantsLess = document.documentElement.dataset.motion === "less";
  let before = new Map();
  let taken = 0;
  document.addEventListener("htmx:beforeSwap", () => {
    if (before.size && performance.now() - taken < TOGETHER) return;
    before = places();
    taken = performance.now();
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (isStill.matches || wantsLess || !before.size) return;
    for (const [id, now] of places()) {
      const was = before.get(id);
      if (!was) continue;
      const [x, y] = [was.left - now.left, was.top - now.top];
      if (Math.abs(x) < NEAR && Math.abs(y) < NEAR) continue;
      document
        .getElementById(id)
        .animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: MOVES_FOR, easing: "ease-in-out" });
    }
    before = new Map();
  });
}
