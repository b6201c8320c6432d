import assert from "node:assert/strict";
import { MOST_SHARED, MOST_SHARED_BYTES, SHARED_CACHE } from "../field/shared_file.ts";
import { dropFile, waitingFiles } from "../page/shared_files.ts";
import { isShare, receiveShare, type SharePorts } from "./share_target.ts";

const NOW = Date.UTC(2026, 10, 21, 14, 2);

/** Cache Storage as far as it is used here. `fullAfter`: so many files find room on the disk. */
class FakeCaches {
  readonly #files = new Map<string, Response>();
  #made = false;

  constructor(readonly fullAfter = Infinity) {}

  has(name: string): Promise<boolean> {
    assert.equal(name, SHARED_CACHE);
    return Promise.resolve(this.#made);
  }

  open(name: string): Promise<Cache> {
    assert.equal(name, SHARED_CACHE);
    this.#made = true;
    const files = this.#files;
    const path = (of: RequestInfo | URL) =>
      new URL(of instanceof Request ? of.url : of, "https://hub.local").pathname;
    const cache: Partial<Cache> = {
      keys: () =>
        Promise.resolve([...files.keys()].map((key) => new Request(`https://hub.local${key}`))),
      match: (request) => Promise.resolve(files.get(path(request))?.clone()),
      put: async (request, response) => {
        if (files.size >= this.fullAfter) throw new DOMException("full", "QuotaExceededError");
        files.set(path(request), new Response(await response.arrayBuffer(), response));
      },
      delete: (request) => Promise.resolve(files.delete(path(request))),
    };
    return Promise.resolve(cache as Cache);
  }
}

function ports(caches: FakeCaches): SharePorts {
  let id = 0;
  return { caches, newId: () => `${++id}`, nowMs: () => NOW + id, onFailure: () => {} };
}

function posted(...files: readonly File[]): Request {
  const body = new FormData();
  body.append("title", "Fieldmesh");
  for (const file of files) body.append("bundle", file);
  return new Request("https://hub.local/share", { method: "POST", body });
}

async function shared(request: Request, on: SharePorts): Promise<string> {
  const response = await receiveShare(request, on);
  assert.equal(response.status, 303);
  return response.headers.get("location") ?? "";
}

Deno.test("isShare() is the manifest's address and no other", async () => {
  const manifest = JSON.parse(await Deno.readTextFile("static/manifest.webmanifest"));
  assert.equal(isShare(new URL(manifest.share_target.action, "https://hub.local")), true);
  assert.equal(isShare(new URL("https://hub.local/share/1")), false);
  assert.equal(isShare(new URL("https://hub.local/crew")), false);
});

Deno.test("receiveShare() keeps the file for the page, under its own name", async () => {
  const caches = new FakeCaches();
  assert.deepEqual(await waitingFiles(caches), []);
  const file = new File(["fmbundle"], "Åsa’s räven 1.fieldmesh");
  assert.equal(await shared(posted(file), ports(caches)), "https://hub.local/crew?shared=here");
  const [kept, ...others] = await waitingFiles(caches);
  assert.equal(others.length, 0);
  assert.equal(kept.file.name, "Åsa’s räven 1.fieldmesh");
  assert.equal(await kept.file.text(), "fmbundle");
  assert.equal(kept.at, NOW + 1);
  await dropFile(kept.key, caches);
  assert.deepEqual(await waitingFiles(caches), []);
});

Deno.test("waitingFiles() gives the newest first", async () => {
  const caches = new FakeCaches();
  const on = ports(caches);
  await shared(posted(new File(["a"], "a")), on);
  await shared(posted(new File(["b"], "b")), on);
  assert.deepEqual((await waitingFiles(caches)).map(({ file }) => file.name), ["b", "a"]);
});

Deno.test("receiveShare() without a file says so, and keeps nothing", async () => {
  const caches = new FakeCaches();
  for (
    const request of [
      posted(),
      posted(new File([], "")),
      new Request("https://hub.local/share"),
    ]
  ) {
    assert.match(await shared(request, ports(caches)), /shared=nothing$/);
  }
  const text = new Request("https://hub.local/share", { method: "POST", body: "no form" });
  assert.match(await shared(text, ports(caches)), /shared=not-kept$/);
  assert.deepEqual(await waitingFiles(caches), []);
});

Deno.test("receiveShare() keeps a few at most, and what waits is not pushed out", async () => {
  const caches = new FakeCaches();
  const on = ports(caches);
  for (let n = 0; n < MOST_SHARED; n++) {
    assert.match(await shared(posted(new File([`${n}`], `${n}`)), on), /shared=here$/);
  }
  assert.match(await shared(posted(new File(["x"], "x")), on), /shared=full$/);
  const waiting = await waitingFiles(caches);
  assert.deepEqual(waiting.map(({ file }) => file.name), ["2", "1", "0"]);
  const many = Array.from({ length: MOST_SHARED + 1 }, () => new File(["y"], "y"));
  assert.match(await shared(posted(...many), ports(new FakeCaches())), /shared=full$/);
});

Deno.test("receiveShare() refuses a file beyond the bound unread", async () => {
  const caches = new FakeCaches();
  const large = new File(["z"], "z");
  Object.defineProperty(large, "size", { value: MOST_SHARED_BYTES + 1 });
  const request = posted();
  const form = new FormData();
  Object.defineProperty(request, "formData", { value: () => Promise.resolve(form) });
  form.values = () => [large][Symbol.iterator]() as ReturnType<FormData["values"]>;
  assert.match(await shared(request, ports(caches)), /shared=too-large$/);
  assert.deepEqual(await waitingFiles(caches), []);
});

Deno.test("receiveShare() on a full disk keeps none of what came together", async () => {
  const caches = new FakeCaches(1);
  const both = posted(new File(["a"], "a"), new File(["b"], "b"));
  assert.match(await shared(both, ports(caches)), /shared=not-kept$/);
  assert.deepEqual(await waitingFiles(caches), []);
});
