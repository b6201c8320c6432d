import { type Bytes, equalBytes } from "../../field/bytes.ts";
import { FieldError, toFailure } from "../../field/errors.ts";
import type { Channel } from "../../field/link/signal.ts";
import { Emitter } from "../emitter.ts";
import type { Timing } from "../timing.ts";
import { type Attempt, hasNamesOnly, newAttempt, whyUnconnected } from "./attempt.ts";
import type { CodeProblem, PairFailure, PairReason } from "./pair_failure.ts";
import { crewFailure, pairFailure } from "./pair_failure.ts";
import { pairCode, readPairCode } from "./pair_code.ts";
import { type Half, readSdp, writeSdp } from "./pair_sdp.ts";
import type { PairEnd, Reach } from "./rtc_end.ts";
import type { PairCrew } from "./pair_crew.ts";
import type { PairState, ShownCode } from "./pair_state.ts";
import { ATTEMPT_BYTES, type PairHalf } from "./squeeze.ts";

/** From the second code read to a connection. */
export const CONNECTS_WITHIN_MS = 15_000;
/** How long an answer is shown before nobody is there to read it. */
export const UNREAD_AFTER_MS = 300_000;
/** ICE says "failed" in passing while the other end is just beginning. */
export const LOST_FOR_MS = 3_000;
/** From a connection to knowing who is there; an invited device is entered into the crew meanwhile. */
export const MEETS_WITHIN_MS = 10_000;

export interface PairingPorts {
  readonly timing: Timing;
  readonly random: (byteLength: number) => Bytes;
  /** Null: this browser has no WebRTC. */
  readonly openEnd: () => PairEnd | null;
  readonly crew: PairCrew;
}

/** Links this device with one in front of it, by a code that each shows the other. One attempt at a time. */
export class Pairing {
  readonly #ports: PairingPorts;
  readonly #emitter = new Emitter<{ state: PairState }>();
  #state: PairState = { step: "idle" };
  #attempt: Attempt | undefined;
  #offered: PairHalf | undefined;

  constructor(ports: PairingPorts) {
    this.#ports = ports;
  }

  get state(): PairState {
    return this.#state;
  }

  /** The returned function takes the listener away again. */
  onState(listener: (state: PairState) => void): () => void {
    return this.#emitter.on("state", listener);
  }

