import assert from "node:assert/strict";
import { GROUND, parseThemeChoice, resolveTheme } from "./theme_choice.ts";

const dark = { light: false, moreContrast: false };

Deno.test("parseThemeChoice() takes known choices and falls back to the system's", () => {
  assert.equal(parseThemeChoice("sun"), "sun");
  assert.equal(parseThemeChoice("system"), "system");
  assert.equal(parseThemeChoice("noon"), "system");
  assert.equal(parseThemeChoice(null), "system");
});

Deno.test("resolveTheme() follows the system unless one is pinned", () => {
  assert.equal(resolveTheme("system", dark), "dusk");
  assert.equal(resolveTheme("system", { light: true, moreContrast: false }), "day");
  assert.equal(resolveTheme("system", { light: false, moreContrast: true }), "sun");
  assert.equal(resolveTheme("dusk", { light: true, moreContrast: true }), "dusk");
});

Deno.test("GROUND is what tokens.css says", async () => {
  const css = await Deno.readTextFile(new URL("../static/styles/tokens.css", import.meta.url));
  for (const [theme, ground] of Object.entries(GROUND)) {
    const block = css.slice(css.indexOf(`[data-theme="${theme}"]`));
    assert.equal(/--ground: (#[0-9a-f]{6})/.exec(block)?.[1], ground, theme);
  }
});
