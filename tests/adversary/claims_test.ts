/** A member who lies about what he has: feeds, records, pictures, clocks. */
import assert from "node:assert/strict";
import { sha256, toHex } from "../../field/bytes.ts";
import type { FeedHead, SyncFrame } from "../../field/sync/frames.ts";
import { proveBlob } from "../../field/sync/possession.ts";
import { bytesOf, idOf, signerNamed } from "../fixtures/devices.ts";
import { seenBy } from "../fixtures/replicas.ts";
import type { HostileLine } from "./hostile_net.ts";
import { MINUTE, MOST_UNREAD_BYTES, Scene, SECOND } from "./scene.ts";

const MOST = 2 ** 53 - 1;
const hash = new Uint8Array(8).fill(3);
/** What a crew of a few hundred devices has; more in one member's name is a flood. */
const MOST_FEEDS_KEPT = 1024;

const headsOf = (...devices: readonly string[]): FeedHead[] =>
  devices.map((device) => ({ device, seq: MOST, hash }));

Deno.test("heads of 2^53 - 1 of everybody: not asked for for ever, nor instead of honest peers", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, mal, net } = scene;
  net.cutAll();
  const line = await scene.malAt(ann);
  await line.say({ kind: "heads", heads: headsOf(ann.id, bob.id, mal.id) });
  await answerEmpty(line);
  await bob.record(500); // only Bob has it, and Ann's attention is with Mal
  const [newest] = await bob.store.observations({ limit: 1 });
  scene.observations.set(newest.id, newest);
  await net.connect(ann, bob);
  await net.deliver();
  assert.ok(await ann.store.observation(newest.id), "Ann waits for Mal instead");
  for (let gone = 0; gone < 10 * MINUTE; gone += 5 * SECOND) {
    await net.pass(5 * SECOND);
    await answerEmpty(line);
    if (gone % MINUTE === 0 && line.dropped === null) {
      await line.say({ kind: "heads", heads: headsOf(bob.id) });
    }
  }
  const asked = line.all("want").length;
  assert.ok(asked <= 120, `asked ${asked} times in 10 minutes`);
  await scene.assertUnharmed();
});

Deno.test("a peer that never answers a want holds up nothing that another has", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, net } = scene;
  net.cutAll();
  const line = await scene.malAt(ann);
  await line.say({ kind: "heads", heads: headsOf(bob.id) });
  await scene.record(bob);
  await net.connect(ann, bob);
  await net.deliver();
  await scene.assertUnharmed();
  await net.pass(2 * MINUTE);
  await scene.assertUnharmed();
});

Deno.test("what a peer claims to have of feeds is believed no further than feeds reach", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, mal } = scene;
  const line = await scene.malAt(ann);
  const { book } = ann.node;
  for (const kind of ["heads", "ack"] as const) {
    await line.say({ kind, heads: headsOf(ann.id, bob.id, mal.id) });
    const known = book.of(mal.id).heads;
    const own = ann.replica.headOf(ann.id)?.seq ?? 0;
    assert.ok(
      (known.get(ann.id) ?? 0) <= own,
      `${kind}: he has ${known.get(ann.id)} of our ${own}`,
    );
  }
  await scene.assertUnharmed();
  scene.assertNoHonestAccused();
});

Deno.test("a wrong hash under a right number is no copy of our records", async () => {
  const scene = await Scene.open("sensor");
  const { ann, mal } = scene;
  const line = await scene.malAt(ann);
  const seq = ann.replica.headOf(ann.id)?.seq ?? 0;
  await line.say({ kind: "ack", heads: [{ device: ann.id, seq, hash }] });
  assert.ok(
    (ann.node.book.of(mal.id).heads.get(ann.id) ?? 0) < seq,
    "our records are safe nowhere",
  );
  await scene.assertUnharmed();
});

Deno.test("who says without proof that honest devices forked is not believed, nor asked without end", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, net } = scene;
  const line = await scene.malAt(ann);
  const heads = [ann, bob].map(({ id, replica }) => {
    const head = replica.headOf(id)!;
    return { device: id, seq: head.seq, hash: head.hash.slice(0, 8), isForked: true as const };
  });
  for (let gone = 0; gone < 10 * MINUTE && line.dropped === null; gone += 10 * SECOND) {
    await line.say({ kind: "heads", heads }, { kind: "summary", digest: new Uint8Array(8) });
    await answerEmpty(line);
    await net.pass(10 * SECOND);
  }
  const asked = line.all("want").length;
  assert.ok(asked <= 120, `asked ${asked} times in 10 minutes`);
  for (const { store } of scene.honest) {
    for (const head of await store.heads()) assert.equal(head.quarantined, undefined);
  }
  await scene.assertUnharmed();
  scene.assertNoHonestAccused();
});

