import assert from "node:assert/strict";
import { annsStore, bundleOf } from "../tests/fixtures/bundles.ts";
import { runVerify } from "./verify_command.ts";

async function run(...args: string[]): Promise<{ code: number; said: string; warned: string }> {
  const [said, warned]: [string[], string[]] = [[], []];
  const code = await runVerify(args, {
    say: (text) => said.push(text),
    warn: (text) => warned.push(text),
  });
  return { code, said: said.join("\n"), warned: warned.join("\n") };
}

Deno.test("runVerify() says what is in a good bundle, and ends with 0", async () => {
  const path = await Deno.makeTempFile({ suffix: ".fieldmesh" });
  try {
    await Deno.writeFile(path, await bundleOf((await annsStore()).store));
    const { code, said } = await run(path);
    assert.equal(code, 0);
    for (
      const words of [
        /Entries +14\n/,
        /Observations +14, 2027-01-15 07:58 UTC to 2027-01-15 07:59 UTC/,
        /Pictures +2 \(270.0 KB\), 2 more are not in the bundle/,
        /Ben's tablet, device 03649887/,
        /All is well/,
      ]
    ) assert.match(said, words);
    const json = JSON.parse((await run("--json", path)).said);
    assert.deepEqual([json.ok, json.entries, json.devices.length], [true, 14, 3]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("runVerify() names what does not hold, and ends with 1", async () => {
  const path = await Deno.makeTempFile();
  try {
    const bundle = await bundleOf((await annsStore()).store);
    bundle[bundle.length - 5] ^= 1;
    await Deno.writeFile(path, bundle);
    const { code, said } = await run(path);
    assert.equal(code, 1);
    assert.match(said, /Faults:\n +Bytes \d+ to \d+ are damaged.*\n +The bundle is not whole/);
    assert.equal(JSON.parse((await run(path, "--json")).said).ok, false);
  } finally {
    await Deno.remove(path);
  }
  const { code, warned } = await run("/no/such/bundle");
  assert.equal(code, 1);
  assert.match(warned, /Cannot read \/no\/such\/bundle: No such file/);
});

Deno.test("runVerify() ends with 2 when it is called wrongly, and helps", async () => {
  for (const args of [[], ["a", "b"], ["--what", "a"]]) {
    const { code, warned } = await run(...args);
    assert.equal(code, 2);
    assert.match(warned, /deno task verify <bundle>/);
  }
  assert.equal((await run("--help")).code, 0);
});

Deno.test("runVerify() shows names without what would move the terminal's cursor", async () => {
  const path = await Deno.makeTempFile();
  try {
    const ann = await annsStore({ pictureBytes: [10] });
    await ann.replica.rename("\u001b[2JAnn");
    await Deno.writeFile(path, await bundleOf(ann.store));
    assert.match((await run(path)).said, /\n\?\[2JAnn, device/);
  } finally {
    await Deno.remove(path);
  }
});
