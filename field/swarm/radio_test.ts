import assert from "node:assert/strict";
import fc from "fast-check";
import type { Bytes } from "../bytes.ts";
import { Chance } from "./chance.ts";
import { Radio } from "./radio.ts";
import type { LinkEnd, RadioLink } from "./radio_link.ts";
import type { LinkSettings } from "./swarm_report.ts";
import { Timeline } from "./timeline.ts";

class End implements LinkEnd {
  readonly links = new Set<RadioLink>();
  readonly heard: number[] = [];
  readonly heardAtMs: number[] = [];

  constructor(readonly number: number, readonly timeline: Timeline) {}

  opened(link: RadioLink): void {
    this.links.add(link);
  }

  receive(_: RadioLink, [byte]: Bytes): Promise<void> {
    this.heard.push(byte);
    this.heardAtMs.push(this.timeline.nowMs());
    return Promise.resolve();
  }

  closed(link: RadioLink): void {
    this.links.delete(link);
  }
}

async function radioOf(count: number, settings: Partial<LinkSettings> = {}, seed = 1) {
  const timeline = new Timeline(0);
  const all = { latencyMs: [5, 20], loss: 0, partition: false, ...settings } as const;
  const radio = new Radio({ timeline, chance: new Chance(seed), settings: all });
  const ends = Array.from({ length: count }, (_, i) => new End(i, timeline));
  radio.ends = ends;
  await radio.connect();
  return { timeline, radio, ends };
}

Deno.test("Radio links all with all once, and in a partition each side by itself", async () => {
  const { radio, ends } = await radioOf(5);
  await radio.connect();
  assert.deepEqual(ends.map(({ links }) => links.size), [4, 4, 4, 4, 4]);
  radio.change({ ...radio.settings, partition: true });
  assert.deepEqual(ends.map(({ links }) => links.size), [1, 1, 2, 2, 2]);
  assert.deepEqual(ends.map(({ number }) => radio.sideOf(number)), [0, 0, 1, 1, 1]);
  radio.change({ ...radio.settings, partition: false });
  await radio.connect();
  assert.deepEqual(ends.map(({ links }) => links.size), [4, 4, 4, 4, 4]);
});

Deno.test("RadioLink brings all in order whatever is lost on the way, no sooner than its latency", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0 }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      async (seed, loss) => {
        const { timeline, ends: [a, b] } = await radioOf(2, { loss, latencyMs: [5, 5] }, seed);
        const [link] = a.links;
        for (let i = 0; i < 20; i++) timeline.after(i, () => link.send(a, new Uint8Array([i])));
        await timeline.runUntil(100_000);
        assert.deepEqual(b.heard, Array.from({ length: 20 }, (_, i) => i));
        b.heardAtMs.forEach((ms, i) => assert.ok(ms >= i + 5));
        if (loss === 0) assert.deepEqual(b.heardAtMs, b.heard.map((i) => i + 5));
      },
    ),
    { numRuns: 50, seed: 1 },
  );
});

Deno.test("RadioLink loses what is under way when it is cut", async () => {
  const { timeline, radio, ends: [a, b] } = await radioOf(2, { latencyMs: [10, 10] });
  const [link] = a.links;
  link.send(a, new Uint8Array([1]));
  await timeline.runUntil(9);
  radio.change({ ...radio.settings, partition: true });
  await timeline.runUntil(50);
  assert.deepEqual(b.heard, []);
});

Deno.test("Radio.change() holds from the next frame on", async () => {
  const { timeline, radio, ends: [a, b] } = await radioOf(2, { latencyMs: [5, 5] });
  const [link] = a.links;
  radio.change({ ...radio.settings, latencyMs: [50, 50] });
  link.send(a, new Uint8Array([1]));
  await timeline.runUntil(100);
  assert.deepEqual(b.heardAtMs, [50]);
});

Deno.test("Radio refuses what no link is", async () => {
  const { radio } = await radioOf(2);
  for (const wrong of [{ loss: 1 }, { loss: NaN }, { latencyMs: [20, 5] as const }]) {
    assert.throws(() => radio.change({ ...radio.settings, ...wrong }), RangeError);
  }
});
