/**
 * The typed connection to the worker: a state machine over two ports, `post` (out) and `receive` (in).
 *
 * What it promises: every call settles exactly once. A browser may kill the worker at any instant, so
 * a call ends by its answer, by a restart that could not be asked again, by silence, or by its deadline.
 * A restart is known by a new boot id; pings find it out while a call waits.
 */
import { FieldError, fromFailure } from "../field/errors.ts";
import type { Args, Call, CallKind, Notice, Results } from "../field/messages.ts";
import { Emitter } from "./emitter.ts";
import { isResult, parseFromWorker, type UnreadAnswer } from "./from_worker.ts";
import type { Timing } from "./timing.ts";

/** How often waiting calls are looked at. */
const TICK_MS = 1_000;
/** While a call waits, the worker is asked this often whether it is still the same. */
const PING_EVERY_MS = 2_000;
/** Browsers stop a worker that is idle for 30 s (Chromium, Firefox). */
const KEEP_ALIVE_EVERY_MS = 5_000;
/** No word from the worker for so long, though it was asked: it is gone. */
const SILENCE_MS = 30_000;
/** Longest wait for an answer from a worker that is alive. */
const DEADLINE_MS = 120_000;
/** A step longer than this was a frozen page or a sleeping machine, in which nobody could be heard. */
const LONGEST_STEP_MS = 2 * TICK_MS;
/** Former workers that may still finish an answer after a newer one has spoken. */
const FORMER_BOOTS_KEPT = 16;

/** Sends to the worker, starting it if need be. Throws when there is none any more. */
export type Post = (call: Call, transfer: Transferable[]) => void;

export interface CallOptions {
  /** Handed over, not copied: the call cannot be sent again after a restart. */
  readonly transfer?: Transferable[];
  /** Its abort rejects the call with the signal's reason; the worker may still carry it out. */
  readonly signal?: AbortSignal;
  /** Whether a restarted worker is asked again. Default: if nothing was transferred. */
  readonly resend?: boolean;
  /** Longest wait in ms while the worker is alive. Default: two minutes. */
  readonly deadlineMs?: number;
}

/** What callers need of the connection. */
export interface WorkerCalls {
  call<K extends CallKind>(
    kind: K,
    args: Args<K>,
    options?: CallOptions,
  ): Promise<Results[K]>;
}

export type Notices = { [N in Notice as N["notice"]]: N };
type Events = Notices & { readonly restart: string };

interface Waiting {
  readonly call: Call;
  readonly transfer: Transferable[];
  readonly resend: boolean;
  readonly deadlineMs: number;
  /** Since when it could be sent, on the connection's own time (see `#awakeMs`); null before. */
  sentAt: number | null;
  /** The worker known when it was sent; undefined when none was, or when it was not sent yet. */
  sentTo: string | undefined;
  /** Reads the value, or rejects as malformed. */
  settle(value: unknown): void;
  reject(reason: unknown): void;
}

export class WorkerConnection implements WorkerCalls {
  readonly #timing: Timing;
  readonly #newId: () => string;
  readonly #events = new Emitter<Events>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #formerBoots: string[] = [];
  #post: Post | undefined;
  #refusal: FieldError | undefined;
  #boot: string | undefined;
  #holds = 0;
  #cancelTick: (() => void) | undefined;
  #tickedAt = 0;
  /** Time in which this page could listen: a frozen page does not grow impatient. */
  #awakeMs = 0;
  #pingedAt = -Infinity;
  /** Since when something was sent and nothing heard. */
  #silentSince: number | undefined;

  constructor(timing: Timing, newId: () => string = () => crypto.randomUUID()) {
    this.#timing = timing;
    this.#newId = newId;
  }

  /** The boot id of the worker that spoke last. */
  get boot(): string | undefined {
    return this.#boot;
  }

  /** The worker can be reached from now on: sends all that has waited for it. */
  attach(post: Post): void {
    this.#post = post;
    this.#ping();
    for (const waiting of [...this.#waiting.values()]) this.#send(waiting);
    this.#tickWhileNeeded();
  }

  /** There will be no worker: rejects what waits and whatever is called from now on. */
  refuse(reason: FieldError): void {
    this.#refusal = reason;
    this.#rejectWhere(() => true, reason);
  }

  /**
   * Asks the worker. Rejects with its failure, or with `worker-lost` (restarted and not asked again,
   * silent, past the deadline), `bad-message` (an answer that is none), or the signal's reason.
   */
  call<K extends CallKind>(
    kind: K,
    args: Args<K>,
    options: CallOptions = {},
  ): Promise<Results[K]> {
    const { signal, transfer = [], deadlineMs = DEADLINE_MS } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#refusal) return Promise.reject(this.#refusal);
    const id = this.#newId();
    // Args<K> is CallOf<K> without these two, which TypeScript cannot see while K is open
    const call = { ...args, kind, id } as unknown as Call;
    const { promise, resolve, reject } = Promise.withResolvers<Results[K]>();
    const onAbort = () => this.#take(id)?.reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#waiting.set(id, {
      call,
      transfer,
      resend: options.resend ?? transfer.length === 0,
      deadlineMs,
      sentAt: null,
      sentTo: undefined,
      settle(value) {
        signal?.removeEventListener("abort", onAbort);
        if (isResult[kind](value)) resolve(value);
        else reject(malformed(kind));
      },
      reject(reason) {
        signal?.removeEventListener("abort", onAbort);
        reject(reason);
      },
    });
    this.#sendIfAttached(id);
    return promise;
  }

  /** Hears a kind of notice; the returned function ends it. */
  on<N extends Notice["notice"]>(notice: N, listener: (notice: Notices[N]) => void): () => void {
    return this.#events.on(notice, listener as (value: Events[N]) => void);
  }

