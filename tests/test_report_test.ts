import assert from "node:assert/strict";
import { closingLine, countTests } from "./test_report.ts";
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
