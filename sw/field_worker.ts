import { BundleRestore } from "../field/bundle/restore_bundle.ts";
import { assertNever, type Failure, FieldError, toFailure } from "../field/errors.ts";
import type { Retention } from "../field/media.ts";
import type { Args, Call, CallKind, Results } from "../field/messages.ts";
import type { DeviceId } from "../field/observation.ts";
import { signerOf } from "../field/keys.ts";
import { Replica } from "../field/feed/replica.ts";
import { Membership } from "../field/sync/membership.ts";
import { type Effect, type NodePorts, SyncNode } from "../field/sync/node.ts";
import { PeerBook } from "../field/sync/peer_book.ts";
import type { AnswersTo } from "./answers_to.ts";
import { BeginStamps } from "./begin_stamps.ts";
import { EngineHost, type EngineHostPorts } from "./engine_host.ts";
import { Exports } from "./exports.ts";
import { fileAnswers } from "./file_answers.ts";
import { framePicture } from "./frame_picture.ts";
import { isIdentityRestored } from "./identity.ts";
import type { IdbStore } from "./idb_store.ts";
import { IndexKeeper } from "./index_keeper.ts";
import { KeptSwitch } from "./kept_switch.ts";
import { Links } from "./links.ts";
import { LiveView } from "./live_view.ts";
import { Neighbours } from "./neighbours.ts";
import { PageTopics } from "./page_topics.ts";
import type { Pages } from "./pages.ts";
import { radioPlan, radioToken } from "./radio_plan.ts";
import { recordAnswers } from "./record_answers.ts";
import { Recorder } from "./recorder.ts";
import { Restores } from "./restores.ts";
import { MediaRetention } from "./retention.ts";
import { type Client, scope } from "./scope.ts";
import { SmallCalls } from "./small_calls.ts";
import { StatusReport } from "./status_report.ts";
import { thumbnail } from "./thumbnail.ts";
import { Watcher } from "./watcher.ts";
import type { Notifier } from "./world/notifier.ts";
import { worldAnswers } from "./world/world_answers.ts";
import { WorldKeeper } from "./world/world_keeper.ts";
import { readWorldParts, type WorldParts } from "./world/world_parts.ts";

export interface FieldWorkerPorts {
  readonly boot: string;
  readonly version: string;
  readonly store: IdbStore;
  readonly pages: Pages;
  readonly engine: EngineHostPorts;
  readonly notifier: Notifier;
  readonly automerge: () => Promise<void>;
}

/** What is read from disk before the worker can answer. */
interface Parts {
  readonly replica: Replica;
  readonly membership: Membership;
  readonly token: string;
  readonly engine: EngineHost;
  readonly rule: Retention;
  readonly keepFrames: KeptSwitch;
  readonly world: WorldParts;
  /** The identity came from a backup and nobody has confirmed it yet. */
  readonly isRestored: boolean;
}

/** Calls that take long, or wait for the engine; whatever else a page asks goes before the next frame. */
const SLOW: ReadonlySet<CallKind> = new Set([
  "frame",
  "infer",
  "infer-batch",
  "choose-model",
  "verify",
  "export-begin",
  "export-next",
  "restore-part",
  "restore-end",
  "identity-backup",
  "identity-restore",
  "thin",
]);

const nowMs = () => Date.now();
const newId = () => crypto.randomUUID();
const random = (byteLength: number) => crypto.getRandomValues(new Uint8Array(byteLength));
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms);
  return () => clearInterval(timer);
}

/** The worker's parts, put together, and what each call does with them. */
export class FieldWorker {
  readonly #ports: FieldWorkerPorts;
  readonly #replica: Replica;
  readonly #membership: Membership;
  readonly #node: SyncNode;
  readonly #recorder: Recorder;
  readonly #watcher: Watcher;
  readonly #engine: EngineHost;
  readonly #report: StatusReport;
  readonly #retention: MediaRetention;
  readonly #index: IndexKeeper;
  readonly #keepFrames: KeptSwitch;
  readonly #exports = new Exports({ newId, after });
  readonly #restores: Restores;
  readonly #token: string;
  readonly #small = new SmallCalls();
  readonly #answers: AnswersTo<CallKind>;
  readonly #links: Links;
  readonly #neighbours: Neighbours;
  readonly #live: LiveView;
  readonly #topics: PageTopics;
  readonly #world: WorldKeeper;
  /** Told that peers' pictures find no room, until one does. */
  #isFull = false;
  #isRestored: boolean;
  #isClosed = false;