  /** The worker was restarted and has forgotten sources and links. Called before anything it says is heard. */
  onRestart(listener: (boot: string) => void): () => void {
    return this.#events.on("restart", listener);
  }

  /** Keeps the worker from being stopped as idle, until the returned function is called. */
  hold(): () => void {
    this.#holds++;
    this.#tickWhileNeeded();
    let held = true;
    return () => {
      if (held) this.#holds--;
      held = false;
    };
  }

  /** Hears what a `message` event carried. What is not of our protocol is passed over. */
  receive(data: unknown): void {
    const message = parseFromWorker(data);
    if (!message) return;
    this.#silentSince = undefined;
    const isAnswer = !("notice" in message);
    // taken out first: a restart must not ask again for what is being answered
    const waiting = isAnswer ? this.#take(message.id) : undefined;
    this.#hearBoot(message.boot);
    if (isAnswer) return settle(waiting, message);
    // a former worker's word about links and sources is about ones that are no more
    if (message.boot === this.#boot) this.#announce(message);
  }

  #announce(notice: Notice): void {
    this.#events.emit(notice.notice, notice as Events[typeof notice.notice]);
  }

  #hearBoot(boot: string): void {
    if (boot === this.#boot || this.#formerBoots.includes(boot)) return;
    const former = this.#boot;
    this.#boot = boot;
    if (former !== undefined) this.#loseFormer(former);
    // also for the first boot heard: the worker that was sent these may have died before a word
    this.#sendAgain();
    if (former !== undefined) this.#events.emit("restart", boot);
  }

  #loseFormer(boot: string): void {
    this.#formerBoots.push(boot);
    if (this.#formerBoots.length > FORMER_BOOTS_KEPT) this.#formerBoots.shift();
    this.#rejectWhere((waiting) => !waiting.resend && waiting.sentTo !== undefined, restarted());
  }

  /** The worker drops what it has seen, so asking twice does no harm. */
  #sendAgain(): void {
    for (const waiting of [...this.#waiting.values()]) {
      if (waiting.sentTo !== this.#boot) this.#send(waiting);
    }
  }

  #sendIfAttached(id: string): void {
    const waiting = this.#waiting.get(id);
    if (!waiting || !this.#post) return;
    this.#send(waiting);
    this.#tickWhileNeeded();
  }

  #send(waiting: Waiting): void {
    waiting.sentAt ??= this.#awakeMs;
    // what can be sent only once waits for a worker that has shown itself
    if (!waiting.resend && this.#boot === undefined) return;
    waiting.sentTo = this.#boot;
    try {
      this.#postCall(waiting.call, waiting.transfer);
    } catch (error) {
      this.#take(waiting.call.id)?.reject(error);
    }
  }

  #postCall(call: Call, transfer: Transferable[] = []): void {
    this.#post?.(call, transfer);
    this.#silentSince ??= this.#awakeMs;
  }

  #take(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #rejectWhere(applies: (waiting: Waiting) => boolean, reason: FieldError): void {
    for (const waiting of [...this.#waiting.values()]) {
      if (applies(waiting)) this.#take(waiting.call.id)?.reject(reason);
    }
  }

  #tickWhileNeeded(): void {
    if (this.#cancelTick || !this.#post || (this.#waiting.size === 0 && this.#holds === 0)) return;
    this.#tickedAt = this.#timing.now();
    this.#cancelTick = this.#timing.after(TICK_MS, () => {
      this.#cancelTick = undefined;
      this.#awakeMs += Math.min(this.#timing.now() - this.#tickedAt, LONGEST_STEP_MS);
      this.#tick();
      this.#tickWhileNeeded();
    });
  }

  #tick(): void {
    const ages = [...this.#waiting.values()].map((waiting) => this.#age(waiting));
    const wait = ages.some((age) => age >= TICK_MS)
      ? PING_EVERY_MS
      : this.#holds > 0
      ? KEEP_ALIVE_EVERY_MS
      : Infinity;
    if (this.#awakeMs - this.#pingedAt >= wait) this.#ping();
    const silentMs = this.#awakeMs - (this.#silentSince ?? this.#awakeMs);
    if (silentMs >= SILENCE_MS) {
      this.#rejectWhere((waiting) => this.#age(waiting) >= SILENCE_MS, silent());
    }
    this.#rejectWhere((waiting) => this.#age(waiting) >= waiting.deadlineMs, late());
  }

  #age(waiting: Waiting): number {
    return this.#awakeMs - (waiting.sentAt ?? this.#awakeMs);
  }

  #ping(): void {
    this.#pingedAt = this.#awakeMs;
    try {
      this.#postCall({ kind: "ping", id: this.#newId() });
    } catch (error) {
      const lost = error instanceof FieldError ? error : silent();
      this.#rejectWhere(() => true, lost);
    }
  }
}

function settle(waiting: Waiting | undefined, answer: UnreadAnswer): void {
  if (answer.ok) waiting?.settle(answer.value);
  else waiting?.reject(fromFailure(answer.failure));
}

function restarted(): FieldError {
  return new FieldError(
    "worker-lost",
    "The browser restarted the app's worker in the middle of this. Nothing saved is affected; try again.",
  );
}

function silent(): FieldError {
  return new FieldError(
    "worker-lost",
    "The app's worker has not answered for half a minute. Reload this page; nothing saved is affected.",
  );
}

function late(): FieldError {
  return new FieldError(
    "worker-lost",
    "The app's worker is running but did not finish this in time. Try again.",
  );
}

function malformed(kind: CallKind): FieldError {
  return new FieldError(
    "bad-message",
    "The app's page and its worker do not understand each other. Reload this page.",
    { cause: `malformed answer to ${kind}` },
  );
}
