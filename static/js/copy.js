// A button beside a text that is to be pasted elsewhere.
export function copyTexts() {
  document.addEventListener("click", async (event) => {
    const copy = event.target.closest("[data-copy]");
    if (!copy) return;
    await navigator.clipboard.writeText(copy.parentElement.querySelector("code").textContent);
    copy.dataset.words ??= copy.textContent;
    copy.textContent = "✔";
    setTimeout(() => (copy.textContent = copy.dataset.words), 1500);
  });
}
