import assert from "node:assert/strict";
import { onInstallable } from "./install_prompt.ts";

Deno.test("onInstallable() keeps the browser's banner back and prompts when told", async () => {
  const target = new EventTarget();
  const offers: (() => Promise<void>)[] = [];
  onInstallable(target, (install) => offers.push(install));
  target.dispatchEvent(new Event("beforeinstallprompt"));
  assert.equal(offers.length, 0, "an event without a prompt offers nothing");
  let prompts = 0;
  const event = Object.assign(new Event("beforeinstallprompt", { cancelable: true }), {
    prompt: () => Promise.resolve(void prompts++),
  });
  target.dispatchEvent(event);
  assert.equal(event.defaultPrevented, true);
  assert.equal(prompts, 0);
  await offers[0]();
  assert.equal(prompts, 1);
});
