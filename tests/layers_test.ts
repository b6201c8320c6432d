import assert from "node:assert/strict";
import { judgeImport, judgeName, judgeRuntime } from "./layers.ts";
import { importEdges } from "./module_graph.ts";
import { readSource, sourceFiles } from "./source_files.ts";

const MAIN_LINES = 40;

Deno.test("every import of the tree follows the table of DESIGN.md", async () => {
  const files = sourceFiles();
  const edges = await importEdges(files);
  const seen = new Set(edges.map(({ from }) => from));
  assert.ok(seen.size > files.length / 2, `only ${seen.size} of ${files.length} files were read`);
  assertNone(edges.map(judgeImport));
});

Deno.test("every file's name tells what is inside", () => {
  assertNone(sourceFiles().map(judgeName));
});

Deno.test("code that browsers run does without Deno", async () => {
  const judged = sourceFiles().map(async (path) => judgeRuntime(path, await readSource(path)));
  assertNone(await Promise.all(judged));
});

Deno.test("main.ts only composes", async () => {
  const lines = (await readSource("main.ts")).trimEnd().split("\n").length;
  assert.ok(lines <= MAIN_LINES, `main.ts has ${lines} lines; ${MAIN_LINES} are its bound`);
});

Deno.test("judgeImport() refuses each kind of forbidden edge, naming file, import and rule", () => {
  const refused: readonly [from: string, to: string, rule: RegExp][] = [
    [
      "page/radio.ts",
      "sw/dispatch.ts",
      /^page\/radio.ts imports sw\/dispatch.ts: page .* only field/,
    ],
    ["sw/dispatch.ts", "page/radio.ts", /sw may import only field, kernels, models/],
    ["field/feed.ts", "hub/relay.ts", /field may import nothing of ours/],
    ["kernels/engine.ts", "models/model.ts", /kernels may import nothing of ours/],
    ["models/nanodet_g/card.ts", "field/observation.ts", /models may import only kernels/],
    ["islands/watch/boxes.tsx", "sw/dispatch.ts", /islands may import only page, field/],
    ["routes/index.tsx", "page/start.ts", /routes may import only islands, hub, field/],
    ["hub/relay.ts", "routes/app.ts", /hub may import only/],
    ["main.ts", "islands/watch/boxes.tsx", /main.ts may import only routes, hub/],
    ["client.ts", "sw/dispatch.ts", /client.ts may import only islands, page/],
    ["page/start.ts", "client.ts", /page may import only field/],
    ["main.ts", "build.ts", /main.ts may import only/],
    ["field/feed.ts", "tests/fixtures/pictures.ts", /field may import nothing of ours/],
    ["field/feed.ts", "field/entry_test.ts", /only tests may import a test/],
    ["components/button.tsx", "field/feed.ts", /table does not know components/],
    ["spare.ts", "field/feed.ts", /table does not know spare.ts/],
  ];
  for (const [from, to, rule] of refused) {
    assert.match(judgeImport({ from, to }) ?? "allowed", rule, `${from} -> ${to}`);
  }
});

Deno.test("judgeImport() allows what the table allows, and tests everything", () => {
  const allowed: readonly [from: string, to: string][] = [
    ["main.ts", "routes/app.ts"],
    ["client.ts", "islands/watch/boxes.tsx"],
    ["build.ts", "models/nanodet_g/build.ts"],
    ["routes/index.tsx", "islands/watch/boxes.tsx"],
    ["sw/dispatch.ts", "kernels/engine.ts"],
    ["hub/relay.ts", "field/entry.ts"],
    ["field/sync/node.ts", "field/entry.ts"],
    ["page/radio_test.ts", "tests/fixtures/pictures.ts"],
    ["tests/contracts/store_suite.ts", "field/store.ts"],
    ["bench/engine.ts", "sw/engine_host.ts"],
  ];
  for (const [from, to] of allowed) assert.equal(judgeImport({ from, to }), undefined);
});

Deno.test("judgeName() refuses empty and misspelt names, but Fresh's own", () => {
  for (const path of ["hub/utils.ts", "islands/index.tsx", "field/syncNode.ts", "page/a-b.ts"]) {
    assert.ok(judgeName(path), path);
  }
  assert.equal(judgeName("routes/index.tsx"), undefined);
  assert.equal(judgeName("field/sync/peer_book_test.ts"), undefined);
});

Deno.test("judgeRuntime() finds Deno in code, not in comments, tests or the hub", () => {
  const uses = 'const path = "x";\nawait Deno.readFile(path);';
  assert.match(judgeRuntime("field/feed.ts", uses) ?? "", /^field\/feed.ts:2 uses Deno/);
  assert.ok(judgeRuntime("sw/scope.ts", "globalThis.Deno?.env"));
  assert.equal(judgeRuntime("field/feed_test.ts", uses), undefined);
  assert.equal(judgeRuntime("hub/flags.ts", uses), undefined);
  const comments = "/**\n * Runs under Deno too.\n */\nlet url = a; // Deno lacks it";
  assert.equal(judgeRuntime("field/feed.ts", comments), undefined);
});

function assertNone(judged: readonly (string | undefined)[]): void {
  const broken = judged.filter((sentence) => sentence !== undefined);
  assert.deepEqual(broken, [], broken.join("\n"));
}