Deno.test("heads of a million devices fill neither memory nor disk", async () => {
  const scene = await Scene.open("sensor");
  const { ann, mal } = scene;
  const line = await scene.malAt(ann);
  for (let frame = 0; frame < 2000 && line.dropped === null; frame++) {
    const heads = await Promise.all(
      Array.from({ length: 512 }, async (_, n) => ({
        device: frame < 20 ? toHex(await sha256(bytesOf(`${frame} ${n}`))) : idOf(n & 255),
        ...{ seq: frame + 1, hash },
      })),
    );
    await line.say({ kind: "heads", heads });
  }
  const { size } = ann.node.book.of(mal.id).heads;
  assert.ok(size <= MOST_FEEDS_KEPT, `${size} feeds are kept of one peer`);
  await scene.net.pass(5 * SECOND);
  const pages = await ann.store.settings("peer/");
  for (const page of pages.values()) {
    const { heads } = page as { heads: unknown[] };
    assert.ok(heads.length <= MOST_FEEDS_KEPT, `${heads.length} feeds are on disk of one peer`);
  }
  assert.ok(line.heardBytes <= MOST_UNREAD_BYTES);
  await scene.assertUnharmed();
});

Deno.test("who says to have pictures that he was never given is no reason to remove ours", async () => {
  const scene = await Scene.open("viewer");
  const { ann, mal, blobs } = scene;
  await scene.net.cutAll();
  const hashes = [...blobs.keys()];
  const line = await scene.malAt(ann);
  await line.say({ kind: "blob-have", hashes, keeping: "all" });
  await scene.net.pass(5 * SECOND);
  for (const one of hashes) {
    const media = await ann.store.media(one);
    assert.ok(!media?.copies.includes(mal.id), "a rule may now remove the only copy that there is");
  }
  const proofs = hashes.map(() => new Uint8Array(8));
  await line.say({ kind: "blob-have", hashes, keeping: "all", proofs });
  // another's proof, for what he is asked, is not his
  const { nonce, hashes: asked = [] } = line.all("blob-ask").at(-1) ?? {};
  assert.ok(nonce, "he is asked to prove it");
  const other = await Promise.all(
    asked.map((one) => proveBlob(scene.bob.id, nonce, blobs.get(one)!.bytes)),
  );
  await line.say({ kind: "blob-have", hashes: asked, keeping: "all", proofs: other });
  await scene.net.pass(5 * SECOND);
  for (const one of hashes) {
    assert.ok(!(await ann.store.media(one))?.copies.includes(mal.id), "that was no proof");
  }
  await scene.assertUnharmed();
});

Deno.test("names of pictures that nobody took fill nothing, however many", async () => {
  const scene = await Scene.open("sensor");
  const { ann } = scene;
  const line = await scene.malAt(ann);
  for (let frame = 0; frame < 200 && line.dropped === null; frame++) {
    const hashes = await Promise.all(
      Array.from({ length: 256 }, async (_, n) => toHex(await sha256(bytesOf(`${frame} ${n}`)))),
    );
    await line.say({ kind: "blob-have", hashes, keeping: "all" });
  }
  await scene.net.pass(MINUTE);
  const media = await ann.store.mediaAfter(null, 1000);
  assert.ok(media.length <= scene.blobs.size, `${media.length} pictures are known`);
  await scene.assertUnharmed();
});

Deno.test("absurd answers about clocks move nothing that is written", async () => {
  const scene = await Scene.open("sensor");
  const { ann, mal, net } = scene;
  const line = await scene.malAt(ann);
  line.answersProbes = false;
  const lies = [[MOST, 0], [0, 0], [MOST, MOST], [0, MOST], [1, 1]];
  let answered = 0;
  for (let gone = 0; gone < 20 * MINUTE && line.dropped === null; gone += 10 * SECOND) {
    await net.pass(10 * SECOND);
    for (const { n } of line.all("clock-probe").slice(answered)) {
      const [receivedAt, heldMs] = lies[answered++ % lies.length];
      await line.say({ kind: "clock", n, receivedAt, heldMs });
    }
  }
  const before = ann.replica.clock.next();
  await scene.assertUnharmed();
  assert.ok(ann.replica.clock.next() - before < 10 * MINUTE * 1024);
  const reading = ann.node.book.of(mal.id).clock;
  const century = 100 * 365 * 86_400_000;
  assert.ok(!reading || Math.abs(reading.aheadMs) < century, `${reading?.aheadMs} ms ahead`);
});

