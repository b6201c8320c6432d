import { FieldError } from "../field/errors.ts";
import type { Call, Results } from "../field/messages.ts";
import { assertNever } from "../field/errors.ts";
import { signerOf } from "../field/keys.ts";
import { Replica } from "../field/replica.ts";
import { Membership } from "../field/sync/membership.ts";
import { type Effect, SyncNode } from "../field/sync/node.ts";
import { PeerBook } from "../field/sync/peer_book.ts";
import { EngineHost, type EngineHostPorts } from "./engine_host.ts";
import type { IdbStore } from "./idb_store.ts";
import type { Pages } from "./pages.ts";
import { radioPlan, radioToken } from "./radio_plan.ts";
import { Recorder } from "./recorder.ts";
import { type Client, scope } from "./scope.ts";
import { SmallCalls } from "./small_calls.ts";
import { StatusReport } from "./status_report.ts";
import { thumbnail } from "./thumbnail.ts";
import { Watcher } from "./watcher.ts";

export interface FieldWorkerPorts {
  readonly boot: string;
  readonly version: string;
  readonly store: IdbStore;
  readonly pages: Pages;
  readonly engine: EngineHostPorts;
  readonly automerge: () => Promise<void>;
}

const TICK_MS = 1000;

/** Calls that wait for the engine; whatever else a page asks goes before the next frame. */
const SLOW: ReadonlySet<Call["kind"]> = new Set(["frame", "infer", "choose-model"]);