  /** First device: makes the code to show. `invite`: the other device is new. */
  async offer({ invite }: { readonly invite: boolean }): Promise<void> {
    const attempt = this.#begin("offer");
    if (!attempt) return;
    attempt.id = this.#ports.random(ATTEMPT_BYTES);
    this.#set({ step: "preparing", half: "offer" });
    await this.#try(attempt, async () => {
      const code = invite ? await this.#ports.crew.invite() : null;
      const made = await this.#code(attempt, await attempt.end.offer(), code);
      if (made && this.#isCurrent(attempt)) {
        this.#set({ step: "offering", ...made, problem: null });
      }
    });
  }

  /** Second device: waits for the first one's code. */
  read(): void {
    if (this.#begin("answer")) this.#set({ step: "reading", problem: null });
  }

  /** A text that was read: by the camera, from a picture, or pasted. */
  async take(text: string): Promise<void> {
    const attempt = this.#attempt;
    const { step } = this.#state;
    if (!attempt || step !== "offering" && step !== "reading") return;
    const read = readPairCode(text);
    const problem = typeof read === "string" ? read : this.#problemOf(read, attempt);
    if (problem) return this.reject(problem);
    if (typeof read === "string") return;
    await this.#try(attempt, () => this.#taken(attempt, read));
  }

  /** What was read is no code that could be taken; the attempt goes on. */
  reject(problem: CodeProblem): void {
    const state = this.#state;
    if (state.step !== "offering" && state.step !== "reading") return;
    if (state.problem !== problem) this.#set({ ...state, problem });
  }

  /** Second device: its user agrees to join the crew. */
  async agree(): Promise<void> {
    const [attempt, offered] = [this.#attempt, this.#offered];
    if (!attempt || !offered?.invite || this.#state.step !== "invited") return;
    const { invite } = offered;
    this.#set({ step: "preparing", half: "answer" });
    await this.#try(attempt, async () => {
      await this.#ports.crew.join(invite);
      attempt.hasJoined = true;
      if (this.#isCurrent(attempt)) await this.#answer(attempt, offered);
      else await this.#ports.crew.cancelJoin();
    });
  }

  /** Back to the beginning; a connection that has come about stays. */
  cancel(): void {
    this.#endAttempt();
    this.#set({ step: "idle" });
  }

  #begin(half: Half): Attempt | null {
    this.cancel();
    const end = this.#openEnd();
    if (!end) return null;
    this.#ports.crew.turnRadioOn();
    const attempt = newAttempt(half, end);
    end.listen({
      opened: (channel) => this.#opened(attempt, channel),
      reachChanged: (reach) => this.#reachChanged(attempt, reach),
      over: () => {
        // the radio that does not take a channel closes it, and then says why
        if (attempt.isHandedOn) return;
        const isOpen = this.#state.step === "meeting";
        this.#fail(attempt, pairFailure(isOpen ? "refused" : whyUnconnected(attempt)));
      },
    });
    this.#attempt = attempt;
    return attempt;
  }

  #openEnd(): PairEnd | null {
    try {
      const end = this.#ports.openEnd();
      if (end) return end;
      this.#set({ step: "failed", failure: pairFailure("unsupported") });
    } catch (error) {
      // a policy that forbids WebRTC makes its constructor throw
      this.#set({ step: "failed", failure: pairFailure("unsupported", String(error)) });
    }
    return null;
  }

  #problemOf(read: PairHalf, attempt: Attempt): CodeProblem | null {
    const isOurs = attempt.id !== undefined && equalBytes(read.attempt, attempt.id);
    if (attempt.half === "answer") return read.half === "offer" ? null : "answer-first";
    if (read.half === "offer") return isOurs ? "own-code" : "both-show";
    return isOurs ? null : "other-attempt";
  }

  async #taken(attempt: Attempt, read: PairHalf): Promise<void> {
    if (attempt.half === "offer") return await this.#accept(attempt, read);
    this.#set({ step: "preparing", half: "answer" });
    const isNew = read.invite !== null && !await this.#ports.crew.isIn(read.invite);
    if (!this.#isCurrent(attempt)) return;
    if (!isNew) return await this.#answer(attempt, read);
    this.#offered = read;
    this.#set({ step: "invited" });
  }

  async #answer(attempt: Attempt, offer: PairHalf): Promise<void> {
    attempt.id = offer.attempt;
    attempt.theirs = offer.endpoint;
    const sdp = await attempt.end.answer(writeSdp(offer.endpoint, "offer"), offer.peerId);
    const made = await this.#code(attempt, sdp, null);
    // it may have connected meanwhile only if it was read, and so not before it was shown
    if (!made || !this.#isCurrent(attempt) || this.#state.step !== "preparing") return;
    this.#set({ step: "answering", ...made, inReach: attempt.reach === "found" });
    this.#failAfter(attempt, UNREAD_AFTER_MS, () => "unread");
  }

  async #accept(attempt: Attempt, answer: PairHalf): Promise<void> {
    attempt.theirs = answer.endpoint;
    attempt.secondCodeMs = this.#ports.timing.now();
    this.#set({ step: "connecting" });
    this.#failAfter(attempt, CONNECTS_WITHIN_MS, () => whyUnconnected(attempt));
    await attempt.end.accept(writeSdp(answer.endpoint, "answer"), answer.peerId);
  }

  /** Null when there is nothing to put into a code: the attempt is then over. */
  async #code(
    attempt: Attempt,
    sdp: string,
    invite: string | null,
  ): Promise<ShownCode | null> {
    const endpoint = readSdp(sdp);
    const peerId = await this.#ports.crew.peerId();
    if (!endpoint) return this.#fail(attempt, pairFailure("unusual-browser"));
    if (endpoint.candidates.length === 0) return this.#fail(attempt, pairFailure("no-network"));
    const { half, id = new Uint8Array(ATTEMPT_BYTES) } = attempt;
    const code = pairCode({ half, attempt: id, peerId, endpoint, invite });
    return { code, namesOnly: hasNamesOnly(endpoint) };
  }

  #opened(attempt: Attempt, channel: Channel): void {
    if (!this.#isCurrent(attempt)) return channel.close();
    attempt.cancelTimer?.();
    attempt.cancelLost?.();
    const { secondCodeMs } = attempt;
    const tookMs = secondCodeMs === undefined ? null : this.#ports.timing.now() - secondCodeMs;
    this.#set({ step: "meeting" });
    this.#failAfter(attempt, MEETS_WITHIN_MS, () => "unanswered");
    void this.#try(attempt, async () => {
      attempt.isHandedOn = true;
      this.#ports.crew.adopt(channel);
      attempt.isHandedOn = false;
      const name = await this.#ports.crew.met(channel.peerId, attempt.over.signal);
      if (!this.#isCurrent(attempt)) return;
      this.#endAttempt();
      this.#set({ step: "met", name, tookMs });
    });
  }

  #reachChanged(attempt: Attempt, reach: Reach): void {
    if (!this.#isCurrent(attempt)) return;
    attempt.reach = reach;
    attempt.cancelLost?.();
    attempt.cancelLost = undefined;
    const state = this.#state;
    if (state.step === "answering") this.#set({ ...state, inReach: reach === "found" });
    const isTrying = state.step === "answering" || state.step === "connecting";
    if (reach !== "lost" || !isTrying) return;
    attempt.cancelLost = this.#ports.timing.after(LOST_FOR_MS, () => {
      this.#fail(attempt, pairFailure(whyUnconnected(attempt)));
    });
  }

  #failAfter(
    attempt: Attempt,
    ms: number,
    why: () => Exclude<PairReason, "crew">,
  ): void {
    attempt.cancelTimer?.();
    attempt.cancelTimer = this.#ports.timing.after(ms, () => {
      this.#fail(attempt, pairFailure(why()));
    });
  }

  /** Runs a step; its failure is the attempt's end, unless that has come already. */
  async #try(attempt: Attempt, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#fail(attempt, failureOf(error));
    }
  }

  #fail(attempt: Attempt, failure: PairFailure): null {
    if (!this.#isCurrent(attempt)) return null;
    this.#endAttempt();
    this.#set({ step: "failed", failure });
    return null;
  }

  #endAttempt(): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    this.#offered = undefined;
    if (!attempt) return;
    attempt.cancelTimer?.();
    attempt.cancelLost?.();
    attempt.over.abort();
    attempt.end.leave();
    // joined for this attempt alone: nobody wants to be taken in some other day; once linked, it may be in already
    const isLinked = this.#state.step === "meeting";
    if (attempt.hasJoined && !isLinked) this.#ports.crew.cancelJoin().catch(reportError);
  }

  #isCurrent(attempt: Attempt): boolean {
    return attempt === this.#attempt;
  }

  #set(state: PairState): void {
    this.#state = state;
    this.#emitter.emit("state", state);
  }
}

/** What is no `FieldError` comes from WebRTC: a description that this browser does not make, or take. */
function failureOf(error: unknown): PairFailure {
  if (error instanceof FieldError) return crewFailure(toFailure(error));
  return pairFailure("unusual-browser", String(error));
}
