/** Installs the worker, says when the app works offline and when a newer version waits. Never reloads by itself. */
import { type Failure, FieldError } from "../field/errors.ts";
import type { Update } from "./fieldmesh.ts";
import type { KeptFlag } from "./kept_flag.ts";
import type { Timing } from "./timing.ts";

/** A page that stays open for days still learns of updates, without asking at every glance. */
const CHECK_AT_MOST_EVERY_MS = 3_600_000;
/** Longest wait for a chosen update to take over. */
const TAKES_OVER_WITHIN_MS = 10_000;

/** What this needs of workbox-window's `Workbox`, which only browsers can load. */
export interface WorkerInstaller {
  register(options: { immediate: boolean }): Promise<ServiceWorkerRegistration | undefined>;
  update(): Promise<void>;
  messageSkipWaiting(): void;
  addEventListener(type: "waiting" | "controlling", listener: () => void): void;
}

export interface RegistrationPorts {
  readonly timing: Timing;
  readonly page: PageAbilities;
  readonly installer: () => WorkerInstaller;
  readonly reload: () => void;
  /** Said once ever. */
  readonly toldOfflineReady: KeptFlag;
  readonly onOfflineReady: () => void;
  readonly onUpdate: (update: Update) => void;
  readonly onFailure: (failure: Failure, trying: string) => void;
}

export interface PageAbilities {
  readonly isSecureContext: boolean;
  readonly hasServiceWorker: boolean;
}

export class Registration {
  readonly #ports: RegistrationPorts;
  #installer: WorkerInstaller | undefined;
  #registration: ServiceWorkerRegistration | undefined;
  #checkedMs = -Infinity;

  constructor(ports: RegistrationPorts) {
    this.#ports = ports;
  }

  /**
   * Resolves when a worker is active, with all that the app needs stored. Rejects with
   * `insecure-origin` or `worker-missing`, saying what to do.
   */
  async register(): Promise<ServiceWorkerRegistration> {
    const obstacle = workerObstacle(this.#ports.page);
    if (obstacle) throw obstacle;
    const installer = this.#ports.installer();
    this.#installer = installer;
    installer.addEventListener("waiting", () => this.#offerUpdate(installer));
    const registration = await this.#install(installer);
    this.#registration = registration;
    this.#checkedMs = this.#ports.timing.now();
    await whenActive(registration);
    this.#sayOfflineReady();
    return registration;
  }

  /** Looks for a newer version, at most once an hour: call it whenever the page is looked at. */
  async check(): Promise<void> {
    const nowMs = this.#ports.timing.now();
    if (!this.#installer || nowMs - this.#checkedMs < CHECK_AT_MOST_EVERY_MS) return;
    this.#checkedMs = nowMs;
    await this.#update(this.#installer);
  }

  /** For development: lets the newest worker take over at once and reloads. */
  async replaceAndReload(): Promise<void> {
    const installer = this.#installer;
    if (!installer) return;
    await this.#update(installer);
    const { installing, waiting } = this.#registration ?? {};
    if (waiting) return this.#takeOver(installer);
    // the build may have changed pages alone: then no worker comes
    if (!installing) return this.#ports.reload();
    installer.addEventListener("waiting", () => this.#takeOver(installer));
  }

  async #install(installer: WorkerInstaller): Promise<ServiceWorkerRegistration> {
    try {
      const registration = await installer.register({ immediate: true });
      if (!registration) throw new Error("registering gave no registration");
      return registration;
    } catch (cause) {
      throw installFailure(cause);
    }
  }

  async #update(installer: WorkerInstaller): Promise<void> {
    try {
      await installer.update();
    } catch (error) {
      // out in the field there is no hub to ask: the version at hand goes on
      console.debug("Cannot look for a newer version", error);
    }
  }

  #offerUpdate(installer: WorkerInstaller): void {
    let applied = false;
    this.#ports.onUpdate({
      apply: () => {
        if (applied) return;
        applied = true;
        this.#takeOver(installer);
      },
    });
  }

  #takeOver(installer: WorkerInstaller): void {
    const { timing, reload } = this.#ports;
    const waiting = this.#registration?.waiting;
    // another tab has let it take over already
    if (!waiting) return reload();
    const cancel = timing.after(TAKES_OVER_WITHIN_MS, () => this.#tellNotTaken());
    let reloading = false;
    const reloadOnce = () => {
      if (reloading) return;
      reloading = true;
      cancel();
      reload();
    };
    installer.addEventListener("controlling", reloadOnce);
    // a page that was reloaded past its worker is not controlled: the worker's state tells alone
    waiting.addEventListener("statechange", () => {
      if (waiting.state === "activated") reloadOnce();
    });
    installer.messageSkipWaiting();
  }

  #tellNotTaken(): void {
    const message =
      "The newer version has not taken over. Close all tabs of Fieldmesh and open it again.";
    this.#ports.onFailure({ code: "worker-missing", message }, "Updating Fieldmesh");
  }

  #sayOfflineReady(): void {
    const { toldOfflineReady, onOfflineReady } = this.#ports;
    if (toldOfflineReady.value) return;
    toldOfflineReady.value = true;
    onOfflineReady();
  }
}

/** Why this page can have no worker; null when it can. */
export function workerObstacle(page: PageAbilities): FieldError | null {
  if (!page.isSecureContext) {
    return new FieldError(
      "insecure-origin",
      "Fieldmesh works only when opened by https (or on localhost): browsers give neither worker nor camera to this address. Start the hub with --lan and open its https address.",
    );
  }
  if (page.hasServiceWorker) return null;
  return new FieldError(
    "worker-missing",
    "This browser gives Fieldmesh no service worker. In Firefox, leave private browsing and allow cookies and site data; otherwise use a current Chrome, Safari or Firefox.",
  );
}

function installFailure(cause: unknown): FieldError {
  if (cause instanceof Error && cause.name === "SecurityError") {
    return new FieldError(
      "insecure-origin",
      "This browser does not trust the hub's certificate, so it keeps the worker out. Open /trust on the hub and follow its steps, then reload.",
      { cause },
    );
  }
  return new FieldError(
    "worker-missing",
    "Fieldmesh could not be installed in this browser. Check that the hub can be reached and that site data is allowed, then reload.",
    { cause },
  );
}

/** Resolves when the registration has an active worker; its install has then stored everything. */
function whenActive(registration: ServiceWorkerRegistration): Promise<void> {
  const { active, installing, waiting } = registration;
  if (active) return Promise.resolve();
  const coming = installing ?? waiting;
  if (!coming) return Promise.reject(installFailure(new Error("no worker came")));
  return new Promise((resolve, reject) => {
    const look = () => {
      if (coming.state !== "activated" && coming.state !== "redundant") return;
      coming.removeEventListener("statechange", look);
      if (coming.state === "activated") return resolve();
      reject(installFailure(new Error("the worker's installation failed")));
    };
    coming.addEventListener("statechange", look);
    look();
  });
}
