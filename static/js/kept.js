// What was chosen in a form marked data-keeps stays chosen when its fragment is morphed, when a page is read again, and
// on the way back from somewhere else; it is forgotten once it is sent. Without this the browser's own memory has to do.
const FORMS = "form[data-keeps]";
const FIELDS = "input[type=radio], input[type=text], input:not([type])";

const keyOf = (form) => `kept ${form.getAttribute("action")}`;

function keep(form) {
  const said = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  sessionStorage.setItem(keyOf(form), JSON.stringify(said));
}

function giveBack(form) {
  const said = new Map(JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "[]"));
  for (const field of form.querySelectorAll(FIELDS)) {
    if (!said.has(field.name) || field === document.activeElement) continue;
    if (field.type === "radio") field.checked = field.value === said.get(field.name);
    else field.value = said.get(field.name);
  }
}

const giveAllBack = () => document.querySelectorAll(FORMS).forEach(giveBack);

export function keepChoices() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.(FORMS);
    if (form) keep(form);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches?.(FORMS)) sessionStorage.removeItem(keyOf(event.target));
  });
  document.addEventListener("htmx:afterSettle", giveAllBack);
  // Browsers put back what they remember themselves only after the page is loaded.
  window.addEventListener("pageshow", giveAllBack);
  giveAllBack();
}
