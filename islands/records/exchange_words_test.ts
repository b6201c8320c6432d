import assert from "node:assert/strict";
import type { PeerStatus, RestoreReport } from "../../field/messages.ts";
import { makeFormats } from "../format.ts";
import { type ExchangeFacts, exchangeOutcome } from "./exchange_words.ts";
import { newsBetween } from "./news.ts";

const formats = makeFormats({ locale: "en-GB", timeZone: "UTC" });
const REPORT: RestoreReport = {
  bytes: 1e6,
  added: 3,
  known: 40,
  refused: 0,
  media: 3,
  faults: [],
  moreFaults: 0,
  whole: true,
};
const FACTS: ExchangeFacts = {
  stopped: false,
  news: [{ device: "bb", count: 11 }, { device: "cc", count: 1 }],
  status: {
    device: { id: "aa", name: "Gate phone" },
    crew: { id: "aa", role: "admin", members: 3 },
    peers: ["bb", "cc"].map((device): PeerStatus => ({
      device,
      name: device,
      role: "sensor",
      connected: false,
      have: 0,
      missing: 0,
      lastAt: null,
    })),
  },
};

function words(report: Partial<RestoreReport>, facts: Partial<ExchangeFacts> = {}) {
  return exchangeOutcome({ ...REPORT, ...report }, { ...FACTS, ...facts }, formats);
}

Deno.test("newsBetween() gives what each device has more than before, most first", () => {
  const before = { devices: [{ device: "aa", count: 7 }, { device: "bb", count: 2 }] };
  const after = {
    devices: [{ device: "aa", count: 7 }, { device: "bb", count: 3 }, { device: "cc", count: 5 }],
  };
  assert.deepEqual(newsBetween(before, after), [
    { device: "cc", count: 5 },
    { device: "bb", count: 1 },
  ]);
});

Deno.test("exchangeOutcome() says what is new, of how many devices, and that no stranger is in it", () => {
  assert.deepEqual(words({}), {
    tone: "good",
    title: "12 new observations from 2 devices",
    lines: ["3 pictures.", "Nothing of strangers."],
  });
});

Deno.test("exchangeOutcome() tells what is of devices outside the crew", () => {
  const news = [{ device: "bb", count: 2 }, { device: "ff", count: 1200 }];
  assert.deepEqual(words({ media: 0 }, { news }).lines, [
    "1,200 observations are of 1 device outside the crew. They can be read here and go to nobody else.",
  ]);
  assert.match(
    words({}, { news: [{ device: "ff", count: 1 }] }).lines[1],
    /^1 observation is of 1 device .* It can be read here and goes/,
  );
});

Deno.test("exchangeOutcome() without a crew knows no strangers", () => {
  const status = { ...FACTS.status, crew: null } as ExchangeFacts["status"];
  assert.deepEqual(words({ media: 0 }, { status }).lines, []);
});

Deno.test("exchangeOutcome() of nothing new says so, whatever the radio brought meanwhile", () => {
  assert.equal(words({ added: 0, media: 0 }).title, "Nothing new: all of it was here already");
  assert.equal(words({ added: 0, media: 0, known: 0 }).title, "Nothing was taken from this file");
  assert.equal(words({ added: 0 }).title, "New pictures, no new observation");
  assert.equal(words({ added: 2 }, { news: [] }).title, "2 new entries");
  assert.equal(words({ added: 1 }, { news: null }).title, "1 new entry");
});

Deno.test("exchangeOutcome() is good only when all of the file holds", () => {
  assert.equal(words({ whole: false }).tone, "problem");
  assert.equal(words({ refused: 2 }).tone, "problem");
  assert.match(words({ refused: 2 }).lines.join(" "), /2 did not verify and were not taken/);
  const stopped = words({ whole: false }, { stopped: true });
  assert.equal(stopped.tone, "info");
  assert.match(stopped.lines.join(" "), /same file again/);
});
