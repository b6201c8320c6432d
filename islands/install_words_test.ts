import assert from "node:assert/strict";
import { installWay } from "./install_words.ts";

const nothing = { standalone: false, offered: false, hasIosFlag: false };

Deno.test("installWay() prefers what is true over what is offered over what is told", () => {
  assert.equal(installWay({ standalone: true, offered: true, hasIosFlag: true }), "installed");
  assert.equal(installWay({ ...nothing, offered: true, hasIosFlag: true }), "offered");
  assert.equal(installWay({ ...nothing, hasIosFlag: true }), "share-menu");
  assert.equal(installWay(nothing), "browser-menu");
});
