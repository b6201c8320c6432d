import assert from "node:assert/strict";
import { closingLine, countTests, failureLines, failuresOf } from "./test_report.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

// Run by the Deno at hand, so that a change of its report is noticed here first.
async function reportOf(source: string): Promise<string> {
  await using folder = await TemporaryFolder.make("report");
  await Deno.writeTextFile(`${folder.path}/sample_test.ts`, source);
  await new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-check", "--junit-path=report.xml", "sample_test.ts"],
    cwd: folder.path,
    stdout: "null",
    stderr: "null",
  }).output();
  return await Deno.readTextFile(`${folder.path}/report.xml`);
}

Deno.test("countTests() counts what passed, failed and was ignored", async () => {
  const report = await reportOf(`
    Deno.test("one", () => {});
    Deno.test("two", () => {});
    Deno.test("three </testcase> > \\"four\\"", () => { throw new Error("<skipped/> & so on"); });
    Deno.test.ignore("five", () => {});
  `);
  assert.deepEqual(countTests(report), { passed: 2, failed: 1, skipped: 1 });
});

Deno.test("countTests() does not count steps, and a failed step fails its test once", async () => {
  const report = await reportOf(`
    Deno.test("good", async (t) => { await t.step("a", () => {}); await t.step("b", () => {}); });
    Deno.test("bad", async (t) => {
      await t.step("a", async (t) => { await t.step("deep", () => { throw new Error("no"); }); });
    });
  `);
  assert.deepEqual(countTests(report), { passed: 1, failed: 1, skipped: 0 });
});

Deno.test("countTests() counts the tests that an uncaught error kept from ending", async () => {
  const report = await reportOf(`
    Deno.test("first", () => new Promise(() => setTimeout(() => { throw new Error("late"); })));
    Deno.test("second", () => {});
  `);
  assert.deepEqual(countTests(report), { passed: 0, failed: 2, skipped: 0 });
});

Deno.test("closingLine() names skipped tests only when there are any", () => {
  assert.equal(closingLine({ passed: 3, failed: 0, skipped: 0 }), "3 passed, 0 failed");
  assert.equal(closingLine({ passed: 3, failed: 1, skipped: 2 }), "3 passed, 1 failed, 2 skipped");
});

Deno.test("failuresOf() gives name, file and error of each failed test", async () => {
  const [failure, ...more] = failuresOf(
    await reportOf(`
      Deno.test("good", () => {});
      Deno.test("</testcase> > \\"bad\\"", () => { throw new Error("<skipped/> & so on"); });
    `),
  );
  assert.deepEqual(more, []);
  assert.equal(failure.name, '</testcase> > "bad"');
  assert.equal(failure.file, "sample_test.ts");
  assert.match(failure.error, /^Error: <skipped\/> & so on\n.* at file:.*sample_test\.ts:3/s);
});

Deno.test("failuresOf() gives the error of the step that failed its test", async () => {
  const failures = failuresOf(
    await reportOf(`
      Deno.test("bad", async (t) => {
        await t.step("a", async (t) => { await t.step("deep", () => { throw new Error("no"); }); });
        await t.step("b", () => {});
      });
      Deno.test("bad, too", () => { throw new Error("own"); });
    `),
  );
  assert.deepEqual(failures.map(({ name }) => name), ["bad", "bad, too"]);
  assert.match(failures[0].error, /^Error: no\n/);
  assert.match(failures[1].error, /^Error: own\n/);
});

Deno.test("failuresOf() names the tests that an uncaught error kept from ending", async () => {
  const failures = failuresOf(
    await reportOf(`
      Deno.test("first", () => new Promise(() => setTimeout(() => { throw new Error("late"); })));
    `),
  );
  assert.deepEqual(failures, [{ file: "sample_test.ts", name: "first", error: "Cancelled" }]);
});

Deno.test("failureLines() bounds the lines of an error and the number of failures", () => {
  const failure = { file: "a_test.ts", name: "one", error: "first\nsecond\n" };
  assert.deepEqual(failureLines([failure]), [
    "FAILED: one (a_test.ts)",
    "    first",
    "    second",
  ]);
  const long = failureLines([{ ...failure, error: "line\n".repeat(13) }]);
  assert.deepEqual([long.length, long.at(-1)], [13, "    ..."]);
  assert.equal(failureLines([{ ...failure, error: "line\n".repeat(12) }]).at(-1), "    line");
  assert.equal(failureLines([{ ...failure, error: "x".repeat(1000) }]).at(-1)?.length, 404);
  const many = failureLines(Array.from({ length: 22 }, () => failure));
  assert.deepEqual([many.length, many.at(-1)], [61, "FAILED: 2 more, told above"]);
  assert.deepEqual(failureLines([]), []);
});
