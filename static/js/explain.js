// A term tells its meaning and shows the reader's own object: on hover, focus and tap. The pointer may enter the tip, Esc
// closes it, and Tab goes from the term into it and on (WCAG 1.4.13).
const OPEN_AFTER = 180, CLOSE_AFTER = 350;
let tip = null, mark = null, timer = 0, isPinned = false, isQuiet = false;

function made() {
  tip = document.createElement("div");
  tip.className = "tip";
  tip.id = "term-tip";
  tip.popover = "manual";
  document.getElementById("main").append(tip);
}

function place() {
  if (matchMedia("(max-width: 800px)").matches) return tip.removeAttribute("style");
  // Measured as it is seen, written as it is styled: with `zoom`, as on a projector, the two differ.
  const at = mark.getBoundingClientRect(), { width, height } = tip.getBoundingClientRect();
  const zoom = width / tip.offsetWidth || 1;
  const below = at.bottom + 8 + height < innerHeight || at.top < height + 8;
  tip.style.left = `${Math.max(16, Math.min(at.left - 12, document.documentElement.clientWidth - width - 16)) / zoom}px`;
  tip.style.top = `${(below ? at.bottom + 8 : at.top - height - 8) / zoom}px`;
}

function close() {
  clearTimeout(timer);
  if (!mark) return false;
  mark.removeAttribute("aria-expanded");
  mark = null;
  isPinned = false;
  tip.hidePopover();
  return true;
}

async function open(one) {
  clearTimeout(timer);
  if (one === mark) return;
  close();
  if (!tip?.isConnected) made();
  mark = one;
  mark.setAttribute("aria-expanded", "true");
  tip.textContent = one.querySelector(".explain__tip").textContent;
  tip.showPopover();
  place();
  const answer = await fetch(one.dataset.term, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || mark !== one) return;
  tip.innerHTML = await answer.text();
  place();
}

const later = (what, wait) => { clearTimeout(timer); timer = setTimeout(what, wait); };
const termOf = (event) => event.target.closest?.("[data-term]");
const isInTip = (node) => Boolean(node && tip?.contains(node));
const mayClose = () => !isPinned && !isInTip(document.activeElement) && document.activeElement !== mark && close();

function onKey(event) {
  if (!mark) return;
  const links = [...tip.querySelectorAll("a")], here = document.activeElement;
  if (event.key === "Escape") {
    event.stopImmediatePropagation();
    if (isInTip(here)) back();
    close();
  } else if (event.key === "Tab" && !event.shiftKey && here === mark && links.length) {
    event.preventDefault();
    links[0].focus();
  } else if (event.key === "Tab" && isInTip(here) && here === links[event.shiftKey ? 0 : links.length - 1]) {
    // Forward the browser goes on from the term; backward the term itself is what comes before.
    back();
    if (event.shiftKey) event.preventDefault();
  }
}

function back() {
  isQuiet = true;
  mark.focus();
  isQuiet = false;
}

export function explainTerms() {
  document.addEventListener("keydown", onKey, { capture: true });
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const one = termOf(event);
    if (one) later(() => open(one), one === mark ? 0 : OPEN_AFTER);
    else if (isInTip(event.target)) clearTimeout(timer);
    else if (mark) later(mayClose, CLOSE_AFTER);
    else clearTimeout(timer);
  });
  document.addEventListener("focusin", (event) => {
    const one = termOf(event);
    if (one && !isQuiet && one.matches(":focus-visible")) open(one);
    else if (mark && !one && !isInTip(event.target)) close();
  });
  document.addEventListener("click", (event) => {
    const one = termOf(event);
    if (!one) return mark && !isInTip(event.target) ? close() : undefined;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return undefined;
    event.preventDefault();
    open(one);
    isPinned = true;
    return undefined;
  });
  // What a live update took away cannot be explained any longer.
  document.addEventListener("htmx:afterSettle", () => mark && !mark.isConnected && close());
  addEventListener("scroll", () => mark && place(), { passive: true, capture: true });
}
