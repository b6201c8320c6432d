import assert from "node:assert/strict";
import { readShaders } from "./kernels_wgsl.ts";
import { stripWgsl } from "./strip_wgsl.ts";

Deno.test("stripWgsl() takes comments, indentation and blank lines away, and nothing else", () => {
  const cases = [
    ["", ""],
    ["// all\n\n", ""],
    ["let a = 1; // one\n  let b = a / 2;\n", "let a = 1;\nlet b = a / 2;"],
    ["let/**/a = b/*x*/*c;", "let a = b *c;"],
    ["a /* b\n c */ d", "a   d"],
    ["/* a /* b */ c */ d", "d"],
    ["/* // */ a", "a"],
    ["/* a //* b */ c */ d", "d"],
    ["// /* a\nb", "b"],
    ["a // */ b\nc", "a\nc"],
    ["a /* // b */ / c", "a   / c"],
    ["/***/ a /**// b", "a  / b"],
  ];
  for (const [source, stripped] of cases) assert.equal(stripWgsl(source), stripped, source);
});

Deno.test("stripWgsl() refuses comments that do not match", () => {
  assert.throws(() => stripWgsl("a /* b"), /does not end/);
  assert.throws(() => stripWgsl("a */ b"), /has not begun/);
});

Deno.test("stripWgsl() leaves no comment in a shader, and all of its code", async () => {
  for (const [path, source] of Object.entries(await readShaders())) {
    const stripped = stripWgsl(source);
    assert.doesNotMatch(stripped, /\/\/|\/\*|\*\/|^\s|\n\n/, path);
    const bare = source.split("\n").filter((line) => !/\/\/|\/?\*/.test(line));
    for (const line of bare) assert.ok(stripped.includes(line.trim()), `${path}: ${line}`);
  }
});
