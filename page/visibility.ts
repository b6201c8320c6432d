/** Resolves as soon as the page can be seen. Rejects with the signal's reason. */
export function whenVisible(signal: AbortSignal): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const stop = () => {
      over.abort();
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { signal: over.signal });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      over.abort();
      resolve();
    }, { signal: over.signal });
    if (signal.aborted) stop();
  });
}
