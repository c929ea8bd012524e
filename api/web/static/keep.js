// Keeps pages of codes for when there is no network. Without this script the page is whole all the same.
const worker = document.currentScript.dataset.worker;
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register(worker, { scope: "/Q/" }).then(
    async () => {
      const ready = await navigator.serviceWorker.ready;
      const files = performance.getEntriesByType("resource").map((entry) => entry.name);
      ready.active.postMessage([location.href, ...files]);
    },
    () => undefined,
  );
}
