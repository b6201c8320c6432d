/** That every publisher is heard by every device, whoever speaks when, and over about as many links as a tree has. */
import assert from "node:assert/strict";
import { usePromptCrypto } from "../prompt_crypto.ts";
import { TalkingCrew, type TalkingOptions } from "./talking_crew.ts";

/** Within this all hear what is pushed: some hops, and frames that are sent again on them. */
const PUSHED_MS = 1000;
/** Where the tree is broken: the next tick of a neighbour tells what there is, and it is asked for. */
const MENDED_MS = 3000;
const SEEDS = Number(Deno.env.get("TALKING_SEEDS") ?? 2);

async function withCrews(
  sizes: readonly number[],
  losses: readonly number[],
  check: (crew: TalkingCrew, options: TalkingOptions, about: string) => Promise<void>,
): Promise<void> {
  const restore = usePromptCrypto();
  try {
    for (const nodes of sizes) {
      for (const loss of losses) {
        for (let seed = 1; seed <= SEEDS; seed++) {
          const options = { nodes, loss, seed };
          await check(await TalkingCrew.begin(options), options, JSON.stringify(options));
        }
      }
    }
  } finally {
    restore();
  }
}

Deno.test("all who publish at once, with no tree yet, are heard by all, in each of three rounds", async () => {
  await withCrews([3, 5, 8, 16, 32], [0, 0.3], async (crew, _, about) => {
    for (let round = 0; round < 3; round++) {
      crew.publishAll(`r${round}`);
      await crew.msUntil(() => crew.unheard(`r${round}`).length === 0, PUSHED_MS);
      assert.deepEqual(crew.unheard(`r${round}`), [], `${about} round ${round}`);
    }
    assert.equal(crew.heardTwice, 0, about);
  });
});

Deno.test("all who publish one after the other, too fast for any tree to form, are heard by all", async () => {
  await withCrews([5, 8, 16], [0.3], async (crew, _, about) => {
    for (let burst = 0; burst < 20; burst++) {
      crew.publishAll(`b${burst}`);
      await crew.run(10);
    }
    await crew.run(MENDED_MS);
    for (let burst = 0; burst < 20; burst++) {
      assert.deepEqual(crew.unheard(`b${burst}`), [], `${about} burst ${burst}`);
    }
    assert.equal(crew.heardTwice, 0, about);
  });
});

Deno.test("all who record at once, with no tree yet, have all records sooner than a summary could find them", async () => {
  await withCrews([3, 5, 8, 16], [0, 0.3], async (crew, _, about) => {
    for (let round = 0; round < 3; round++) {
      crew.recordAll();
      const ms = await crew.msUntil(() => crew.hasAllRecords(), PUSHED_MS);
      assert.ok(ms <= PUSHED_MS, `${about} round ${round}`);
    }
  });
});

Deno.test("once there are trees a message goes over about as many links as there are others", async () => {
  await withCrews([5, 8, 16, 32], [0.3], async (crew, { nodes }, about) => {
    for (let round = 0; round < 3; round++) {
      crew.publishAll(`f${round}`);
      await crew.run(2000);
    }
    const before = { ...crew.saidOf("ephemeral") };
    const beforeIds = { ...crew.saidOf("message-have") };
    const rounds = 5;
    for (let round = 0; round < rounds; round++) {
      crew.publishAll(`s${round}`);
      await crew.run(2000);
      assert.deepEqual(crew.unheard(`s${round}`), [], about);
    }
    const tree = rounds * nodes * (nodes - 1);
    const sent = crew.saidOf("ephemeral").frames - before.frames;
    const flood = rounds * nodes * (2 * crew.links - nodes + 1);
    const notices = crew.saidOf("message-have").bytes - beforeIds.bytes;
    const messageBytes = crew.saidOf("ephemeral").bytes - before.bytes;
    if (SEEDS > 2) {
      console.log(
        `${about}: ${(sent / tree).toFixed(3)} of a tree (all to all ${
          (flood / tree).toFixed(2)
        }), ` +
          `notices ${(100 * notices / messageBytes).toFixed(1)} % of bytes`,
      );
    }
    assert.ok(sent <= 1.1 * tree, `${about}: ${sent / tree}`);
  });
});

Deno.test("while links go and come each message is heard by all, if not at once then when it is told of", async () => {
  await withCrews([5, 8, 16], [0.1], async (crew, { nodes }, about) => {
    const publishedAt = new Map<string, number>();
    for (let step = 0; step < 60; step++) {
      const [a, b] = crew.anyPair();
      crew.cut((x, y) => x === a && y === b || x === b && y === a);
      for (let k = 0; k < 3; k++) {
        const i = crew.chance.below(nodes);
        const topic = `c/${step}/${k}`;
        publishedAt.set(topic, crew.nowMs);
        crew.publish(i, topic);
        await crew.run(100);
      }
      crew.link(() => true);
      await crew.run(300);
    }
    await crew.run(MENDED_MS);
    for (const [topic, ms] of publishedAt) {
      for (const [i, heard] of crew.heardAt.entries()) {
        const lateMs = (heard.get(topic) ?? Infinity) - ms;
        assert.ok(lateMs <= MENDED_MS, `${about}: ${topic} on ${i} after ${lateMs} ms`);
      }
    }
    assert.equal(crew.heardTwice, 0, about);
  });
});

Deno.test("apart each half hears its own; together again all hear all, over one link too", async () => {
  await withCrews([5, 8, 16], [0, 0.3], async (crew, { nodes }, about) => {
    crew.publishAll("before");
    await crew.run(PUSHED_MS);
    const isApart = (a: number, b: number) => a < nodes / 2 !== b < nodes / 2;
    crew.cut(isApart);
    await crew.run(PUSHED_MS);
    crew.publishAll("apart");
    await crew.run(20_000);
    const crossed = crew.unheard("apart");
    assert.ok(crossed.length > 0, `${about}: not apart`);
    let isOneLink = false;
    crew.link((a, b) => {
      const isFirst = isApart(a, b) && !isOneLink;
      isOneLink ||= isFirst;
      return isFirst;
    });
    await crew.run(PUSHED_MS);
    for (const round of ["one link", "again"]) {
      crew.publishAll(round);
      await crew.run(MENDED_MS);
      assert.deepEqual(crew.unheard(round), [], about);
    }
    crew.link(() => true);
    await crew.run(PUSHED_MS);
    crew.publishAll("all links");
    await crew.run(PUSHED_MS);
    assert.deepEqual(crew.unheard("all links"), [], about);
  });
});
