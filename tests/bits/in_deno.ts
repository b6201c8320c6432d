/** The bit suite's bundle in a Deno process of its own. Prints failures and hashes as JSON. */
import type { BitSuite } from "./suite.ts";

const [origin] = Deno.args;
Object.assign(globalThis, { bitsOrigin: origin });
(0, eval)(await (await fetch(new URL("/suite.js", origin))).text());
const suite: BitSuite = Reflect.get(globalThis, "bits");
const failures: string[] = [];
const count = await suite.opTests();
for (let index = 0; index < count; index++) {
  const failure = await suite.runOpTest(index);
  if (failure !== null) failures.push(failure);
}
console.log(JSON.stringify({ failures, hashes: await suite.opHashes() }));
