// The picture as text is a tree: one stop of the tab key, and arrows within it.
const tree = () => document.getElementById("picture-text");
const shown = () => [...(tree()?.querySelectorAll("[role=treeitem]") ?? [])];

function settle(focused) {
  const items = shown();
  const here = items.find((one) => one.id === focused) ?? items[0];
  items.forEach((one) => (one.tabIndex = one === here ? 0 : -1));
  return here;
}

function goal(item, key) {
  const items = shown();
  const here = items.indexOf(item);
  switch (key) {
    case "ArrowDown":
      return items[here + 1];
    case "ArrowUp":
      return items[here - 1];
    case "ArrowRight":
      return item.querySelector("[role=treeitem]");
    case "ArrowLeft":
      return item.parentElement.closest("[role=treeitem]");
    case "Home":
      return items[0];
    case "End":
      return items.at(-1);
  }
}

export function readThePicture() {
  let focused = null;
  document.addEventListener("focusin", (event) => {
    const item = event.target.closest?.("#picture-text [role=treeitem]");
    if (item) settle((focused = item.id));
  });
  document.addEventListener("keydown", (event) => {
    const item = event.target.closest?.("#picture-text [role=treeitem]");
    if (!item) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      document.getElementById(item.dataset.is)?.querySelector("a")?.click() ?? document.getElementById(item.dataset.is)?.click();
      return;
    }
    const next = goal(item, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  document.addEventListener("htmx:afterSettle", () => {
    const had = document.activeElement === document.body && focused;
    const here = settle(focused);
    if (had && here?.id === focused) here.focus();
  });
  settle(null);
}
