import assert from "node:assert/strict";
import { decideClick, isAppPage, isSamePage } from "./nav_decision.ts";
import type { LinkClick } from "./nav_decision.ts";

const HERE = new URL("https://hub.local:8443/log");

function click(href: string, rest: Partial<LinkClick> = {}): LinkClick {
  return {
    href,
    target: "",
    download: false,
    button: 0,
    modified: false,
    defaultPrevented: false,
    ...rest,
  };
}

Deno.test("decideClick() visits the app's other pages", () => {
  assert.equal(decideClick(click("/"), HERE), "visit");
  assert.equal(decideClick(click("https://hub.local:8443/crew#join=abc"), HERE), "visit");
  assert.equal(decideClick(click("/log?start=demo"), HERE), "visit");
  assert.equal(decideClick(click("/about", { target: "_self" }), HERE), "visit");
});

Deno.test("decideClick() stays on the page that is shown", () => {
  assert.equal(decideClick(click("/log"), HERE), "stay");
});

Deno.test("decideClick() leaves anchors, other sites and other files to the browser", () => {
  assert.equal(decideClick(click("/log#main"), HERE), "browser");
  assert.equal(decideClick(click("https://example.org/log"), HERE), "browser");
  assert.equal(decideClick(click("https://hub.local/log"), HERE), "browser");
  assert.equal(decideClick(click("/ca.crt"), HERE), "browser");
  assert.equal(decideClick(click("mailto:a@example.org"), HERE), "browser");
});

Deno.test("decideClick() leaves new tabs, downloads and handled clicks to the browser", () => {
  assert.equal(decideClick(click("/", { modified: true }), HERE), "browser");
  assert.equal(decideClick(click("/", { button: 1 }), HERE), "browser");
  assert.equal(decideClick(click("/", { target: "_blank" }), HERE), "browser");
  assert.equal(decideClick(click("/", { download: true }), HERE), "browser");
  assert.equal(decideClick(click("/", { defaultPrevented: true }), HERE), "browser");
});

Deno.test("isSamePage() ignores the fragment only", () => {
  assert.equal(isSamePage(new URL("#join=a", HERE), HERE), true);
  assert.equal(isSamePage(new URL("?a=1", HERE), HERE), false);
  assert.equal(isSamePage(new URL("/", HERE), HERE), false);
});

Deno.test("isAppPage() knows the app's pages of its own origin only", () => {
  assert.equal(isAppPage(new URL("/trust", HERE), HERE.origin), true);
  assert.equal(isAppPage(new URL("/healthz", HERE), HERE.origin), false);
  assert.equal(isAppPage(new URL("http://hub.local:8443/log"), HERE.origin), false);
});
