/** A storm of writes, of which the test hears what the app's user was told is saved. */
import assert from "node:assert/strict";
import { TemporaryFolder } from "../temporary_folder.ts";
import { assertVerifies, openApp } from "./app.ts";
import type { BrowserOptions, RunningBrowser } from "./browser.ts";
import { RunningHub } from "./hub.ts";
import type { WatchedPage } from "./watched_page.ts";

/** A quicker run: FIELDMESH_KILLS=5 deno task test e2e/storm. */
export const KILLS = Number(Deno.env.get("FIELDMESH_KILLS") ?? 50);

/** Notes go to this many observations, so that few calls read them all again. */
const TARGETS = 8;
/** Several writers at once, as a person, a sync and a camera are. */
const WRITERS = 4;
const SAID = "acknowledged: ";

/** Kills a browser in storms of writes, and looks each time whether all is there that was acknowledged. */
export async function killInStorms(
  open: (options: BrowserOptions) => Promise<RunningBrowser>,
): Promise<void> {
  await using hub = await RunningHub.start();
  await using profile = await TemporaryFolder.make("profile");
  const storm = new Storm();
  for (let kill = 0; kill < KILLS; kill++) {
    await using browser = await open({ profile: profile.path });
    const page = await openApp(browser.puppeteer, hub.url);
    await storm.assertNothingLost(page);
    // a different moment each time, also while hardly anything is acknowledged
    await storm.rage(page, 1 + (kill * 7) % 40);
    await browser.kill();
    assert.deepEqual(page.errors, []);
  }
  await using browser = await open({ profile: profile.path });
  await using page = await openApp(browser.puppeteer, hub.url);
  await storm.assertNothingLost(page);
  await assertVerifies(page);
  assert.ok(storm.acknowledged >= KILLS, `only ${storm.acknowledged} notes were acknowledged`);
  console.log(`${storm.acknowledged} acknowledged notes, none missing`);
}

/** Everything that was acknowledged, in all storms of a profile. */
class Storm {
  readonly #acknowledged: { readonly observation: string; readonly word: string }[] = [];
  #count = 0;

  get acknowledged(): number {
    return this.#acknowledged.length;
  }

  /** Writes until `enough` more acknowledgements were heard; the writers go on meanwhile. */
  async rage({ page }: WatchedPage, enough: number): Promise<void> {
    const until = this.acknowledged + enough;
    const heard = Promise.withResolvers<void>();
    page.on("console", (message) => {
      const text = message.text();
      if (!text.startsWith(SAID)) return;
      const [observation, word] = text.slice(SAID.length).split(" ");
      this.#acknowledged.push({ observation, word });
      if (this.acknowledged >= until) heard.resolve();
    });
    await page.evaluate(startWriters, WRITERS, TARGETS, `r${this.#count++}`, SAID);
    await heard.promise;
  }

  /** All that was ever acknowledged is in the app's records. */
  async assertNothingLost({ page }: WatchedPage): Promise<void> {
    const found = new Set(await page.evaluate(readWords, TARGETS));
    const lost = this.#acknowledged.filter(({ observation, word }) =>
      !found.has(`${observation} ${word}`)
    );
    assert.deepEqual(lost.slice(0, 5), [], `${lost.length} acknowledged notes are missing`);
  }
}

/** In the page: writers that note one word after the other, and say each when it is saved. */
async function startWriters(
  writers: number,
  targets: number,
  round: string,
  said: string,
): Promise<void> {
  const { device } = await globalThis.fieldmesh.status();
  const write = async (writer: number) => {
    for (let n = 0;; n++) {
      const observation = `${device.id.slice(0, 12)}-${(writer + n) % targets}`;
      const word = `${round}w${writer}n${n}`;
      await globalThis.fieldmesh.note({ observation, field: `label/${word}`, value: true });
      console.log(`${said}${observation} ${word}`);
    }
  };
  // the first that cannot write ends its own writing only; the test waits for the others
  for (let writer = 0; writer < writers; writer++) {
    write(writer).catch((failure) => console.log(`a writer stopped: ${failure.message}`));
  }
}

async function readWords(targets: number): Promise<string[]> {
  const { device } = await globalThis.fieldmesh.status();
  const words: string[] = [];
  for (let target = 0; target < targets; target++) {
    const observation = `${device.id.slice(0, 12)}-${target}`;
    for (const { field } of await globalThis.fieldmesh.history(observation)) {
      words.push(`${observation} ${field.slice("label/".length)}`);
    }
  }
  return words;
}
