import assert from "node:assert/strict";
import { modelCommand } from "./cli.ts";

const SOURCE = new URL("./nanodet_g/source/nanodet.json", import.meta.url).pathname;
const CAT = new URL("../static/media/chelsea.png", import.meta.url).pathname;

Deno.test("modelCommand() explains itself when asked, or given nothing", async () => {
  for (const args of [[], ["--help"], ["run", "-h"]]) {
    assert.match(await modelCommand(args), /deno task model <command>/);
  }
});

Deno.test("modelCommand() lists size, hash and licence", async () => {
  assert.match(
    await modelCommand(["list"]),
    /nanodet-g .*7\.6 MB, Apache-2\.0\n {2}sha256 [0-9a-f]{64}/,
  );
});

Deno.test("modelCommand() runs a model on a picture", async () => {
  assert.match(
    await modelCommand(["run", "nanodet-g", CAT]),
    /^cat 0\.\d{3} at \d+,\d+ size \d+×\d+$/m,
  );
});

Deno.test("modelCommand() converts a model", async () => {
  const target = await Deno.makeTempFile({ suffix: ".onnx" });
  try {
    assert.match(await modelCommand(["convert", SOURCE, target]), /wrote .* 76\d{5} bytes/);
    assert.ok((await Deno.stat(target)).size > 7_500_000);
  } finally {
    await Deno.remove(target);
  }
});

Deno.test("modelCommand() says what is wrong", async () => {
  const cases: [string[], RegExp][] = [
    [["fly"], /Unknown command fly/],
    [["run", "nanodet-g"], /Expected 2 operands but got 1/],
    [["list", "all"], /Expected 0 operands but got 1/],
    [["run", "yolo", CAT], /There is no model yolo; there is: nanodet-g/],
    [["run", "nanodet-g", "/nowhere.png"], /Cannot read picture \/nowhere\.png/],
    [["convert", "/nowhere.json", "/tmp/x"], /Cannot read \/nowhere\.json/],
    [["convert", CAT, "/tmp/x"], /Cannot read .*chelsea\.png/],
  ];
  for (const [args, message] of cases) await assert.rejects(modelCommand(args), message);
});
