import assert from "node:assert/strict";
import type { CDPSession } from "puppeteer-core";
import { TemporaryFolder } from "../temporary_folder.ts";
import { assertVerifies, openApp } from "./app.ts";
import { openChromium, type RunningBrowser } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import type { WatchedPage } from "./watched_page.ts";

/** What the app itself stores for use offline takes 19.3 MB; with too little the test says so. */
const APP_BYTES = 21_000_000;
const ROOM_BYTES = 900_000;

interface Outcome {
  readonly saved: number;
  readonly code: string;
  readonly message: string;
}

endToEnd(
  "a full disk is told, loses nothing that was acknowledged, and is over when there is room",
  async () => {
    await using hub = await RunningHub.start();
    await using profile = await TemporaryFolder.make("profile");
    let saved = 0;
    {
      await using browser = await openChromium({ profile: profile.path });
      // before the app opens its database: Chromium looks at the quota once in half a minute
      const quota = await QuotaOf.origin(browser, hub.url);
      await quota.set(APP_BYTES + ROOM_BYTES);
      const page = await openApp(browser.puppeteer, hub.url);
      const full = await noteUntilRefused(page);
      assert.equal(full.code, "storage-full", full.message);
      assert.match(full.message, /free space/i);
      saved = full.saved;
      assert.ok(saved > 0, "nothing was saved before the disk was full");
      assert.equal(await countNotes(page), saved, "of the acknowledged notes, before the restart");
      await quota.set(null);
      await page.page.evaluate(noteOnce);
      await browser.kill();
    }
    await using browser = await openChromium({ profile: profile.path });
    await using page = await openApp(browser.puppeteer, hub.url);
    assert.equal(await countNotes(page), saved + 1, "of the acknowledged notes, after the restart");
    await assertVerifies(page);
  },
);

/** A site's quota, as Chromium's developer tools set it; in force as long as its session. */
class QuotaOf {
  readonly #session: CDPSession;
  readonly #origin: string;

  private constructor(session: CDPSession, origin: string) {
    [this.#session, this.#origin] = [session, origin];
  }

  static async origin(browser: RunningBrowser, url: string): Promise<QuotaOf> {
    const page = await browser.puppeteer.newPage();
    await page.goto(new URL("/healthz", url).href);
    return new QuotaOf(await page.createCDPSession(), new URL(url).origin);
  }

  /** Null: no other quota than every site's. */
  async set(bytes: number | null): Promise<void> {
    const quota = bytes === null ? {} : { quotaSize: bytes };
    await this.#session.send("Storage.overrideQuotaForOrigin", { origin: this.#origin, ...quota });
  }
}

/** Long comments, one after the other, until one is refused. */
function noteUntilRefused({ page }: WatchedPage): Promise<Outcome> {
  return page.evaluate(async () => {
    const { device } = await globalThis.fieldmesh.status();
    const observation = `${device.id.slice(0, 12)}-0`;
    for (let saved = 0; saved < 5000; saved++) {
      // random letters, so that no compression makes room
      const letters = Array.from(
        crypto.getRandomValues(new Uint8Array(950)),
        (byte) => byte.toString(16).padStart(2, "0"),
      );
      try {
        await globalThis.fieldmesh.note({ observation, field: "comment", value: letters.join("") });
      } catch (thrown) {
        const { code, message } = thrown as { code: string; message: string };
        return { saved, code, message };
      }
    }
    return { saved: 5000, code: "none", message: "the disk was never full" };
  });
}

async function noteOnce(): Promise<void> {
  const { device } = await globalThis.fieldmesh.status();
  const observation = `${device.id.slice(0, 12)}-0`;
  await globalThis.fieldmesh.note({ observation, field: "comment", value: "there is room again" });
}

async function countNotes({ page }: WatchedPage): Promise<number> {
  const history = await page.evaluate(async () => {
    const { device } = await globalThis.fieldmesh.status();
    return await globalThis.fieldmesh.history(`${device.id.slice(0, 12)}-0`);
  });
  return history.length;
}
