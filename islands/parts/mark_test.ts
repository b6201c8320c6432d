import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { h } from "preact";
import Mark from "./mark.tsx";

Deno.test("Mark() draws what the icons show", async () => {
  const favicon = await Deno.readTextFile(
    new URL("../../static/icons/favicon.svg", import.meta.url),
  );
  const drawn = renderToString(h(Mark, {}));
  const shapesIn = (svg: string) =>
    [...svg.matchAll(/(?: d="([^"]+)")|(?:cx="([^"]+)" cy="([^"]+)" r="([^"]+)")/g)]
      .map((match) => match.slice(1).join(" "));
  assert.equal(shapesIn(drawn).length, 5);
  assert.deepEqual(shapesIn(drawn), shapesIn(favicon));
});
