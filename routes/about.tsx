import Island from "../islands/_island.tsx";

export const title = "About";

/** What this app must not be taken to do. */
const LIMITS: readonly (readonly [what: string, why: string])[] = [
  [
    "The screen must stay on",
    "Browsers stop camera and worker when the page is hidden or the screen goes dark.",
  ],
  [
    "iOS deletes data of sites that are not installed",
    "After seven days without a visit, unless Fieldmesh is on the home screen.",
  ],
  [
    "Finding neighbours needs a hub",
    "A browser cannot discover devices by itself. Watching and saving need none.",
  ],
  [
    "It knows everyday things only",
    "Person, cat, car, cup and the like, by the model you choose: no deer, no fire. It errs, and says how sure it is.",
  ],
  [
    "What was shared stays shared",
    "Every device of a crew keeps a full copy. Nothing is called back.",
  ],
];

/** What is shipped to the browser, and under which terms. */
const PARTS: readonly (readonly [name: string, terms: string])[] = [
  ["onnxruntime-web", "MIT"],
  ["Automerge", "MIT"],
  ["Preact and Signals", "MIT"],
  ["PeerJS", "MIT"],
  ["Workbox", "MIT"],
  ["noble-ed25519", "MIT"],
  ["fflate", "MIT"],
  ["cborg", "Apache-2.0 or MIT"],
  ["qr", "MIT or Apache-2.0"],
  ["NanoDet-g and its weights", "Apache-2.0 and MIT"],
  ["SSD-MobileNetV2 and its weights", "Apache-2.0"],
  ["Demo pictures", "public domain, CC0"],
];

export default function AboutPage() {
  return (
    <>
      <div class="about-column">
        <Island name="ModelCard" />
        <Island name="ProcessorCard" />
        <Island name="InstallCard" />
        <Island name="ThemeCard" />
      </div>
      <div class="about-column">
        <SwarmCard />
        <Island name="VersionsCard" />
        <Limits />
        <Licences />
      </div>
    </>
  );
}

function SwarmCard() {
  return (
    <section class="card" aria-labelledby="swarm-title">
      <h2 id="swarm-title">Many devices, one map</h2>
      <p>Five simulated drones share what they see, over links that you can cut.</p>
      <a class="more" href="/swarm">Watch the swarm</a>
    </section>
  );
}

function Limits() {
  return (
    <section class="card" aria-labelledby="limits-title">
      <h2 id="limits-title">What it cannot do</h2>
      <ul class="limits">
        {LIMITS.map(([what, why]) => (
          <li key={what}>
            <strong>{what}</strong>
            <small>{why}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Licences() {
  return (
    <section class="card" aria-labelledby="licences-title">
      <h2 id="licences-title">Licences</h2>
      <p>
        Fieldmesh is free software under Apache-2.0. It contains, with thanks:
      </p>
      <dl class="facts">
        {PARTS.map(([name, terms]) => (
          <div key={name} class="fact">
            <dt>{name}</dt>
            <dd>{terms}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
