import assert from "node:assert/strict";
import binaryen from "assemblyscript/binaryen";
import { readKernels } from "../models/kernels_wasm.ts";
import { compileKernels } from "./compile_kernels.ts";

const BUILDS = ["plain", "relaxed"] as const;
const SMALL = `
  import { word } from "./record.as";
  export function dot(record: usize): i32 {
    const one = v128.load(record);
    if (ASC_FEATURE_RELAXED_SIMD) {
      return i32x4.extract_lane(i32x4.relaxed_dot_i8x16_i7x16_add_s(one, one, one), 0);
    }
    return word(record, 0);
  }`;

/** The instructions, by their names. */
function textOf(wasm: Uint8Array): string {
  const module = binaryen.readBinary(wasm);
  try {
    return module.emitText();
  } finally {
    module.dispose();
  }
}

for (const build of BUILDS) {
  Deno.test(`compileKernels() gives the same bytes twice, ${build}`, async () => {
    assert.deepEqual(await compileKernels(build, SMALL), await compileKernels(build, SMALL));
  });

  Deno.test(`compileKernels() makes what the engine imports and exports, ${build}`, async () => {
    const module = await WebAssembly.compile(await readKernels(build));
    assert.deepEqual(
      WebAssembly.Module.imports(module).map(({ module, name, kind }) => [module, name, kind]),
      [["env", "memory", "memory"]],
    );
    const names = WebAssembly.Module.exports(module)
      .flatMap(({ name, kind }) => kind === "function" ? [name] : []);
    assert.deepEqual(names.sort(), ["heapBase", "image_rows", "run"]);
  });

  Deno.test(`compileKernels() makes kernels that never grow their memory, ${build}`, async () => {
    assert.doesNotMatch(textOf(await readKernels(build)), /memory\.grow/);
  });
}

Deno.test("compileKernels() puts relaxed instructions into the relaxed build alone", async () => {
  assert.match(textOf(await readKernels("relaxed")), /i32x4\.relaxed_dot_i8x16_i7x16_add_s/);
  assert.doesNotMatch(textOf(await readKernels("plain")), /relaxed/);
  assert.match(textOf(await compileKernels("relaxed", SMALL)), /relaxed_dot/);
  assert.doesNotMatch(textOf(await compileKernels("plain", SMALL)), /relaxed/);
});

Deno.test("compileKernels() tells the compiler's own words", async () => {
  await assert.rejects(
    compileKernels("plain", "export function run(): i32 { return nothing; }"),
    /Cannot compile the kernels \(plain\): .*Cannot find name 'nothing'/s,
  );
});
