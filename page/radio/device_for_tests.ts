/** A device's radio with a worker that does nothing, for the radio's tests. */
import type { Notice, RadioPlan } from "../../field/messages.ts";
import { Emitter } from "../emitter.ts";
import { FakeCalls, type FakeTiming } from "../fakes_for_tests.ts";
import { Radio, type SoleHolder } from "../radio.ts";
import type { Notices } from "../worker_connection.ts";
import { FakeHub } from "./fakes_for_tests.ts";

type Unbooted = Notice extends infer N ? N extends Notice ? Omit<N, "boot"> : never : never;

/** One device: its radio, and the worker that the radio speaks with. */
export class Device {
  readonly notices = new Emitter<Notices>();
  readonly restarts = new Emitter<{ restart: string }>();
  readonly failures: string[] = [];
  readonly calls: FakeCalls;
  readonly radio: Radio;
  plan: RadioPlan;
  holds = 0;

  constructor(
    timing: FakeTiming,
    hub: FakeHub,
    plan: RadioPlan,
    { soleHolder = anyone, relay = noRelay() }: { soleHolder?: SoleHolder; relay?: FakeHub } = {},
  ) {
    this.plan = plan;
    this.calls = new FakeCalls({
      radio: () => this.plan,
      "link-open": () => null,
      "link-frame": () => null,
      "link-close": () => null,
      "link-failed": () => null,
    });
    let ids = 0;
    this.radio = new Radio({
      timing,
      random: () => 1,
      newId: () => `${plan.peerId}-${ids++}`,
      openSignal: hub.openSignal,
      openRelay: relay.openSignal,
      soleHolder,
      onFailure: (failure) => this.failures.push(failure.code),
      worker: {
        call: this.calls.call.bind(this.calls),
        on: (notice, listener) => this.notices.on(notice, listener),
        onRestart: (listener) => this.restarts.on("restart", listener),
        hold: () => {
          this.holds++;
          return () => void this.holds--;
        },
      },
    });
  }

  say(notice: Unbooted): void {
    this.notices.emit(notice.notice, { ...notice, boot: "boot-1" } as never);
  }

  /** What carries the links that its worker was told of, one word a link. */
  get vias(): string[] {
    const open = new Map<string, string>();
    for (const { kind, args } of this.calls.made) {
      if (kind === "link-open") open.set(String(args.link), String(args.via));
      if (kind === "link-close") open.delete(String(args.link));
    }
    return [...open.values()];
  }

  count(kind: string): number {
    return this.calls.made.filter((call) => call.kind === kind).length;
  }

  /** Links that its worker knows of and has not heard the end of. */
  get links(): string[] {
    const open = new Set<string>();
    for (const { kind, args } of this.calls.made) {
      if (kind === "link-open") open.add(String(args.link));
      if (kind === "link-close") open.delete(String(args.link));
    }
    return [...open];
  }

  get told(): string[] {
    const told = this.calls.made.filter((call) => call.kind === "link-failed");
    return told.map(({ args }) => `${args.peerId} ${(args.failure as { code: string }).code}`);
  }
}

/** As of an older hub. */
export function noRelay(): FakeHub {
  return Object.assign(new FakeHub(), { isUp: false });
}

const anyone: SoleHolder = (_signal, held) => held();

export function planFor(peerId: string, peers: RadioPlan["peers"] = []): RadioPlan {
  return { peerId, token: `token of ${peerId}`, wanted: true, peers };
}
