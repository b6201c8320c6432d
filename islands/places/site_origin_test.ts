import assert from "node:assert/strict";
import { siteWords, typedOrigin } from "./site_origin.ts";

Deno.test("typedOrigin() reads degrees with a point, a comma, a minus of either kind", () => {
  assert.deepEqual(typedOrigin(" 52.5163", "13,3777"), {
    origin: { latitude: 52.5163, longitude: 13.3777 },
  });
  assert.deepEqual(typedOrigin("−33.9", "-70"), { origin: { latitude: -33.9, longitude: -70 } });
});

Deno.test("typedOrigin() says which of the two is no place, and what one is like", () => {
  for (const latitude of ["", "north", "86", "1e1", "12°"]) {
    const found = typedOrigin(latitude, "13");
    assert.ok("fault" in found && /latitude/.test(found.fault), latitude);
  }
  const east = typedOrigin("52", "181");
  assert.ok("fault" in east && /longitude/.test(east.fault));
});

Deno.test("siteWords() says the hemisphere in words", () => {
  assert.match(siteWords({ latitude: -33.9, longitude: -70 }), /33\.90000° south, 70\.00000° west/);
  assert.match(siteWords(null), /no place on earth yet/);
});
