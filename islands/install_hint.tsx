import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { INSTALL_WORDS } from "./install_words.ts";
import Icon from "./parts/icon.tsx";
import InstallButton, { useInstallWay } from "./parts/install_here.tsx";
import { readSetting, writeSetting } from "./settings.ts";

const DISMISSED_SETTING = "install-hint";

/** On Watch: how to keep the app on this device, until it is installed or the hint is put away. */
export default function InstallHint() {
  const way = useInstallWay().value;
  const dismissed = useSignal(true);
  useEffect(() => void (dismissed.value = readSetting(DISMISSED_SETTING) !== null), []);
  if (way === null || way === "installed" || dismissed.value) return null;
  const dismiss = () => {
    dismissed.value = true;
    writeSetting(DISMISSED_SETTING, "dismissed");
  };
  return (
    <section class="card install-hint" aria-labelledby="install-hint-title">
      <header class="card-head">
        <h2 id="install-hint-title">Keep it on this device</h2>
        <button type="button" class="round" aria-label="Put this hint away" onClick={dismiss}>
          <Icon name="close" />
        </button>
      </header>
      <p>{INSTALL_WORDS[way]}</p>
      <InstallButton />
    </section>
  );
}