  private constructor(
    ports: FieldWorkerPorts,
    parts: Parts,
    makeNode: (ports: Pick<NodePorts, "effect" | "keeping" | "mayAccept">) => SyncNode,
  ) {
    this.#ports = ports;
    this.#replica = parts.replica;
    this.#membership = parts.membership;
    this.#token = parts.token;
    this.#engine = parts.engine;
    this.#retention = this.#makeRetention(parts.rule);
    this.#node = makeNode({
      effect: (effect) => this.#carryOut(effect),
      keeping: () => this.#retention.keeping,
      mayAccept: (peer, via) => this.#neighbours.mayAccept(peer, via),
    });
    this.#keepFrames = parts.keepFrames;
    this.#isRestored = parts.isRestored;
    this.#links = new Links({
      pages: ports.pages,
      node: this.#node,
      every,
      onFailure: (thrown) => this.#logged(thrown),
      onTick: () => {
        this.#neighbours.tick();
        this.#live.tick();
      },
    });
    this.#neighbours = this.#makeNeighbours();
    this.#live = this.#makeLiveView();
    this.#topics = new PageTopics({
      node: this.#node,
      pages: ports.pages,
      isOpen: async ({ id }) => await scope.clients.get(id) !== undefined,
    });
    this.#restores = this.#makeRestores();
    this.#index = this.#makeIndexKeeper();
    this.#recorder = this.#makeRecorder();
    this.#watcher = this.#makeWatcher();
    this.#report = this.#makeReport();
    this.#world = this.#makeWorld(parts.world);
    this.#answers = {
      ...this.#watchAnswers(),
      ...this.#recordAnswers(),
      ...this.#fileAnswers(),
      ...this.#storageAnswers(),
      ...this.#crewAnswers(),
      ...this.#linkAnswers(),
      ...this.#worldAnswers(),
    };
  }

  /** Opens what is on disk; makes the device's identity the first time. */
  static async open(ports: FieldWorkerPorts): Promise<FieldWorker> {
    const { store } = ports;
    const signer = signerOf(await store.keys());
    const replica = await Replica.open({ store, signer, nowMs, automerge: ports.automerge });
    const [membership, book, token, engine, rule, keepFrames, isRestored, world] = await Promise
      .all([
        Membership.open({ replica, store, nowMs, random }),
        PeerBook.open(store),
        radioToken(store, random),
        EngineHost.open(ports.engine),
        MediaRetention.ruleIn(store),
        KeptSwitch.open(store, "keep-frames"),
        isIdentityRestored(store),
        readWorldParts({ replica, store }),
      ]);
    const worker = new FieldWorker(
      ports,
      { replica, membership, token, engine, rule, keepFrames, isRestored, world },
      (also) => new SyncNode({ replica, membership, store, signer, nowMs, random, ...also }, book),
    );
    await worker.#watcher.closeStale();
    await worker.#index.check();
    worker.#background(worker.#world.resume());
    return worker;
  }

  /** Ends all that goes on by itself: another worker of this device takes over. */
  close(): void {
    this.#isClosed = true;
    this.#links.closeAll();
    this.#retention.close();
    this.#index.close();
    this.#exports.close();
    this.#world.close();
  }

  /** Does what a page asked for; what is quick goes before the next frame. */
  answer(call: Call, page: Client): Promise<Results[CallKind]> {
    // each answers the calls of its own kind, which TypeScript cannot see while the kind is open
    const give = this.#answers[call.kind] as (
      call: Call,
      page: Client,
    ) => Promise<Results[CallKind]>;
    const answer = give(call, page);
    return SLOW.has(call.kind) ? answer : this.#small.track(answer);
  }

  #watchAnswers() {
    return {
      ping: () => Promise.resolve(null),
      status: () => this.#report.status(),
      "watch-start": (call) => this.#startWatch(call),
      "watch-stop": ({ source }) => done(this.#watcher.stop(source)),
      frame: (call) => this.#watcher.look(call),
      infer: (call) => this.#infer(call),
      models: () => this.#engine.models(),
      "choose-model": ({ model }) => done(this.#chooseModel(model)),
      "choose-processor": ({ processor }) =>
        this.#engine.chooseProcessor(processor).then(() => this.#statusChanged()),
    } satisfies Partial<AnswersTo<CallKind>>;
  }

  #recordAnswers() {
    return recordAnswers({
      ...{ store: this.#ports.store, replica: this.#replica, index: this.#index },
      nameOf: (device) => this.#report.nameOf(device),
      assertConfirmed: () => this.#assertConfirmed(),
      onNoted: () => {
        this.#ports.pages.changed("observations");
        this.#background(this.#node.announce([this.#replica.id]));
      },
    });
  }

  #fileAnswers() {
    const { store, version } = this.#ports;
    return fileAnswers({
      ...{ store, version, replica: this.#replica, nowMs, random },
      ...{ exports: this.#exports, restores: this.#restores },
      nameOf: (device) => this.#report.nameOf(device),
      isRecording: () => this.#watcher.current !== null || this.#recorder.pending > 0,
      onConfirmed: () => {
        this.#isRestored = false;
        this.#statusChanged();
      },
    });
  }

  #worldAnswers() {
    return worldAnswers({
      world: () => this.#world,
      engine: this.#engine,
      othersFirst: () => this.#small.settle(),
      assertConfirmed: () => this.#assertConfirmed(),
      onRuled: () => {
        this.#report.changed();
        this.#ports.pages.changed("crew", "status");
        this.#radioChanged(null);
      },
    });
  }

  #storageAnswers() {
    return {
      storage: () => this.#storage(),
      "set-retention": ({ retention }) => done(this.#retention.set(retention)),
      thin: ({ retention }) => this.#retention.thin(retention),
      "keep-frames": ({ on }) => this.#keepFrames.set(on).then(() => this.#statusChanged()),
    } satisfies Partial<AnswersTo<CallKind>>;
  }

  #crewAnswers() {
    const membership = this.#membership;
    return {
      invite: ({ role }) => membership.invite(role).then((invite) => this.#radioChanged(invite)),
      join: ({ invite }) =>
        membership.take(invite).then(({ inviter, founder }) =>
          this.#radioChanged({ inviter, crew: founder })
        ),
      "join-cancel": () => membership.drop().then(() => this.#radioChanged(null)),
      rename: ({ name }) => done(this.#rename(name)),
      "remove-member": ({ device }) => done(this.#removeMember(device)),
      radio: () => {
        this.#links.looking();
        return radioPlan(this.#replica, membership, this.#token, this.#neighbours.mesh);
      },
    } satisfies Partial<AnswersTo<CallKind>>;
  }

  #linkAnswers() {
    return {
      publish: (call) => this.#topics.publish(call),
      subscribe: (call, page) => this.#topics.subscribe(call, page),
      unsubscribe: (call) => this.#topics.unsubscribe(call),
      "link-open": ({ link, binding, via = "webrtc" }, page) => {
        this.#links.open(link, new Uint8Array(binding), via, page);
        return Promise.resolve(null);
      },
      "link-frame": ({ link, bytes }) => done(this.#node.receive(link, new Uint8Array(bytes))),
      "link-close": ({ link }) => {
        this.#links.close(link);
        return Promise.resolve(null);
      },
      "link-failed": ({ peerId, failure }) => {
        this.#report.unreachable(peerId, failure.message);
        this.#background(this.#neighbours.unreached(peerId, failure));
        return Promise.resolve(this.#statusChanged());
      },
    } satisfies Partial<AnswersTo<CallKind>>;
  }

  async #startWatch(call: Args<"watch-start">): Promise<Results["watch-start"]> {
    this.#assertConfirmed();
    return await this.#watcher.start(call);
  }

  /** A restored identity writes nothing before it is known that no other copy of it has written more. */
  #assertConfirmed(): void {
    if (!this.#isUnconfirmed) return;
    throw new FieldError(
      "identity-unconfirmed",
      "This device's identity came from a backup, and another copy of it may have gone on recording. Meet a member of the crew first, or confirm that no other copy is in use.",
    );
  }

  /**
   * In a crew the replica knows. Outside one only the user can: a bundle or a crew met later may hold more of
   * this feed than is here, and would then take neither any more.
   */
  get #isUnconfirmed(): boolean {
    return this.#replica.unconfirmed || this.#isRestored && this.#replica.crew === null;
  }

  async #infer(call: { width: number; height: number; rgba: ArrayBuffer }) {
    const { width, height, rgba } = call;
    const frame = { width, height, data: new Uint8ClampedArray(rgba) };
    return await this.#engine.infer(frame);
  }

  async #chooseModel(id: string): Promise<void> {
    await this.#engine.choose(id);
    this.#statusChanged();
  }

  async #rename(name: string): Promise<void> {
    this.#assertConfirmed();
    await this.#replica.rename(name);
    this.#statusChanged();
    await this.#node.announce([this.#replica.id]);
  }

  async #removeMember(device: DeviceId): Promise<void> {
    await this.#replica.remove(device);
    // while it is still linked: it learns that it was removed, and the others at once
    await this.#node.announce([this.#replica.id]);
    this.#node.dropStrangers();
    this.#report.changed();
    this.#ports.pages.changed("crew", "observations", "status");
    this.#radioChanged(null);
    this.#background(this.#world.crewChanged());
  }

  async #storage(): Promise<Results["storage"]> {
    const [storage, media] = await Promise.all([
      this.#report.storage(),
      this.#ports.store.mediaTotals(),
    ]);
    const { rule: retention } = this.#retention;
    return { storage, media, retention, keepFrames: this.#keepFrames.isOn };
  }

  #saved(): void {
    this.#retention.saved();
    this.#report.changed();
    this.#ports.pages.changed("observations", "status");
    this.#background(this.#node.announce([this.#replica.id]));
  }

  #thinned(): void {
    this.#recorder.roomMade();
    this.#report.mediaChanged();
    this.#ports.pages.changed("blobs", "status");
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "send":
        return this.#links.send(effect.link, effect.bytes);
      case "drop":
        this.#links.drop(effect.link, effect.reason);
        this.#statusChanged();
        return;
      case "refused":
        return this.#background(
          this.#tellFailure(effect.failure, "joining the crew").then(() =>
            this.#radioChanged(null)
          ),
        );
      case "full":
        return this.#full(effect.failure);
      case "changed":
        return this.#nodeChanged(effect.what);
      default:
        assertNever(effect);
    }
  }

  #nodeChanged(what: Extract<Effect, { kind: "changed" }>["what"]): void {
    this.#report.changed();
    this.#ports.pages.changed(...what.filter((one) => one !== "links"));
    if (what.includes("crew")) this.#radioChanged(null);
    else if (what.includes("links")) this.#neighbours.tick();
    this.#tellWorld(what);
    if (!what.includes("blobs")) return;
    this.#isFull = false;
    this.#retention.saved();
  }

  #tellWorld(what: Extract<Effect, { kind: "changed" }>["what"]): void {
    if (what.includes("crew")) this.#background(this.#world.crewChanged());
    if (what.includes("observations")) this.#world.feedsGrew();
    if (what.includes("links")) this.#world.linksChanged();
  }

  /** Peers' pictures find no room. */
  #full(failure: Failure): void {
    this.#retention.full();
    if (this.#isFull) return;
    this.#isFull = true;
    this.#background(this.#tellFailure(failure, "saving the crew's pictures"));
  }

  #radioChanged<T>(value: T): T {
    this.#report.allReachable();
    this.#background(this.#ports.pages.tell({ notice: "radio" }));
    return value;
  }

  #statusChanged(): null {
    this.#ports.pages.changed("status");
    return null;
  }

  #tellFailure(failure: Failure, trying: string): Promise<void> {
    return this.#ports.pages.tell({ notice: "failure", failure, trying });
  }

  /** What went on by itself has failed: the pages hear of it. */
  #failed(thrown: unknown, trying: string): void {
    console.error(`Fieldmesh: ${trying} failed`, thrown);
    this.#background(this.#tellFailure(toFailure(thrown), trying));
  }

  /** Work that no call waits for; a failure of it is logged. */
  #background(work: Promise<unknown>): void {
    work.catch((thrown) => this.#logged(thrown));
  }

  #logged(thrown: unknown): void {
    if (this.#isClosed) return;
    const message = thrown instanceof FieldError ? thrown.message : String(thrown);
    console.error(`Fieldmesh: ${message}`, thrown);
  }

  #makeRetention(rule: Retention): MediaRetention {
    const { store } = this.#ports;
    return new MediaRetention({
      store,
      nowMs,
      after,
      onThinned: () => this.#thinned(),
      onFailure: (thrown) => this.#failed(thrown, "removing old pictures"),
    }, rule);
  }

  #makeRestores(): Restores {
    const { store } = this.#ports;
    return new Restores({
      newId,
      begin: () => new BundleRestore({ replica: this.#replica, store, nowMs }),
      onTaken: () => {
        this.#report.changed();
        this.#report.mediaChanged();
        this.#ports.pages.changed("observations", "blobs", "crew", "status");
      },
      onEnded: () => {
        this.#radioChanged(null);
        this.#background(this.#world.crewChanged());
        this.#world.feedsGrew();
        this.#background(this.#node.announce(this.#replica.heads.map(({ device }) => device)));
      },
    });
  }

  #makeIndexKeeper(): IndexKeeper {
    return new IndexKeeper({
      replica: this.#replica,
      store: this.#ports.store,
      onChanged: () => {
        this.#report.changed();
        this.#ports.pages.changed("observations", "status");
      },
      onFailure: (thrown) => this.#failed(thrown, "building the list of observations anew"),
    });
  }

  #makeRecorder(): Recorder {
    return new Recorder({
      replica: this.#replica,
      wait,
      onSaved: () => this.#saved(),
      onFull: () => this.#retention.full(),
      onFailure: (failure) => this.#background(this.#tellFailure(failure, "saving observations")),
    });
  }

  #makeWatcher(): Watcher {
    const { store, pages } = this.#ports;
    const stamps = new BeginStamps(this.#replica.clock, nowMs);
    return new Watcher({
      device: this.#replica.id,
      beginStamp: (first) => stamps.next(first),
      store,
      engine: this.#engine,
      recorder: this.#recorder,
      thumbnail,
      wholeFrame: (frame) => this.#keepFrames.isOn ? framePicture(frame) : null,
      clockAheadMs: () => this.#report.clock()?.aheadMs ?? null,
      nowMs,
      othersFirst: () => this.#small.settle(),
      onSeen: (source, detections) => {
        this.#background(pages.tell({ notice: "detections", source, detections }));
        this.#live.tell(detections);
      },
      onSources: () => {
        pages.changed("status");
        if (!this.#watcher.current) this.#live.tell([]);
      },
      onLooked: (look) => this.#world.looked(look),
      pressure: () => this.#node.pressure,
      rateFactor: () => this.#world.rateFactor(),
    });
  }

  #makeWorld(parts: WorldParts): WorldKeeper {
    const { pages, notifier } = this.#ports;
    return new WorldKeeper({
      ...{ replica: this.#replica, node: this.#node, pages, notifier, nowMs, every, after },
      nameOf: (device) => this.#report.nameOf(device),
      isUnconfirmed: () => this.#isUnconfirmed,
      onFailure: (thrown, trying) => this.#failed(thrown, trying),
    }, parts);
  }

  #makeNeighbours(): Neighbours {
    return new Neighbours({
      node: this.#node,
      replica: this.#replica,
      membership: this.#membership,
      nowMs,
      random: Math.random,
      onPlan: () => this.#background(this.#ports.pages.tell({ notice: "radio" })),
      onLeave: (device) => this.#node.leave(device),
    });
  }

  #makeLiveView(): LiveView {
    return new LiveView({
      self: this.#replica.id,
      node: this.#node,
      nowMs,
      onChanged: () => this.#statusChanged(),
      onFailure: (thrown) => this.#logged(thrown),
    });
  }

  #makeReport(): StatusReport {
    return new StatusReport({
      boot: this.#ports.boot,
      version: this.#ports.version,
      store: this.#ports.store,
      replica: this.#replica,
      membership: this.#membership,
      node: this.#node,
      live: this.#live,
      recorder: this.#recorder,
      watcher: this.#watcher,
      engine: this.#engine,
      index: this.#index,
      keepFrames: () => this.#keepFrames.isOn,
      unconfirmed: () => this.#isUnconfirmed,
      nowMs,
    });
  }
}

async function done(work: Promise<unknown>): Promise<null> {
  await work;
  return null;
}
