// On stage, what has just changed is brought into sight: the bar with the caption covers the foot of the window.
const MARGIN = 12;
// Tasks before the machines that they stand on, and both before what sums them up.
const KINDS = [".task", ".instance", ".service, .definition, .waiting"];
const scene = () => document.getElementById("scene");

// What is told of each thing; of a machine not its tasks, which are things of their own.
function told(one) {
  const parts = one.matches(".instance") ? [...one.querySelectorAll(".instance__head, .agent")] : [one];
  return one.className.replace(/ ?is-\w+/g, "") + parts.map((part) => part.textContent.replace(/\s+/g, " ")).join();
}

const states = (kind) => new Map([...scene().querySelectorAll(`:is(${kind})[id]`)].map((one) => [one.id, told(one)]));

// How far to scroll so that all of them stand above the bar; where they are too many, the first of them do.
function wayTo(things) {
  const boxes = things.map((one) => one.getBoundingClientRect());
  const top = Math.min(...boxes.map((box) => box.top)) - MARGIN;
  const below = Math.max(...boxes.map((box) => box.bottom)) + MARGIN - scene().querySelector(".scene__bar").getBoundingClientRect().top;
  return top < 0 ? top : Math.max(0, Math.min(below, top));
}

export function keepChangesInSight() {
  if (!scene()) return;
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  let before = KINDS.map(states);
  document.addEventListener("htmx:afterSettle", () => {
    if (!scene()) return;
    const now = KINDS.map(states);
    const changed = now.map((kind, place) => [...kind.keys()].filter((id) => before[place].get(id) !== kind.get(id)));
    before = now;
    const things = changed.find((kind) => kind.length)?.map((id) => document.getElementById(id));
    const top = things ? wayTo(things) : 0;
    const behavior = isStill.matches || document.documentElement.dataset.motion === "less" ? "instant" : "smooth";
    if (top) scrollBy({ top, behavior });
  });
}
