import assert from "node:assert/strict";
import { Emitter } from "./emitter.ts";

Deno.test("emit() reaches all listeners of the event, until they leave", () => {
  const emitter = new Emitter<{ a: number; b: string }>();
  const heard: unknown[] = [];
  const end = emitter.on("a", (value) => heard.push(["first", value]));
  emitter.on("a", (value) => heard.push(["second", value]));
  emitter.emit("b", "unheard");
  emitter.emit("a", 1);
  end();
  emitter.emit("a", 2);
  assert.deepEqual(heard, [["first", 1], ["second", 1], ["second", 2]]);
});

Deno.test("emit() reaches the others when a listener throws, and reports what it threw", () => {
  const emitter = new Emitter<{ a: number }>();
  const reported: unknown[] = [];
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    reported.push(event.error.message);
  };
  addEventListener("error", onError);
  let heard = 0;
  emitter.on("a", () => {
    throw new Error("a view's mistake");
  });
  emitter.on("a", () => heard++);
  emitter.emit("a", 1);
  removeEventListener("error", onError);
  assert.equal(heard, 1);
  assert.deepEqual(reported, ["a view's mistake"]);
});
