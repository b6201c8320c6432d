import assert from "node:assert/strict";
import { detectors } from "./catalogue.ts";
import { modelCommand } from "./cli.ts";

const TFJS = new URL("./nanodet_g/source/nanodet.json", import.meta.url).pathname;
const TFLITE =
  new URL("./ssd_mobilenetv2/source/ssd_mobilenetv2_oidv4.tflite", import.meta.url).pathname;
const CAT = new URL("../static/media/chelsea.png", import.meta.url).pathname;

Deno.test("modelCommand() explains itself when asked, or given nothing", async () => {
  for (const args of [[], ["--help"], ["run", "-h"]]) {
    assert.match(await modelCommand(args), /deno task model <command>/);
  }
});

Deno.test("modelCommand() lists each model's size, hash and licence", async () => {
  const list = await modelCommand(["list"]);
  for (const { id, sha256 } of detectors) {
    assert.match(list, new RegExp(`^${id} .* MB, Apache-2.0$`, "m"));
    assert.ok(list.includes(`  sha256 ${sha256}`));
  }
});

Deno.test("modelCommand() runs a plan and an ONNX model on a picture", async () => {
  for (const id of ["nanodet-g", "nanodet-g-fp32"]) {
    assert.match(await modelCommand(["run", id, CAT]), /^cat 0\.\d{3} at \d+,\d+ size \d+×\d+$/m);
  }
});

Deno.test("modelCommand() converts models of TensorFlow.js and TensorFlow Lite", async () => {
  const target = await Deno.makeTempFile({ suffix: ".onnx" });
  try {
    for (const [source, bytes] of [[TFJS, 7_500_000], [TFLITE, 9_900_000]] as const) {
      assert.match(
        await modelCommand(["convert", source, target]),
        /wrote .* \d{7,8} bytes; outputs /,
      );
      assert.ok((await Deno.stat(target)).size > bytes);
    }
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
    [["convert", "/nowhere.tflite", "/tmp/x"], /Cannot read \/nowhere\.tflite/],
    [["build", "yolo"], /There is no plan yolo; there is: nanodet-g/],
  ];
  for (const [args, message] of cases) await assert.rejects(modelCommand(args), message);
});
