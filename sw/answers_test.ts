import assert from "node:assert/strict";
import type { Answer } from "../field/messages.ts";
import { Answers } from "./answers.ts";

function answerOf(id: string): Answer {
  return { id, boot: "b", ok: true, value: null };
}

Deno.test("once() does a call that comes again only the first time, and answers it alike", async () => {
  const answers = new Answers<Answer>();
  let done = 0;
  const give = () => {
    done++;
    return Promise.resolve(answerOf("1"));
  };
  const [first, second] = await Promise.all([answers.once("1", give), answers.once("1", give)]);
  const third = await answers.once("1", give);
  assert.equal(done, 1);
  assert.equal(second, first);
  assert.equal(third, first);
});

Deno.test("once() does another call even while the first one is under way", async () => {
  const answers = new Answers<Answer>();
  const first = Promise.withResolvers<Answer>();
  const slow = answers.once("slow", () => first.promise);
  assert.equal((await answers.once("fast", () => Promise.resolve(answerOf("fast")))).id, "fast");
  first.resolve(answerOf("slow"));
  assert.equal((await slow).id, "slow");
});

Deno.test("once() remembers the last 256 calls, and forgets those before: memory is bounded", async () => {
  const answers = new Answers<Answer>();
  const done: string[] = [];
  const call = (id: string) =>
    answers.once(id, () => {
      done.push(id);
      return Promise.resolve(answerOf(id));
    });
  for (let n = 0; n < 257; n++) await call(`${n}`);
  await call("1");
  await call("256");
  assert.equal(done.length, 257);
  await call("0");
  assert.deepEqual(done.slice(257), ["0"]);
});
