import assert from "node:assert/strict";
import { attributionText } from "./attribution_text.ts";

Deno.test("attributionText() is what the HTML says, as text on one line", () => {
  const html = `<a href="https://www.openstreetmap.org/copyright" target="_blank">&copy;
    OpenStreetMap</a> contributors &amp; Protomaps`;
  assert.equal(attributionText(html), "© OpenStreetMap contributors & Protomaps");
  assert.equal(attributionText("&#169; City of K&#xf6;ln"), "© City of Köln");
  assert.equal(attributionText("a < b & c"), "a < b & c");
});

Deno.test("attributionText() leaves out what is no text, and shows the rest as it is written", () => {
  assert.equal(attributionText("<script>alert(1)</script>Map<!-- x -->"), "Map");
  assert.equal(attributionText("&lt;img src=x&gt;"), "<img src=x>");
  assert.equal(attributionText("&nope; &#0; &#x110000;"), "&nope; &#0; &#x110000;");
});

Deno.test("attributionText() of nothing is empty, of too much is cut", () => {
  assert.deepEqual([undefined, null, 7, {}, " "].map(attributionText), ["", "", "", "", ""]);
  assert.equal(attributionText("ab ".repeat(100)).length, 202);
});
