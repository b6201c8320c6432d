import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import { HybridClock } from "../clock.ts";
import type { LinkState } from "../schedule/send_rate.ts";
import { WorldAgent } from "../world/world_agent.ts";
import { WorldTalk } from "./world_talk.ts";

const [ANN, BOB, CAT] = [idOf(1), idOf(2), idOf(3)];
const GOOD: LinkState = { rttMs: 40, loss: 0, pressure: 0 };

/** Ann sees somebody walk by, 30 frames a second, over a node of the test's. */
function annsTalk() {
  const node = { connected: new Set([BOB]), links: [GOOD], sent: 0 };
  const at = { ms: 1_800_000_000_000 };
  const nowMs = () => at.ms;
  const agent = new WorldAgent(ANN, new HybridClock(nowMs));
  const talk = new WorldTalk({
    ...{ cell: "yard", agent, nowMs, onDecided: () => {} },
    node: {
      get connected() {
        return node.connected;
      },
      get links() {
        return node.links;
      },
      publish: () => Promise.resolve(void node.sent++),
      subscribe: () => () => {},
      reportMalformed: () => assert.fail("nothing was heard"),
    },
  });
  const sentIn = async (ms: number) => {
    const before = node.sent;
    for (const endMs = at.ms + ms; at.ms < endMs; at.ms += 30) {
      const position = [at.ms % 600_000 / 1_000, 0] as const;
      const covariance = [0.1, 0, 0.1] as const;
      agent.see([{ label: "person", confidence: 0.8, position, covariance }], at.ms);
      await talk.tell();
    }
    return node.sent - before;
  };
  return { node, sentIn };
}

Deno.test("tell() says where things are as often as the links bear", async () => {
  const { node, sentIn } = annsTalk();
  await sentIn(1_000);
  const many = await sentIn(6_000);
  assert.ok(many >= 45 && many <= 60, `${many}`);
  node.links = [{ ...GOOD, rttMs: 1_000 }, { ...GOOD, rttMs: 3_000 }];
  await sentIn(1_000);
  const twice = await sentIn(6_000);
  assert.ok(twice >= 11 && twice <= 13, `two a round trip of the best link: ${twice}`);
  node.links = [{ ...GOOD, loss: 0.3 }];
  await sentIn(1_000);
  const lossy = await sentIn(6_000);
  assert.ok(lossy >= 24 && lossy <= 30, `half by loss, half by what it repeats: ${lossy}`);
  node.links = [{ ...GOOD, pressure: 1 }];
  await sentIn(1_000);
  const full = await sentIn(6_000);
  assert.ok(full >= 3 && full <= 4, `${full}`);
});

Deno.test("tell() says all at once to who comes, however slow the links are", async () => {
  const { node, sentIn } = annsTalk();
  node.links = [{ rttMs: 9_000, loss: 0.5, pressure: 1 }];
  await sentIn(4_000);
  node.connected = new Set([BOB, CAT]);
  assert.equal(await sentIn(210), 6);
  assert.ok(await sentIn(1_500) <= 1);
});
