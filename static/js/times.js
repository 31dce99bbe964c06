// Times are sent in the server's zone; the reader sees them in their own.
export function localTimes() {
  const show = () => {
    for (const time of document.querySelectorAll("time[datetime]")) {
      const moment = new Date(time.getAttribute("datetime"));
      time.textContent = moment.toLocaleTimeString("en-GB");
      time.title = moment.toLocaleString(document.documentElement.lang);
    }
  };
  show();
  document.addEventListener("htmx:afterSettle", show);
}
