import assert from "node:assert/strict";
import { openChromium } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { axeViolations, overflowPx, smallTargets, unreachableControls } from "./page_audit.ts";
import { openPage, type WatchedPage } from "./watched_page.ts";

const GOOD = `<!doctype html><html lang="en"><title>Good</title>
  <style>button, label { min-width: 48px; min-height: 48px; display: inline-block }</style>
  <main><h1>Good</h1><p>Text with <a href="#a">a link</a> in it.</p><button>Go</button>
  <label><input type="radio" name="r" checked>One</label>
  <label><input type="radio" name="r">Two</label></main></html>`;

endToEnd("the page audit finds nothing on a good page", async () => {
  await using browser = await openChromium();
  await using page = await openPage(browser.puppeteer, asAddress(GOOD));
  assert.deepEqual(await auditOf(page), { axe: [], wide: 0, small: [], unreached: [] });
});

endToEnd("the page audit finds what breaks each of its rules", async () => {
  await using browser = await openChromium();
  const bad = GOOD.replace(
    "</main>",
    `<div style="width: 500px">wide</div><img src="data:,">
     <button style="min-height: 20px; height: 20px">Thin</button>
     <button tabindex="-1">Hidden from keys</button></main>`,
  );
  await using page = await openPage(browser.puppeteer, asAddress(bad));
  const { axe, wide, small, unreached } = await auditOf(page);
  assert.match(axe.join(), /image-alt/);
  assert.ok(wide > 0);
  assert.match(small.join(), /^\d+×20: <button.*Thin/);
  assert.match(unreached.join(), /^<button tabindex="-1">/);
});

function asAddress(html: string): string {
  return `data:text/html,${encodeURIComponent(html)}`;
}

async function auditOf(page: WatchedPage) {
  return {
    axe: await axeViolations(page),
    wide: await overflowPx(page),
    small: await smallTargets(page),
    unreached: await unreachableControls(page),
  };
}