const nowMs = () => Date.now();
const random = (byteLength: number) => crypto.getRandomValues(new Uint8Array(byteLength));
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

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
  readonly #token: string;
  readonly #small = new SmallCalls();
  /** Which page holds a link. */
  readonly #links = new Map<string, Client>();
  #ticking: ReturnType<typeof setInterval> | undefined;

  private constructor(
    ports: FieldWorkerPorts,
    parts: { replica: Replica; membership: Membership; token: string; engine: EngineHost },
    makeNode: (effect: (effect: Effect) => void) => SyncNode,
  ) {
    this.#ports = ports;
    this.#replica = parts.replica;
    this.#membership = parts.membership;
    this.#token = parts.token;
    this.#node = makeNode((effect) => this.#carryOut(effect));
    this.#engine = parts.engine;
    this.#recorder = new Recorder({
      replica: parts.replica,
      wait,
      onSaved: () => this.#saved(),
      onFailure: (failure) =>
        this.#background(
          ports.pages.tell({ notice: "failure", failure, trying: "saving observations" }),
        ),
    });
    this.#watcher = new Watcher({
      device: parts.replica.id,
      clock: parts.replica.clock,
      store: ports.store,
      engine: this.#engine,
      recorder: this.#recorder,
      thumbnail,
      nowMs,
      othersFirst: () => this.#small.settle(),
      onSeen: (source, detections) =>
        this.#background(ports.pages.tell({ notice: "detections", source, detections })),
      onSources: () => ports.pages.changed("status"),
    });
    this.#report = new StatusReport({
      boot: ports.boot,
      version: ports.version,
      store: ports.store,
      replica: parts.replica,
      membership: parts.membership,
      node: this.#node,
      recorder: this.#recorder,
      watcher: this.#watcher,
      engine: this.#engine,
      nowMs,
    });
  }

  /** Opens what is on disk; makes the device's identity the first time. */
  static async open(ports: FieldWorkerPorts): Promise<FieldWorker> {
    const { store } = ports;
    const signer = signerOf(await store.keys());
    const replica = await Replica.open({ store, signer, nowMs, automerge: ports.automerge });
    const [membership, book, token, engine] = await Promise.all([
      Membership.open({ replica, store, nowMs, random }),
      PeerBook.open(store),
      radioToken(store, random),
      EngineHost.open(ports.engine),
    ]);
    const worker = new FieldWorker(
      ports,
      { replica, membership, token, engine },
      (effect) => new SyncNode({ replica, membership, store, signer, nowMs, random, effect }, book),
    );
    await worker.#watcher.closeStale();
    return worker;
  }

  /** Does what a page asked for; what is quick goes before the next frame. */
  answer(call: Call, page: Client): Promise<Results[Call["kind"]]> {
    const answer = this.#answer(call, page);
    return SLOW.has(call.kind) ? answer : this.#small.track(answer);
  }

  #answer(call: Call, page: Client): Promise<Results[Call["kind"]]> {
    switch (call.kind) {
      case "ping":
        return Promise.resolve(null);
      case "status":
        return this.#report.status();
      case "watch-start":
        return this.#watcher.start(call);
      case "watch-stop":
        return done(this.#watcher.stop(call.source));
      case "frame":
        return this.#watcher.look(call);
      case "infer":
        return this.#infer(call);
      case "observations":
        return this.#ports.store.observations(call.query);
      case "blob":
        return this.#blob(call.hash);
      case "invite":
        return this.#membership.invite(call.role).then((invite) => this.#radioChanged(invite));
      case "join":
        return this.#membership.take(call.invite).then(({ inviter, founder }) =>
          this.#radioChanged({ inviter, crew: founder })
        );
      case "join-cancel":
        return done(this.#membership.drop().then(() => this.#radioChanged(null)));
      case "rename":
        return done(this.#rename(call.name));
      case "models":
        return this.#engine.models();
      case "choose-model":
        return done(this.#chooseModel(call.model));
      case "verify":
        return this.#replica.verify();
      case "radio":
        return radioPlan(this.#replica, this.#membership, this.#token);
      case "link-open":
        return Promise.resolve(this.#openLink(call.link, new Uint8Array(call.binding), page));
      case "link-frame":
        return done(this.#node.receive(call.link, new Uint8Array(call.bytes)));
      case "link-close":
        return Promise.resolve(this.#closeLink(call.link));
      case "link-failed":
        this.#report.unreachable(call.peerId, call.failure.message);
        this.#ports.pages.changed("status");
        return Promise.resolve(null);
      default:
        return assertNever(call);
    }
  }

  async #infer(call: { width: number; height: number; rgba: ArrayBuffer }) {
    const { width, height, rgba } = call;
    const frame = { width, height, data: new Uint8ClampedArray(rgba) };
    return await this.#engine.infer(frame);
  }

  async #chooseModel(id: string): Promise<void> {
    await this.#engine.choose(id);
    this.#ports.pages.changed("status");
  }

  async #blob(hash: string): Promise<Results["blob"]> {
    const blob = await this.#ports.store.blob(hash);
    return blob && { type: blob.type, bytes: blob.bytes.slice().buffer };
  }

  async #rename(name: string): Promise<void> {
    await this.#replica.rename(name);
    this.#ports.pages.changed("status");
    await this.#node.announce([this.#replica.id]);
  }

  #saved(): void {
    this.#report.changed();
    this.#ports.pages.changed("observations", "status");
    this.#background(this.#node.announce([this.#replica.id]));
  }

  #openLink(link: string, binding: Uint8Array<ArrayBuffer>, page: Client): null {
    this.#links.set(link, page);
    this.#node.open(link, binding);
    this.#ticking ??= setInterval(() => this.#background(this.#tick()), TICK_MS);
    return null;
  }

  #closeLink(link: string): null {
    this.#links.delete(link);
    this.#node.close(link);
    return null;
  }

  async #tick(): Promise<void> {
    for (const [link, page] of this.#links) {
      if (!await scope.clients.get(page.id)) this.#closeLink(link); // closed without a word
    }
    await this.#node.tick();
    if (this.#links.size === 0) {
      clearInterval(this.#ticking);
      this.#ticking = undefined;
    }
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "send":
        return this.#send(effect.link, effect.bytes);
      case "drop":
        return this.#dropLink(effect);
      case "refused":
        return this.#background(
          this.#ports.pages.tell({
            notice: "failure",
            failure: effect.failure,
            trying: "joining the crew",
          }).then(() => this.#radioChanged(null)),
        );
      case "changed":
        this.#report.changed();
        this.#ports.pages.changed(...effect.what);
        if (effect.what.includes("crew")) this.#radioChanged(null);
        return;
      default:
        assertNever(effect);
    }
  }

  #send(link: string, bytes: Uint8Array<ArrayBuffer>): void {
    const page = this.#links.get(link);
    const { buffer } = bytes;
    if (page) {
      this.#ports.pages.tellOne(page, { notice: "link-send", link, bytes: buffer }, [buffer]);
    }
  }

  #dropLink({ link, reason }: Extract<Effect, { kind: "drop" }>): void {
    const page = this.#links.get(link);
    this.#links.delete(link);
    this.#ports.pages.changed("status");
    if (page) this.#ports.pages.tellOne(page, { notice: "link-drop", link, reason });
  }

  #radioChanged<T>(value: T): T {
    this.#report.allReachable();
    this.#background(this.#ports.pages.tell({ notice: "radio" }));
    return value;
  }

  /** Work that no call waits for; a failure of it is logged. */
  #background(work: Promise<unknown>): void {
    work.catch((thrown) => {
      const message = thrown instanceof FieldError ? thrown.message : String(thrown);
      console.error(`Fieldmesh: ${message}`, thrown);
    });
  }
}

async function done(work: Promise<unknown>): Promise<null> {
  await work;
  return null;
}
