import assert from "node:assert/strict";
import { shareable } from "./shareable.ts";

const BUNDLE = new File(["fmbundle"], "fieldmesh-2026-11-21.fieldmesh", {
  type: "application/x-fieldmesh",
});
const ZIP = new File(["PK"], "fieldmesh-2026-11-21.zip", { type: "application/zip" });
const textOnly = ({ name, type }: File) => type === "text/plain" && name.endsWith(".txt");

Deno.test("shareable() leaves a file as it is where the share sheet takes it", () => {
  assert.deepEqual(shareable(BUNDLE, () => true), { file: BUNDLE, renamed: false });
});

Deno.test("shareable() renames a bundle where only text is shared, with the same bytes", async () => {
  const found = shareable(BUNDLE, textOnly);
  assert.equal(found?.renamed, true);
  assert.equal(found?.file.name, "fieldmesh-2026-11-21.fieldmesh.txt");
  assert.equal(await found?.file.text(), "fmbundle");
});

Deno.test("shareable() renames nothing that other programs read, and gives up where nothing is shared", () => {
  assert.equal(shareable(ZIP, textOnly), null);
  assert.equal(shareable(BUNDLE, () => false), null);
});
