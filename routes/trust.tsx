/** How a device comes to trust this hub. Served over plain HTTP too: who does not trust yet must read it. */
import type { VNode } from "preact";

export const title = "Trust this hub";

/** Where the authority's certificate is. */
export const CERTIFICATE_PATH = "/trust/ca.crt";

export interface TrustProps {
  /** Null: this hub needs no trust, because it serves this device only, or by a certificate given to it. */
  readonly trust: {
    /** SHA-256 of the authority's certificate, `AA:BB:…`. */
    readonly fingerprint: string;
    readonly notAfter: Date;
    /** Where the app is once the device trusts the hub. */
    readonly appUrl: string;
  } | null;
}

export default function TrustPage({ trust }: TrustProps): VNode {
  if (!trust) return <NothingToTrust />;
  return (
    <article class="prose">
      <p>
        Browsers give the camera and offline use only to sites that they can trust. This hub lives
        on your own network, where no public authority vouches for anyone, so it vouches for itself.
        Do this once on each device.
      </p>
      <WhatItMeans notAfter={trust.notAfter} />
      <GetIt fingerprint={trust.fingerprint} />
      <Install />
      <section aria-labelledby="then">
        <h2 id="then">3. Open the app</h2>
        <p>
          <a href={trust.appUrl}>{trust.appUrl}</a>
        </p>
        <p>
          If the browser still warns, close all its windows and try again. If the fingerprint
          differs, do not go on: something else answered instead of your hub.
        </p>
      </section>
      <Remove />
    </article>
  );
}

function NothingToTrust(): VNode {
  return (
    <article class="prose">
      <p>
        There is nothing to install here: this hub serves its own machine, or uses a certificate
        that it was given. To use phones and tablets on the same network, start it with{" "}
        <code>deno task start --lan</code> and open the address that it prints.
      </p>
    </article>
  );
}

function WhatItMeans({ notAfter }: { readonly notAfter: Date }): VNode {
  return (
    <section aria-labelledby="meaning">
      <h2 id="meaning">What trusting it means</h2>
      <p>
        Your device will accept certificates that this hub signs. They can hold only for names that
        end in{" "}
        <code>.local</code>, for this machine’s own name and addresses, and for addresses of private
        networks, never for a site on the internet. Whoever copies the hub’s data folder could pose
        as a device on such a network, so keep that folder to yourself. The trust ends by itself on
        {" "}
        <time dateTime={day(notAfter)}>{day(notAfter)}</time>.
      </p>
    </section>
  );
}

function GetIt({ fingerprint }: { readonly fingerprint: string }): VNode {
  return (
    <section aria-labelledby="get">
      <h2 id="get">1. Get the certificate</h2>
      <p>
        <a class="button" href={CERTIFICATE_PATH}>
          Download the hub’s certificate
        </a>
      </p>
      <p>
        Before you trust it, look at its details on your device: the SHA-256 fingerprint must be the
        one that the hub printed in its terminal.
      </p>
      <p>
        <code>{fingerprint}</code>
      </p>
    </section>
  );
}

function Install(): VNode {
  return (
    <section aria-labelledby="install">
      <h2 id="install">2. Install it</h2>
      <h3>Android (Chrome, Edge)</h3>
      <ol>
        <li>Tap the button above and keep the file.</li>
        <li>
          Open Settings and search for “CA certificate”. (Mostly: Security and privacy, More
          security settings, Encryption and credentials, Install a certificate, CA certificate.)
        </li>
        <li>
          Tap “Install anyway”, confirm with your screen lock, and choose <code>ca.crt</code>.
        </li>
        <li>
          Firefox on Android does not use it by default: open its Settings, About Firefox, tap the
          logo five times, then Secret settings, “Use third party CA certificates”.
        </li>
      </ol>
      <h3>iPhone and iPad</h3>
      <ol>
        <li>Open this page in Safari, tap the button above and allow the profile.</li>
        <li>Open Settings; tap “Profile Downloaded” at the top, then Install.</li>
        <li>
          Not done yet: open Settings, General, About, Certificate Trust Settings (at the very end)
          and switch on “Fieldmesh hub”.
        </li>
      </ol>
      <h3>Windows (Chrome, Edge)</h3>
      <ol>
        <li>Open the downloaded file and choose Install Certificate, Current User.</li>
        <li>
          Choose “Place all certificates in the following store” and there “Trusted Root
          Certification Authorities”.
        </li>
      </ol>
      <h3>Mac (Safari, Chrome, Edge)</h3>
      <ol>
        <li>Open the downloaded file; Keychain Access adds it to your login keychain.</li>
        <li>
          Double-click “Fieldmesh hub” there, open Trust, and choose Always Trust for SSL.
        </li>
      </ol>
      <h3>Linux (Chrome, Edge, Chromium)</h3>
      <ol>
        <li>
          Open{" "}
          <code>chrome://certificate-manager</code>, Custom, Installed by you, Trusted certificates,
          Import, and choose the file.
        </li>
      </ol>
      <h3>Firefox on any computer</h3>
      <ol>
        <li>
          Open Settings, search for “certificates”, then View Certificates, Authorities, Import.
        </li>
        <li>Choose the file and tick “Trust this CA to identify websites”.</li>
      </ol>
    </section>
  );
}

function Remove(): VNode {
  return (
    <section aria-labelledby="remove">
      <h2 id="remove">To take the trust back</h2>
      <ul>
        <li>Android: Settings, search for “User credentials” or “Trusted credentials”, User.</li>
        <li>
          iPhone and iPad: Settings, General, VPN and Device Management, “Fieldmesh hub”, Remove.
        </li>
        <li>
          Windows: run <code>certmgr.msc</code>, Trusted Root Certification Authorities.
        </li>
        <li>Mac: Keychain Access, login keychain, delete “Fieldmesh hub”.</li>
        <li>Chrome on Linux, and Firefox: where you imported it.</li>
      </ul>
      <p>
        To withdraw it for everyone, stop the hub and delete the folder <code>tls</code>{" "}
        in its data folder: it makes a new authority at the next start with <code>--lan</code>.
      </p>
    </section>
  );
}

/** YYYY-MM-DD: the same in every place and language. */
function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
