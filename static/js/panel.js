// The panel beside the picture: opened by a click or Enter, closed by Esc, and what it is about stays marked.
let opener = null;

const panel = () => document.getElementById("panel");

function mark() {
  document.querySelectorAll(".is-selected").forEach((element) => element.classList.remove("is-selected"));
  const shown = panel()?.querySelector("[data-panel]");
  if (!shown) return;
  const [kind, ...key] = shown.dataset.panel.split(":");
  const id = kind === "definition" ? `definition-${key.join("-")}` : `${kind}-${key.join(":")}`;
  document.getElementById(id)?.classList.add("is-selected");
}

function close() {
  if (!panel() || !panel().firstElementChild) return false;
  panel().replaceChildren();
  const address = new URL(location.href);
  address.searchParams.delete("panel");
  history.pushState({ htmx: true }, "", address);
  mark();
  const back = opener && document.getElementById(opener);
  (back?.matches("a, button") ? back : back?.querySelector("a, button"))?.focus();
  return true;
}

// The command beside a button is that of what is chosen in its list.
function spellOut() {
  for (const call of panel().querySelectorAll("[data-chosen]")) {
    call.classList.toggle("is-chosen", call.dataset.chosen === call.closest("li").querySelector("select").value);
  }
}

export function openPanels() {
  if (!panel()) return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-opens-panel]");
    if (link) opener = link.closest("[id]")?.id ?? null;
    if (event.target.closest("[data-close-panel]")) {
      event.preventDefault();
      close();
    }
  });
  document.addEventListener("change", spellOut);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.target.matches("input, textarea, select")) close();
  });
  let shown = null;
  const settled = () => {
    mark();
    spellOut();
    const key = panel().querySelector("[data-panel]")?.dataset.panel ?? null;
    // Only a panel that somebody has just opened takes the focus; one that changes by itself does not.
    if (key && key !== shown && opener) panel().querySelector(".panel__name")?.focus();
    shown = key;
  };
  document.addEventListener("htmx:afterSettle", settled);
  document.addEventListener("htmx:afterSwap", settled);
  mark();
}
