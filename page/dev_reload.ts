/** Under `deno task dev` the hub says when it has built anew, and marks its pages with a meta tag. */
export function onRebuilt(document: Document, reload: () => void): void {
  if (!document.querySelector('meta[name="fieldmesh-dev"]')) return;
  new EventSource("/dev/events").addEventListener("reload", reload);
}
