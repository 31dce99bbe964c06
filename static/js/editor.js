// Form and JSON of a task definition keep in step: the server translates, and this drops an answer that came too late,
// so that nothing that was typed meanwhile is taken back.
export function keepInStep() {
  let typed = 0;
  const asked = new WeakMap();
  document.addEventListener("input", (event) => {
    if (event.target.closest("#editor")) typed += 1;
    // All lines are shown, so that the numbers beside them are theirs.
    if (event.target.id === "id_document") event.target.rows = Math.max(12, event.target.value.split("\n").length);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.closest("#editor")) asked.set(event.detail.xhr, typed);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const since = asked.get(event.detail.xhr);
    if (since !== undefined && since !== typed) event.detail.shouldSwap = false;
  });
}
