import assert from "node:assert/strict";
import { DialBook } from "./dial_book.ts";

Deno.test("DialBook waits longer after each failure, for each peer by itself", () => {
  const book = new DialBook(() => 1);
  assert.ok(book.isDue("a", 0));
  book.ended("a", 0, 0);
  assert.ok(!book.isDue("a", 999) && book.isDue("a", 1_000));
  assert.ok(book.isDue("b", 0));
  book.ended("a", 1_000, 0);
  assert.ok(!book.isDue("a", 2_999) && book.isDue("a", 3_000));
});

Deno.test("DialBook begins anew after a link that lasted, and not after one that did not", () => {
  const book = new DialBook(() => 1);
  for (let failure = 0; failure < 10; failure++) book.ended("a", 0, 0);
  for (let broken = 0; broken < 20; broken++) book.ended("a", 0, 9_999);
  assert.ok(!book.isDue("a", 29_999) && book.isDue("a", 30_000));
  book.ended("a", 0, 10_000);
  assert.ok(book.isDue("a", 1_000));
});

Deno.test("DialBook calls at once again, a few times, whom a link led to that broke", () => {
  const book = new DialBook(() => 1);
  for (let failure = 0; failure < 10; failure++) book.ended("a", 0, 0);
  for (const waitMs of [1_000, 1_000, 1_000, 1_000, 2_000, 4_000]) {
    book.ended("a", 0, 500);
    assert.ok(!book.isDue("a", waitMs - 1) && book.isDue("a", waitMs), `${waitMs}`);
  }
});

Deno.test("hurry() makes all due, but does not forget how often they failed", () => {
  const book = new DialBook(() => 1);
  book.ended("a", 0, 0);
  book.ended("a", 0, 0);
  book.hurry();
  assert.ok(book.isDue("a", 0));
  book.ended("a", 0, 0);
  assert.ok(!book.isDue("a", 3_999));
});

Deno.test("keepOnly() forgets whom the plan does not name", () => {
  const book = new DialBook(() => 1);
  book.ended("a", 0, 0);
  book.ended("b", 0, 0);
  book.keepOnly(new Set(["b"]));
  assert.ok(book.isDue("a", 0) && !book.isDue("b", 0));
});
