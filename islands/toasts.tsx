import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { broken, capture, status, update } from "./live.ts";
import type { Toast } from "./shell/toast_list.ts";
import { closeToast, failureKey, toasts } from "./shell/toasts_shown.ts";
import Icon from "./parts/icon.tsx";

/** Messages that come by themselves; read out when the reader is free, never moving the page. */
export default function Toasts() {
  // What stands above every page need not be said twice, nor stay when it is over there.
  const failure = broken.value ?? status.value?.storage.failure;
  const standing = failure ? failureKey(failure.code) : null;
  const isDoubled = toasts.value.some(({ key }) => key === standing);
  useEffect(() => {
    if (standing !== null && isDoubled) closeToast(standing);
  }, [standing, isDoubled]);
  return (
    <div class="toasts" role="status" aria-live="polite">
      <UpdateToast />
      {toasts.value.filter(({ key }) => key !== standing).map((toast) => (
        <ToastCard key={toast.key} toast={toast} />
      ))}
    </div>
  );
}

function ToastCard({ toast }: { readonly toast: Toast }) {
  const held = useSignal(false);
  useEffect(() => {
    if (toast.lastsMs === undefined || held.value) return;
    const timer = setTimeout(() => closeToast(toast.key), toast.lastsMs);
    return () => clearTimeout(timer);
  }, [toast, held.value]);
  return (
    <div
      class={`toast ${toast.tone}`}
      onPointerEnter={() => held.value = true}
      onPointerLeave={() => held.value = false}
      onFocusCapture={() => held.value = true}
      onBlurCapture={() => held.value = false}
    >
      <Icon name={toast.tone === "problem" ? "warning" : "check"} />
      <div class="toast-text">
        <strong>{toast.text}</strong>
        {toast.detail && <p>{toast.detail}</p>}
      </div>
      {toast.actions?.map(({ label, run }) => (
        <button key={label} type="button" onClick={run}>{label}</button>
      ))}
      <button
        type="button"
        class="round"
        aria-label="Close message"
        onClick={() => closeToast(toast.key)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

/** A newer version is never put in place by itself: that would break off a watch. */
function UpdateToast() {
  const later = useSignal(false);
  const waiting = update.value;
  if (!waiting || later.value) return null;
  return (
    <div class="toast info">
      <Icon name="reload" />
      <div class="toast-text">
        <strong>Update available</strong>
        <p>
          {capture.value
            ? "Reloading stops this watch. What is saved stays."
            : "Reloading takes a moment. Your records stay."}
        </p>
      </div>
      <div class="toast-actions">
        <button type="button" onClick={() => later.value = true}>Later</button>
        <button type="button" class="primary" onClick={() => waiting.apply()}>Reload</button>
      </div>
    </div>
  );
}
