import assert from "node:assert/strict";
import type { PeerStatus } from "../../field/messages.ts";
import { makeFormats } from "../format.ts";
import {
  headline,
  lacksOf,
  linkLine,
  linkMeaning,
  lossLine,
  peerShares,
  seesLine,
  spoken,
  waitingWords,
} from "./peer_words.ts";

const formats = makeFormats({ locale: "en-GB", timeZone: "UTC" });
const NOON = Date.UTC(2026, 10, 21, 12);
const MORNING = Date.UTC(2026, 10, 21, 9, 40);

/** As an older worker tells of a peer: without link, pictures and what waits. */
function peer(rest: Partial<PeerStatus> = {}): PeerStatus {
  return {
    device: "aa",
    name: "Ridge tablet",
    role: "sensor",
    connected: true,
    have: 12,
    missing: 0,
    lastAt: MORNING,
    ...rest,
  };
}

const away = (rest: Partial<PeerStatus> = {}) => peer({ connected: false, ...rest });

Deno.test("peerShares() counts what the peer has of what is here", () => {
  const line = (rest: Partial<PeerStatus>) => peerShares(peer(rest), formats, NOON).join(", ");
  assert.equal(line({}), "observations 12/12, last 09:40");
  assert.equal(line({ have: 1096, missing: 16, lastAt: null }), "observations 1,096/1,112");
  assert.equal(line({ media: { have: 3, of: 9 } }), "observations 12/12, media 3/9, last 09:40");
  assert.equal(line({ media: { have: 0, of: 0 } }), "observations 12/12, last 09:40");
  assert.equal(line({ connected: false, lastAt: null, missing: 112 }), "");
});

Deno.test("headline() claims everything only of what was told", () => {
  assert.equal(headline(peer(), formats, NOON), "Has every observation");
  assert.equal(headline(peer({ media: { have: 9, of: 9 } }), formats, NOON), "Has everything");
  assert.equal(
    headline(peer({ missing: 16, media: { have: 8, of: 9 } }), formats, NOON),
    "Lacks 16 observations and 1 picture",
  );
});

Deno.test("headline() of one that is away says since when, and what it has of what is here", () => {
  assert.equal(
    headline(away(), formats, NOON),
    "Away since 09:40, has every observation that is here",
  );
  assert.equal(
    headline(away({ missing: 1 }), formats, NOON),
    "Away since 09:40, lacks 1 observation",
  );
  assert.equal(headline(away({ missing: 112, lastAt: null }), formats, NOON), "Not met yet");
});

Deno.test("lacksOf() counts other records only where they are not observations anyway", () => {
  const waiting = { records: 4, mediaParts: 2 };
  assert.deepEqual(lacksOf(peer({ waiting })), { observations: 0, pictures: 0, others: 4 });
  assert.deepEqual(lacksOf(peer({ waiting, missing: 2 })), {
    observations: 2,
    pictures: 0,
    others: 0,
  });
});

Deno.test("one that is heard through others is not away, and not linked either", () => {
  const through = away({ throughOthers: true, missing: 2, media: { have: 3, of: 3 } });
  assert.equal(headline(through, formats, NOON), "Lacks 2 observations");
  assert.equal(headline({ ...through, missing: 0 }, formats, NOON), "Has everything");
  assert.equal(linkLine(through), "Through others");
  assert.match(linkMeaning(through) ?? "", /through others/);
  assert.match(spoken(through, formats, NOON), /Lacks 2 observations\. Reached through others\./);
});

Deno.test("linkLine() says how a peer is connected, and how fast when it is known", () => {
  assert.equal(linkLine(peer({ via: "webrtc", rttMs: 4.2 })), "Direct 4 ms");
  assert.equal(linkLine(peer({ via: "relay", rttMs: 0.4 })), "Through the hub under 1 ms");
  assert.equal(linkLine(peer({ via: "hub", rttMs: 1240 })), "Hub 1.2 s");
  assert.equal(linkLine(peer({ via: "pair", rttMs: null })), "By codes");
  assert.equal(linkLine(peer()), "Connected");
  assert.equal(linkLine(peer({ via: "laser" as PeerStatus["via"] })), "Connected");
  assert.equal(linkLine(away({ via: "webrtc", rttMs: 4 })), null);
});

Deno.test("linkMeaning() tells the whole of the link, and nothing of none", () => {
  assert.equal(
    linkMeaning(peer({ via: "webrtc", rttMs: 4, loss: 0.121 })),
    "Directly, over the network that both are in, round trip 4 ms, 12 % lost",
  );
  assert.equal(linkMeaning(peer()), null);
  assert.equal(linkMeaning(away({ via: "webrtc" })), null);
});

Deno.test("lossLine() is silent up to 5 %, and of links that are gone", () => {
  assert.equal(lossLine(peer()), null);
  assert.equal(lossLine(peer({ loss: 0.05 })), null);
  assert.equal(lossLine(peer({ loss: 0.06 })), "6 % lost");
  assert.equal(lossLine(away({ loss: 1 })), null);
});

Deno.test("waitingWords() counts records and parts of pictures", () => {
  assert.equal(waitingWords(peer(), formats), null);
  assert.equal(waitingWords(peer({ waiting: { records: 0, mediaParts: 0 } }), formats), null);
  assert.equal(
    waitingWords(peer({ waiting: { records: 4, mediaParts: 1200 } }), formats),
    "4 records and 1,200 parts of pictures",
  );
  assert.equal(
    waitingWords(peer({ waiting: { records: 1, mediaParts: 1 } }), formats),
    "1 record and 1 part of a picture",
  );
});

Deno.test("seesLine() names a few classes and counts the others", () => {
  const of = (...names: string[]) => names.map((name) => ({ name, count: 2 }));
  assert.equal(seesLine(peer(), formats), null);
  assert.equal(seesLine(peer({ sees: [] }), formats), null);
  assert.equal(seesLine(peer({ sees: of("person") }), formats), "Sees 2 × person now");
  assert.equal(
    seesLine(peer({ sees: of("person", "dog", "bird", "cat", "cow") }), formats),
    "Sees 2 × person, 2 × dog, 2 × bird and 2 more now",
  );
});

Deno.test("spoken() says the row in whole sentences", () => {
  const told = peer({
    via: "webrtc",
    rttMs: 4,
    loss: 0.12,
    missing: 1,
    media: { have: 3, of: 9 },
    sees: [{ name: "person", count: 2 }],
  });
  assert.equal(
    spoken(told, formats, NOON),
    "Ridge tablet. Lacks 1 observation and 6 pictures. Connected directly, round trip 4 ms, " +
      "12 % lost. Observations 12 of 13, pictures 3 of 9, last heard 09:40. Sees 2 person now.",
  );
  assert.equal(
    spoken(away({ lastAt: null }), formats, NOON),
    "Ridge tablet. Not met yet.",
  );
});
