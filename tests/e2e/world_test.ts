import assert from "node:assert/strict";
import type { Condition } from "../../field/decide/rule.ts";
import { ALERT, ruleOf, rulesOf } from "../fixtures/decisions.ts";
import { POSE } from "../fixtures/world_workers.ts";
import { TemporaryFolder } from "../temporary_folder.ts";
import { openApp, startDemo, status, waitForStatus } from "./app.ts";
import { openChromium } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import type { WatchedPage } from "./watched_page.ts";

/** An object of the demo scene comes in at the latest after half of the scene's minute. */
const SEEN_WITHIN_MS = 60_000;
const LINKED_WITHIN_MS = 30_000;
/** All that the camera sees. */
const AROUND = {
  ...{ id: "north", name: "Around" },
  corners: [[-30_000, -30_000], [30_000, -30_000], [30_000, 30_000], [-30_000, 30_000]],
} as const;
const ENTERED: Condition = {
  ...{ kind: "zone", zone: "north", change: "entered" } as const,
  ...{ labels: [], confidence: 0 },
};
const RULES = {
  ...rulesOf(ruleOf({ when: ENTERED, actions: [ALERT] })),
  ...{ zones: [AROUND], lines: [] },
};

endToEnd(
  "what one device sees is on the other's plan, both decide once, and a killed browser keeps it",
  async () => {
    await using hub = await RunningHub.start();
    await using profile = await TemporaryFolder.make("profile");
    await using browser = await openChromium();
    await using other = await openApp(browser.puppeteer, hub.url);
    await other.page.evaluate((rules) => globalThis.fieldmesh.keepRules(rules, null), RULES);
    const { link } = await other.page.evaluate(() => globalThis.fieldmesh.invite());
    const first = await openChromium({ profile: profile.path });
    const watching = await openApp(first.puppeteer, link);
    await watching.page.evaluate((link) => globalThis.fieldmesh.join(link), link);
    for (const page of [watching, other]) {
      await waitForStatus(
        page,
        "the two to be linked",
        ({ peers }) => peers.some(({ connected }) => connected),
        LINKED_WITHIN_MS,
      );
      await listen(page);
    }
    const camera = { kind: "pose", pose: POSE, error: ERROR } as const;
    await watching.page.evaluate((camera) => globalThis.fieldmesh.placeCamera(camera), camera);
    await startDemo(watching);
    const { device } = await status(watching);
    // of several that come in at once each tells of the last it knew: of which, may differ
    for (const id of await Promise.all([watching, other].map(untilDecided))) {
      assert.ok(id.startsWith(`watch/track ${device.id}:`), id);
    }
    const [mine, theirs] = await Promise.all([watching, other].map(world));
    assert.deepEqual([theirs.agents, theirs.decisions.length], [[POSE.position], 1]);
    assert.ok(theirs.tracks.length > 0);
    for (const id of theirs.tracks) assert.ok(id.startsWith(device.id), id);
    await first.kill();

    await using again = await openChromium({ profile: profile.path });
    await using reopened = await openApp(again.puppeteer, hub.url);
    const kept = await world(reopened);
    assert.deepEqual(kept.decisions.slice(0, mine.decisions.length), mine.decisions);
    assert.deepEqual(kept.agents, [POSE.position]);
    assert.equal(kept.rules, 1);
  },
);

const ERROR = { positionM: 0.2, heightM: 0.1, headingDeg: 1, tiltDeg: 1, fovDeg: 1 };

interface Told {
  readonly decisions: readonly string[];
}

/** Notes what the page is told of decisions. */
async function listen({ page }: WatchedPage): Promise<void> {
  await page.evaluate(() => {
    const decisions: string[] = [];
    Object.assign(globalThis, { told: { decisions } satisfies Told });
    globalThis.fieldmesh.on("decided", ({ decision }) => decisions.push(decision.id));
  });
}

/** Ids of the decisions that the page was told of; each was told once. */
async function untilDecided(page: WatchedPage): Promise<string> {
  const told = () => (globalThis as unknown as { told: Told }).told.decisions;
  const ids = await page.waitFor("a decision", told, (all) => all.length > 0, {
    withinMs: SEEN_WITHIN_MS,
  });
  assert.equal(new Set(ids).size, ids.length);
  return ids[0];
}

function world({ page }: WatchedPage) {
  return page.evaluate(async () => {
    const { now, decisions, rules } = await globalThis.fieldmesh.world();
    return {
      agents: now.agents.map(({ pose }) => pose.position),
      tracks: now.tracks.map(({ id }) => id),
      decisions: decisions.map(({ id }) => id),
      rules: rules.rules.length,
    };
  });
}
