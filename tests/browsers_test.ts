import assert from "node:assert/strict";
import { findBrowser, howToInstall, type Machine, requireBrowser } from "./browsers.ts";

function machine(files: string[], variables: Record<string, string> = {}): Machine {
  return {
    variable: (name) => ({ PATH: "/usr/local/bin:/usr/bin", ...variables })[name],
    isFile: (path) => files.includes(path),
  };
}

Deno.test("findBrowser() takes Debian's Chromium from the PATH", () => {
  assert.equal(findBrowser("chromium", machine(["/usr/bin/chromium"])), "/usr/bin/chromium");
});

Deno.test("findBrowser() prefers Firefox ESR to Firefox", () => {
  const both = machine(["/usr/local/bin/firefox", "/usr/bin/firefox-esr"]);
  assert.equal(findBrowser("firefox", both), "/usr/bin/firefox-esr");
});

Deno.test("findBrowser() takes the one that a variable names before all others", () => {
  const named = machine(["/usr/bin/chromium", "/opt/c"], { CHROMIUM_PATH: "/opt/c" });
  assert.equal(findBrowser("chromium", named), "/opt/c");
});

Deno.test("findBrowser() refuses a named path with nothing there, though another is installed", () => {
  const named = machine(["/usr/bin/chromium"], { CHROMIUM_PATH: "/opt/c" });
  assert.throws(() => findBrowser("chromium", named), /CHROMIUM_PATH: there is no file \/opt\/c/);
});

Deno.test("findBrowser() finds an application of macOS", () => {
  const path = "/Applications/Firefox.app/Contents/MacOS/firefox";
  assert.equal(findBrowser("firefox", machine([path])), path);
});

Deno.test("requireBrowser() says what to install when there is none", () => {
  assert.throws(() => requireBrowser("firefox", machine([])), /apt-get install firefox-esr/);
});

Deno.test("howToInstall() names every missing package in one command", () => {
  assert.match(howToInstall(["chromium", "firefox"]), /apt-get install chromium firefox-esr\n/);
});
