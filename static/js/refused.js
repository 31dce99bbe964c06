// A form that came back: the focus goes to the first thing that is to be corrected, and so does the view.
const TYPED = "input:not([type=hidden]), select, textarea";

export function goToWhatIsWrong() {
  const wrong = document.querySelector("#refused") && document.querySelector("main :is(.field--wrong, .field__errors)");
  if (!wrong) return;
  for (let one = wrong.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
  const field = wrong.matches(".field--wrong") && wrong.querySelector(TYPED);
  if (!field) wrong.tabIndex = -1;
  (field || wrong).focus({ preventScroll: true });
  wrong.scrollIntoView({ block: "center" });
}