Deno.test("a summary that claims 2^53 - 1 pictures, or ours when it has nothing, is shown as no more than a claim", async () => {
  const scene = await Scene.open("sensor");
  const { ann } = scene;
  const line = await scene.malAt(ann);
  const theirs = line.all("summary").at(-1);
  assert.ok(theirs);
  await line.say({ ...theirs, media: { have: MOST, of: MOST } });
  const [peer] = ann.node.peers().filter(({ link }) => link === line.id);
  const media = peer?.media;
  assert.ok(!media || media.have <= media.of && media.of <= MOST);
  await scene.assertUnharmed();
});

for (const [what, frame] of Object.entries(floods())) {
  Deno.test(`a flood of ${what} is answered within bounds, and ended or slowed`, async () => {
    const scene = await Scene.open("sensor");
    const { ann, bob, net } = scene;
    const line = await scene.malAt(ann);
    const heardBefore = line.heard.length;
    for (let n = 0; n < 3000 && line.dropped === null; n++) await line.say(frame(scene, n));
    const answers = line.heard.length - heardBefore;
    assert.ok(
      line.heardBytes <= MOST_UNREAD_BYTES,
      `${line.heardBytes} bytes to one who reads none`,
    );
    assert.ok(answers <= 1500, `${answers} answers within a moment`);
    await bob.record(600);
    const [newest] = await bob.store.observations({ limit: 1 });
    scene.observations.set(newest.id, newest);
    await net.deliver();
    assert.ok(await ann.store.observation(newest.id), "meanwhile Bob's record comes through");
    const burst = line.dropped === null ? line : await scene.malAt(ann);
    await burst.burst(Array.from({ length: 3000 }, (_, n) => frame(scene, n)));
    assert.notEqual(burst.dropped, null, "3,000 frames at once");
    assert.ok(burst.heardBytes <= MOST_UNREAD_BYTES);
    await scene.assertUnharmed();
    // who greets anew is nobody until he has proved himself again
    const isKnown = what !== "the same hello";
    const kinds = ["too-fast", "malformed", "oversized", "replayed"] as const;
    scene.assertNamed(ann, kinds, isKnown ? scene.mal.id : null);
  });
}

function floods(): Record<string, (scene: Scene, n: number) => SyncFrame> {
  const feeds = ({ ann, bob, mal }: Scene) =>
    [ann, bob, mal].map(({ id }) => ({ device: id, after: 0 }));
  return {
    "summaries": (_, n) => ({ kind: "summary", digest: new Uint8Array(8).fill(n) }),
    "wants for all feeds": (scene, n) => ({
      ...{ kind: "want", n: n + 1, feeds: feeds(scene) },
      mostBytes: MOST,
    }),
    "wants for 512 feeds that nobody has": (_, n) => ({
      ...{ kind: "want", n: n + 1, mostBytes: MOST },
      feeds: Array.from({ length: 512 }, (_, i) => ({ device: idOf(i & 255), after: 0 })),
    }),
    "wants for pictures": ({ blobs }) => ({
      kind: "blob-want",
      parts: [...blobs.keys()].slice(0, 16).map((one) => ({ hash: one, offset: 0 })),
    }),
    "wants for pictures that nobody has": (_, n) => ({
      kind: "blob-want",
      parts: Array.from({ length: 16 }, (_, i) => ({ hash: idOf((n + i) & 255), offset: i })),
    }),
    "wants beyond a picture's end": ({ blobs }) => ({
      kind: "blob-want",
      parts: [...blobs.keys()].slice(0, 1).map((one) => ({ hash: one, offset: MOST })),
    }),
    "questions about pictures": ({ blobs }) => ({
      kind: "blob-ask",
      hashes: Array.from({ length: 256 }, (_, i) => [...blobs.keys()][i % blobs.size]),
    }),
    "questions about clocks": (_, n) => ({ kind: "clock-probe", n }),
    "heads that go up and down": ({ bob }, n) => ({
      kind: "heads",
      heads: [{ device: bob.id, seq: n % 2 === 0 ? 1000 + n : 1, hash }],
    }),
    "empty records": () => ({ kind: "entries", entries: [] }),
    "acks": ({ bob }, n) => ({ kind: "ack", heads: [{ device: bob.id, seq: n, hash }] }),
    "the same hello": ({ mal }) => ({
      ...{ kind: "hello", device: mal.id, nonce: new Uint8Array(16), invite: null },
    }),
    "proofs": () => ({
      ...{ kind: "proof", answers: new Uint8Array(4), sig: new Uint8Array(64), invite: null },
    }),
    "pushing asked for and not": (_, n) => ({ kind: "pushing", isWanted: n % 2 === 0 }),
    "credit that goes back and forth": (_, n) => ({
      kind: "credit",
      bytes: n % 2 === 0 ? MOST : 0,
      control: n % 3 === 0 ? MOST : 0,
    }),
  };
}

