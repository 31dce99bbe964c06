// Keys that do what something on the page does: what carries `data-key` is clicked, a field gets the focus.
const TYPING = "input, textarea, select, [contenteditable]";
// Keys that have a name; and where a key is somebody else's: Space presses a button, arrows walk through the picture.
const NAMED = ["ArrowRight", "Home"];
const WALKED = "#cluster-picture, [role=slider], pre";
const TAKEN = { " ": "button, summary", ArrowRight: WALKED, Home: WALKED };
const isOff = () => document.documentElement.dataset.shortcuts === "off";
const isBusy = () => document.querySelector("dialog[open], details.menu[open], #panel [data-panel], [data-past], .console--drawer:not([hidden])");

function onKey(event) {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    if (document.documentElement.dataset.projector === "on" && !isBusy()) document.querySelector('[data-key="p"]')?.click();
    return;
  }
  if (isOff() || (event.key.length !== 1 && !NAMED.includes(event.key))) return;
  if (TAKEN[event.key] && event.target.closest?.(TAKEN[event.key])) return;
  const one = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!one) return;
  event.preventDefault();
  if (one.matches(TYPING)) one.focus();
  else one.click();
}

function onClick(event) {
  const opener = event.target.closest?.("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog) {
    event.preventDefault();
    // Where nothing had the focus, the next Tab would go on from the dialog's place, at the end of the page.
    const before = document.activeElement === document.body ? document.getElementById("main") : document.activeElement;
    dialog.addEventListener("close", () => before?.focus({ preventScroll: true }), { once: true });
    dialog.showModal();
  }
  // The other things that the address says stay as they are.
  const link = event.target.closest?.("a[data-keeps-query]");
  if (link) {
    event.preventDefault();
    const address = new URL(location.href);
    new URL(link.href).searchParams.forEach((value, name) => address.searchParams.set(name, value));
    location.assign(address);
  }
}

export function listenForKeys() {
  // Before the others hear it: Esc closes what is open, and only with nothing open leaves the projector.
  document.addEventListener("keydown", onKey, { capture: true });
  document.addEventListener("click", onClick);
  // A menu closes like every other menu: by a click elsewhere and by Esc.
  const close = () => document.querySelectorAll("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
  document.addEventListener("click", (event) => event.target.closest?.("details.menu") || close());
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    close();
    // Nothing else hears of it: one Esc closes one thing.
    event.preventDefault();
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  });
}
