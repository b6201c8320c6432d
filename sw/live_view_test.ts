import assert from "node:assert/strict";
import type { Bytes } from "../field/bytes.ts";
import type { HeardMessage } from "../field/sync/ephemerals.ts";
import { idOf } from "../tests/fixtures/devices.ts";
import { LiveView } from "./live_view.ts";

const ANN = idOf(1);
const BOB = idOf(2);
const BOX = { x: 0.1, y: 0.1, width: 0.2, height: 0.2 };
const person = (track: string) => ({ track, label: "person", score: 0.9, box: BOX });

/** Two devices whose messages arrive at once, unless `isLost`. */
function pair() {
  const clock = { now: 1_800_000_000_000 };
  const net = { isLost: false, pressure: 0, changes: 0, sent: [] as Bytes[] };
  const listeners: ((heard: HeardMessage) => void)[] = [];
  const deviceOf = (self: string) =>
    new LiveView({
      self,
      nowMs: () => clock.now,
      onChanged: () => net.changes++,
      onFailure: (thrown) => assert.fail(String(thrown)),
      node: {
        get pressure() {
          return net.pressure;
        },
        publish: ({ topic, bytes }) => {
          net.sent.push(bytes);
          const heard = { topic, bytes, from: self, at: clock.now };
          if (!net.isLost) listeners.forEach((listener) => listener(heard));
          return Promise.resolve();
        },
        subscribe: (_, listener) => {
          listeners.push(listener);
          return () => {};
        },
      },
    });
  return { clock, net, listeners, ann: deviceOf(ANN), bob: deviceOf(BOB) };
}

Deno.test("a peer sees by class what a device tells, and forgets it when nothing more comes", () => {
  const { ann, bob, clock, net } = pair();
  ann.tell([person("a"), person("b"), { label: "dog", score: 0.4, box: BOX }]);
  assert.deepEqual(bob.of(ANN), [{ name: "person", count: 2 }]);
  assert.equal(bob.of(BOB), undefined);
  const changes = net.changes;
  clock.now += 1000;
  ann.tell([person("a"), person("b")]);
  assert.equal(net.changes, changes, "nothing is new");
  clock.now += 12_000;
  assert.equal(bob.of(ANN), undefined);
});

Deno.test("tick() says what it was too soon for", () => {
  const { ann, bob, clock } = pair();
  ann.tell([person("a")]);
  ann.tell([]);
  assert.deepEqual(bob.of(ANN), [{ name: "person", count: 1 }]);
  clock.now += 1000;
  ann.tick();
  assert.deepEqual(bob.of(ANN), []);
});

Deno.test("a delta that lacks its key frame shows nothing false", () => {
  const { ann, bob, clock, net } = pair();
  net.isLost = true;
  ann.tell([person("a")]);
  net.isLost = false;
  clock.now += 1000;
  ann.tell([person("a"), person("b")]);
  assert.ok([undefined, 2].includes(bob.of(ANN)?.[0].count));
  clock.now += 5000;
  ann.tell([person("a"), person("b"), person("c")]);
  assert.deepEqual(bob.of(ANN), [{ name: "person", count: 3 }]);
});

Deno.test("what is told under another device's topic is not heard", () => {
  const { listeners, bob, net, ann } = pair();
  ann.tell([person("a")]);
  const [bytes] = net.sent;
  for (const hear of listeners) hear({ topic: `live/${idOf(3)}`, from: BOB, at: 0, bytes });
  assert.equal(bob.of(idOf(3)), undefined);
});

Deno.test("full links thin what is told", () => {
  const { ann, clock, net } = pair();
  const told = () => {
    net.sent.length = 0;
    for (let n = 0; n < 40; n++) {
      clock.now += 100;
      ann.tell(Array.from({ length: 1 + n % 3 }, (_, i) => person(`t${n}-${i}`)));
    }
    return net.sent.length;
  };
  const easy = told();
  net.pressure = 1;
  assert.ok(told() * 5 < easy, `${easy} messages in 4 s, and hardly fewer under pressure`);
});