Deno.test("strangers who make a noise do not drive out of the log what a member did", async () => {
  const scene = await Scene.open("sensor");
  const { ann, net, mal } = scene;
  const line = await scene.malAt(ann);
  await line.say(Uint8Array.of(1, 2, 3));
  scene.assertNamed(ann, ["malformed"]);
  for (let n = 0; n < 200; n++) {
    const stranger = await net.line(ann);
    if (n % 3 === 0) await stranger.say(Uint8Array.of(1, 2, 3));
    else if (n % 3 === 1) await stranger.enter(await signerNamed(`eve ${n}`)); // keys cost nothing
    else {
      await stranger.greet(idOf(9));
      await stranger.say({
        ...{ kind: "proof", sig: new Uint8Array(64), invite: null },
        answers: stranger.all("hello")[0].nonce.slice(0, 4),
      });
    }
    net.now += SECOND;
  }
  scene.assertNamed(ann, ["malformed"], mal.id);
  await scene.assertUnharmed();
});

Deno.test("credit for more than was sent, and credit that is taken back, end the line or mean nothing", async () => {
  for (const credits of [[MOST, MOST], [1e9, 1], [0, MOST]]) {
    const scene = await Scene.open("sensor");
    const { ann, bob, mal } = scene;
    const line = await scene.malAt(ann);
    await line.say({ kind: "credit", bytes: credits[0], control: credits[1] });
    for (let n = 0; n < 200 && line.dropped === null; n++) {
      await line.say({
        ...{ kind: "want", n: n + 1, mostBytes: MOST },
        feeds: [ann.id, bob.id, mal.id].map((device) => ({ device, after: 0 })),
      });
    }
    assert.ok(
      line.heardBytes <= MOST_UNREAD_BYTES,
      `${line.heardBytes} bytes to one who reads none`,
    );
    await scene.assertUnharmed();
    if (line.dropped !== null) scene.assertNamed(ann, ["malformed", "too-fast", "oversized"]);
  }
});

Deno.test("a peer that reads nothing costs bounded memory, however much there is to say", async () => {
  const scene = await Scene.open("sensor");
  const { ann, net } = scene;
  const line = await scene.malAt(ann);
  await line.say({ kind: "want", n: 1, feeds: [{ device: ann.id, after: 0 }], mostBytes: MOST });
  for (let n = 0; n < 400; n++) {
    const observations = Array.from({ length: 64 }, (_, i) => seenBy(ann, 10_000 + 64 * n + i));
    await ann.replica.record(observations, []);
    await ann.node.announce([ann.id]);
    for (const one of observations) {
      scene.observations.set(one.id, (await ann.store.observation(one.id))!);
    }
  }
  assert.ok(line.heardBytes <= MOST_UNREAD_BYTES, `${line.heardBytes} bytes to one who reads none`);
  await net.deliver();
  await net.pass(2 * MINUTE);
  assert.ok(line.heardBytes <= MOST_UNREAD_BYTES, `${line.heardBytes} bytes, two minutes later`);
  await scene.assertUnharmed();
});

/** Answers all wants that were not answered yet, with nothing. */
async function answerEmpty(line: HostileLine): Promise<void> {
  const wants = line.all("want");
  for (const { n } of wants.slice(answeredBy.get(line) ?? 0)) {
    await line.say({ kind: "entries", entries: [], ...n === undefined ? {} : { answers: n } });
  }
  answeredBy.set(line, wants.length);
}
const answeredBy = new WeakMap<HostileLine, number>();
