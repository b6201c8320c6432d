/** Composes what a page is made of. Only `client.ts` imports it: it needs a browser. */
import { type Failure, FieldError, toFailure } from "../field/errors.ts";
import { relaySignal } from "../field/link/relay_signal.ts";
import { webSocketRelay } from "../field/link/relay_socket.ts";
import type { Invite, ProcessorMode, Role } from "../field/messages.ts";
import type { DeviceId } from "../field/observation.ts";
import { watchBattery } from "./battery.ts";
import { Capturing } from "./capture.ts";
import { onRebuilt } from "./dev_reload.ts";
import type {
  Capture,
  Fieldmesh,
  FieldmeshEvents,
  InferDetection,
  SourceChoice,
} from "./fieldmesh.ts";
import { FrameReader } from "./frame_reader.ts";
import { FRAME_LONGER_SIDE_PX, KEPT_FRAME_LONGER_SIDE_PX } from "./frame_size.ts";
import { readIdentityBackup } from "./identity_backup_file.ts";
import { copyPicture, withPixels } from "./infer_picture.ts";
import { onInstallable } from "./install_prompt.ts";
import { inviteCode, inviteLink } from "./invite_link.ts";
import { untilMember } from "./joining.ts";
import { KeptFlag } from "./kept_flag.ts";
import type { DroneSource } from "./sources/drone_source.ts";
import { sourceOpener } from "./sources/open_source.ts";
import { PageEvents } from "./page_events.ts";
import { workerPairCrew } from "./pairing/pair_crew.ts";
import { Pairing } from "./pairing/pairing.ts";
import { openRtcEnd } from "./pairing/rtc_end.ts";
import { peerjsSignal } from "./radio/peerjs_signal.ts";
import { PlaceWatch } from "./place_watch.ts";
import { Radio } from "./radio.ts";
import { Registration } from "./registration.ts";
import { Requests } from "./requests.ts";
import { ScreenHold } from "./screen_hold.ts";
import { soleHolder } from "./radio/sole_holder.ts";
import { StatusWatch } from "./status_watch.ts";
import { browserTiming } from "./timing.ts";
import { type PublishOptions, type TopicListener, Topics, type TopicValue } from "./topics.ts";
import { whenVisible } from "./visibility.ts";
import { workboxInstaller } from "./workbox_installer.ts";
import { WorkerConnection } from "./worker_connection.ts";
import { hearWorker, joinWorker } from "./worker_port.ts";

/** Starts this page: registers the worker, the radio, the listeners. Once a page. */
export function startFieldmesh(): Fieldmesh {
  const page = new Page();
  page.listen();
  return page;
}

/** A model may have 22 MB to fetch on a slow link. */
const CHOOSE_WITHIN_MS = 600_000;

class Page extends Requests implements Fieldmesh {
  readonly ready: Promise<void>;
  readonly pairing: Pairing;
  readonly #events = new PageEvents();
  readonly #worker: WorkerConnection;
  readonly #placeFlag = new KeptFlag("fieldmesh-place", false);
  readonly #radioFlag = new KeptFlag("fieldmesh-radio", true);
  readonly #registration: Registration;
  readonly #capturing: Capturing;
  readonly #radio: Radio;
  readonly #statusWatch: StatusWatch;
  readonly #topics: Topics;
  #frameSidePx = FRAME_LONGER_SIDE_PX;

