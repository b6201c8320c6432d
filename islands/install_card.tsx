import { INSTALL_WORDS } from "./install_words.ts";
import InstallButton, { useInstallWay } from "./parts/install_here.tsx";

/** On About: whether the app is installed here, and how it gets installed. */
export default function InstallCard() {
  const way = useInstallWay().value;
  return (
    <section class="card" aria-labelledby="install-title">
      <h2 id="install-title">Home screen</h2>
      <p>{way ? INSTALL_WORDS[way] : "\u00a0"}</p>
      <InstallButton />
    </section>
  );
}
