import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { installWay } from "../install_words.ts";
import type { InstallWay } from "../install_words.ts";
import { install } from "../live.ts";
import Icon from "./icon.tsx";

/** How this app is installed here; null until the browser was asked. */
export function useInstallWay(): ReadonlySignal<InstallWay | null> {
  const way = useSignal<InstallWay | null>(null);
  useEffect(() => {
    way.value = installWay({
      standalone: matchMedia("(display-mode: standalone)").matches,
      offered: install.value !== null,
      hasIosFlag: "standalone" in navigator,
    });
  }, [install.value]);
  return way;
}

/** Asks the browser to install; there only while it offers to. */
export default function InstallButton() {
  const offer = install.value;
  if (!offer) return null;
  const ask = async () => {
    // A prompt can be shown once; the browser offers anew when it wants to.
    install.value = null;
    await offer();
  };
  return (
    <button type="button" class="primary" onClick={ask}>
      <Icon name="install" />Install
    </button>
  );
}