  constructor() {
    const worker = new WorkerConnection(browserTiming);
    super(worker);
    this.#worker = worker;
    this.#topics = new Topics(worker);
    this.#registration = this.#makeRegistration();
    this.#capturing = this.#makeCapturing();
    this.#radio = this.#makeRadio();
    this.pairing = this.#makePairing();
    this.#statusWatch = new StatusWatch({
      timing: browserTiming,
      status: () => this.status(),
      visible: whenVisible,
      onStatus: (status) => {
        this.#frameSidePx = status.keepFrames ? KEPT_FRAME_LONGER_SIDE_PX : FRAME_LONGER_SIDE_PX;
        this.#events.emit("status", status);
      },
    });
    this.ready = this.#connect();
    // whoever does not await it hears of the failure as an event, and by every call
    this.ready.catch((error) => this.#fail(toFailure(error), "Starting Fieldmesh"));
  }

  listen(): void {
    this.#listenToWorker();
    this.#listenToBrowser();
    this.#radio.setOn(this.#radioFlag.value);
    this.#statusWatch.run(new AbortController().signal).catch(reportError);
  }

  get capture(): Capture | null {
    return this.#capturing.current;
  }

  get radio(): boolean {
    return this.#radioFlag.value;
  }

  get place(): boolean {
    return this.#placeFlag.value;
  }

  start(source: SourceChoice | DroneSource): Promise<Capture> {
    return this.#capturing.start(source);
  }

  stop(): Promise<void> {
    return this.#capturing.stop();
  }

  async infer(
    rgba: Uint8Array | Uint8ClampedArray,
    width: number,
    height: number,
  ): Promise<readonly InferDetection[]> {
    // copied, not transferred, to the worker: so that it can be asked again if it is restarted
    const { detections } = await this.#worker.call("infer", copyPicture(rgba, { width, height }));
    return detections.map((detection) => withPixels(detection, { width, height }));
  }

  async invite(role: Role = "sensor"): Promise<Invite & { readonly link: string }> {
    const invite = await this.#worker.call("invite", { role });
    return { ...invite, link: inviteLink(location.origin, invite.code) };
  }

  async join(invite: string): Promise<void> {
    const code = inviteCode(invite);
    await this.setRadio(true);
    const { crew } = await this.#worker.call("join", { invite: code });
    await untilMember(crew, {
      timing: browserTiming,
      status: () => this.status(),
      onFailure: (listener) => this.#worker.on("failure", ({ failure }) => listener(failure)),
      trouble: () => this.#radio.trouble,
    });
    this.#statusWatch.refresh();
  }

  publish(
    topic: string,
    value: TopicValue | undefined,
    options?: PublishOptions,
  ): Promise<void> {
    return this.#topics.publish(topic, value, options);
  }

  subscribe(pattern: string, listener: TopicListener): Promise<() => void> {
    return this.#topics.subscribe(pattern, listener);
  }

  async cancelJoin(): Promise<void> {
    await this.#worker.call("join-cancel", {});
    this.#statusWatch.refresh();
  }

  async chooseModel(id: string): Promise<void> {
    await this.#worker.call("choose-model", { model: id }, { deadlineMs: CHOOSE_WITHIN_MS });
    this.#statusWatch.refresh();
  }

  async chooseProcessor(processor: ProcessorMode): Promise<void> {
    await this.#worker.call("choose-processor", { processor });
    this.#statusWatch.refresh();
  }

  async restoreIdentity(backup: Blob, passphrase: string): Promise<DeviceId> {
    const bytes = await readIdentityBackup(backup);
    const { device } = await this.#worker.call("identity-restore", { bytes, passphrase });
    location.reload();
    return device;
  }

  setRadio(on: boolean): Promise<void> {
    this.#radioFlag.value = on;
    this.#radio.setOn(on);
    return Promise.resolve();
  }

  async persist(): Promise<boolean> {
    const isPersistent = await navigator.storage?.persist?.() ?? false;
    this.#statusWatch.refresh();
    return isPersistent;
  }

  setPlace(on: boolean): Promise<void> {
    this.#placeFlag.value = on;
    this.#capturing.setPlace(on);
    return Promise.resolve();
  }

  on<K extends keyof FieldmeshEvents>(
    event: K,
    listener: (value: FieldmeshEvents[K]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  async #connect(): Promise<void> {
    try {
      joinWorker(this.#worker, await this.#registration.register());
    } catch (error) {
      this.#worker.refuse(error instanceof FieldError ? error : unregistered(error));
      throw error;
    }
    await this.#worker.call("status", {});
  }

  #listenToWorker(): void {
    const worker = this.#worker;
    worker.on("changed", ({ what }) => {
      if (what.includes("observations")) this.#events.emit("observations", null);
      if (what.includes("blobs")) this.#events.emit("blobs", null);
      if (what.includes("world")) this.#events.emit("world", null);
      // the world changes with every frame, and says nothing of the status
      if (what.some((one) => one !== "world")) this.#statusWatch.refresh();
    });
    worker.on("detections", ({ source, detections }) => {
      // of its own frames this page hears by their answers
      if (source !== this.capture?.id) this.#events.emit("detections", detections);
    });
    worker.on(
      "decided",
      ({ decision, words }) => this.#events.emit("decided", { decision, words }),
    );
    worker.on("failure", ({ failure, trying }) => this.#fail(failure, trying));
    worker.onRestart(() => this.#statusWatch.refresh());
    if (!navigator.serviceWorker) return;
    hearWorker(worker, navigator.serviceWorker, (failure) => {
      this.#fail(failure, "Hearing the worker");
    });
  }

  #listenToBrowser(): void {
    document.addEventListener("visibilitychange", () => {
      this.#capturing.visibilityChanged();
      if (!document.hidden) this.#lookedAt();
    });
    addEventListener("focus", () => this.#lookedAt());
    addEventListener("online", () => this.#radio.hurry());
    addEventListener("pagehide", () => {
      this.#capturing.leavePage();
      this.#radio.leavePage();
    });
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.#radio.returnToPage();
    });
    addEventListener("appinstalled", () => this.#events.withdraw("installable"));
    onInstallable(globalThis, (install) => this.#events.emit("installable", install));
    onRebuilt(document, () => void this.#registration.replaceAndReload().catch(reportError));
  }

  #lookedAt(): void {
    this.#radio.hurry();
    this.#registration.check().catch(reportError);
  }

  #makeRegistration(): Registration {
    return new Registration({
      timing: browserTiming,
      page: { isSecureContext, hasServiceWorker: "serviceWorker" in navigator },
      installer: workboxInstaller,
      reload: () => location.reload(),
      toldOfflineReady: new KeptFlag("fieldmesh-offline-ready", false),
      onOfflineReady: () => this.#events.emit("offlineReady", null),
      onUpdate: (update) => this.#events.emit("update", update),
      onFailure: (failure, trying) => this.#fail(failure, trying),
    });
  }

  #makeCapturing(): Capturing {
    const reader = new FrameReader();
    const { wakeLock } = navigator;
    return new Capturing({
      timing: browserTiming,
      random: Math.random,
      wallMs: Date.now,
      newId: () => crypto.randomUUID(),
      worker: this.#worker,
      open: sourceOpener(browserTiming),
      battery: watchBattery(navigator),
      read: (source) => source.frame ? source.frame() : reader.read(source, this.#frameSidePx),
      visible: whenVisible,
      isHidden: () => document.hidden,
      screen: new ScreenHold(
        wakeLock ? () => wakeLock.request("screen") : null,
        (failure) => this.#fail(failure, "Keeping the screen on"),
      ),
      position: this.#makePlaceWatch(),
      onCapture: (capture) => this.#events.emit("capture", capture),
      onDetections: (detections) => this.#events.emit("detections", detections),
      onFailure: (failure, trying) => this.#fail(failure, trying),
    }, this.#placeFlag.value);
  }

  #makePlaceWatch(): PlaceWatch {
    return new PlaceWatch({
      geolocation: navigator.geolocation ?? null,
      wallMs: Date.now,
      onFailure: (failure) => this.#fail(failure, "Finding where the device is"),
      onDenied: () => void this.setPlace(false),
    });
  }

  #makeRadio(): Radio {
    return new Radio({
      timing: browserTiming,
      random: Math.random,
      newId: () => crypto.randomUUID(),
      worker: this.#worker,
      openSignal: peerjsSignal(location),
      openRelay: relaySignal(webSocketRelay(location.origin)),
      soleHolder: soleHolder("fieldmesh-radio"),
      onFailure: (failure, trying) => this.#fail(failure, trying),
    });
  }

  #makePairing(): Pairing {
    return new Pairing({
      timing: browserTiming,
      random: (byteLength) => crypto.getRandomValues(new Uint8Array(byteLength)),
      openEnd: () => openRtcEnd(browserTiming),
      crew: workerPairCrew({
        timing: browserTiming,
        calls: this.#worker,
        turnRadioOn: () => void this.setRadio(true),
        adopt: (channel) => this.#radio.adopt(channel, "pair"),
      }),
    });
  }

  #fail(failure: Failure, trying: string): void {
    this.#events.emit("failure", { failure, trying });
  }
}

function unregistered(cause: unknown): FieldError {
  return new FieldError(
    "worker-missing",
    "Fieldmesh could not be installed in this browser. Reload this page.",
    { cause },
  );
}
