// Logs stay at their end unless the reader has scrolled up.
const NEAR_THE_END = 40;

export function followLogs() {
  const atEnd = new Map();
  const logs = () => document.querySelectorAll("[data-follow]");
  const toEnd = (log) => log.scrollTo({ top: log.scrollHeight });
  logs().forEach(toEnd);
  document.addEventListener("htmx:beforeSwap", () => {
    logs().forEach((log) => {
      atEnd.set(log.ariaLabel, log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_THE_END);
    });
  });
  document.addEventListener("htmx:afterSwap", () => {
    logs().forEach((log) => {
      if (atEnd.get(log.ariaLabel) ?? true) toEnd(log);
    });
  });
}
