// Times are sent in the server's zone; the reader sees them in their own.
export function localTimes() {
  const short = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
  const long = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "long" });
  const show = () => {
    for (const time of document.querySelectorAll("time[datetime]")) {
      const moment = new Date(time.getAttribute("datetime"));
      // Before the first event there is no moment: what the server says stays.
      if (Number.isNaN(moment.getTime())) continue;
      time.textContent = short.format(moment);
      time.title = long.format(moment);
    }
  };
  show();
  document.addEventListener("htmx:afterSettle", show);
}
