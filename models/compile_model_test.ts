import assert from "node:assert/strict";
import { join } from "node:path";
import { uNet } from "../tests/fixtures/typical_networks.ts";
import { modelCommand } from "./cli.ts";

const PICTURE = new URL("../static/media/chelsea.png", import.meta.url);

/** A folder with `net.onnx` and `pictures/`; gone afterwards. */
async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "compile model " });
  try {
    await Deno.writeFile(join(folder, "net.onnx"), uNet().bytes);
    await Deno.mkdir(join(folder, "pictures"));
    await Deno.copyFile(PICTURE, join(folder, "pictures", "cat.PNG"));
    await Deno.writeTextFile(join(folder, "pictures", "notes.txt"), "not a picture");
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function filesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("modelCommand() compiles an ONNX model with pictures, and shows what it has made", async () => {
  await inFolder(async (folder) => {
    const model = join(folder, "net.onnx");
    const report = join(folder, "net.json");
    const words = await modelCommand(
      [
        "compile",
        model,
        "--calibrate",
        join(folder, "pictures"),
        "--report",
        report,
        "--licence",
        "MIT",
      ],
    );
    assert.match(words, /^net, int8$/m);
    assert.match(words, /^ {2}agrees {2}tanh_\d+: \d+\.\d dB/m);
    assert.match(words, /^wrote .*net\.plan$/m);
    const { precision, inputs, bytes } = JSON.parse(await Deno.readTextFile(report));
    assert.equal(precision, "int8");
    assert.deepEqual(inputs, [{ name: "input0", shape: [1, 3, 24, 20] }]);
    assert.equal(bytes.file, (await Deno.stat(join(folder, "net.plan"))).size);
    const contents = await modelCommand(["inspect", join(folder, "net.plan")]);
    assert.match(contents, /^net, int8, MIT$/m);
    assert.match(contents, /calibrated on 1 samples/);
  });
});

Deno.test("modelCommand() compiles to floats, at another size, to take pictures, under another name", async () => {
  await inFolder(async (folder) => {
    const target = join(folder, "other.plan");
    const flags = [
      "--fp32",
      "--input",
      "1x3x32x16",
      "--image",
      "bgr",
      "--mean",
      "1,2,3",
      "--out",
      target,
    ];
    const words = await modelCommand(["compile", join(folder, "net.onnx"), ...flags]);
    assert.match(words, /^net, fp32$/m);
    assert.match(words, /^ {2}input {3}input0 any×any×4$/m);
    assert.match(words, /^ {2}output {2}tanh_\d+ 1×3×32×16$/m);
    assert.deepEqual(await filesIn(folder), ["net.onnx", "other.plan", "pictures"]);
  });
});

Deno.test("modelCommand() leaves nothing half-written where it fails, nor takes away what was there", async () => {
  await inFolder(async (folder) => {
    const model = join(folder, "net.onnx");
    await Deno.writeTextFile(join(folder, "net.plan"), "before");
    const pictures = ["--calibrate", join(folder, "pictures")];
    await assert.rejects(modelCommand(["compile", model]), /Cannot quantize input0: .*--fp32/);
    const nowhere = join(folder, "nowhere", "x.json");
    await assert.rejects(
      modelCommand(["compile", model, ...pictures, "--report", nowhere]),
      /Cannot write .*nowhere/,
    );
    assert.equal(await Deno.readTextFile(join(folder, "net.plan")), "before");
    assert.deepEqual(await filesIn(folder), ["net.onnx", "net.plan", "pictures"]);
  });
});

Deno.test("modelCommand() says what is wrong with a compilation's flags and files", async () => {
  await inFolder(async (folder) => {
    const model = join(folder, "net.onnx");
    const cases: [string[], RegExp][] = [
      [[], /Expected one model\n\ndeno task model compile/],
      [[model, "--fast"], /--fast[^]*deno task model compile/],
      [[model, "--input", "320"], /Cannot compile/],
      [[model, "--input", "axb"], /--input is a shape like 1x3x320x320, not axb/],
      [[model, "--image", "cmyk"], /--image is rgb or bgr, not cmyk/],
      [[model, "--fit", "crop"], /--fit is stretch or letterbox, not crop/],
      [[model, "--mean", "1,2"], /--mean is three numbers/],
      [[model, "--deviation", "1,0,1"], /--deviation divides/],
      [[model, "--outputs", "nothing"], /no node makes the output nothing/],
      [[model, "--calibrate", join(folder, "nowhere")], /nowhere is no folder/],
      [[model, "--calibrate", folder], /holds no PNG or JPEG/],
      [[join(folder, "none.onnx")], /Cannot read .*none\.onnx/],
      [[join(folder, "pictures", "cat.PNG")], /Cannot compile the model/],
    ];
    for (const [args, message] of cases) {
      await assert.rejects(modelCommand(["compile", ...args]), message);
    }
    await assert.rejects(modelCommand(["inspect", model]), /bytes that are not a plan/);
    await assert.rejects(modelCommand(["inspect"]), /Expected 1 operands/);
  });
});

Deno.test("modelCommand() explains compiling when asked", async () => {
  assert.match(await modelCommand(["compile", "--help"]), /--calibrate <folder>/);
  assert.match(await modelCommand(["--help"]), /compile <model\.onnx>/);
});
