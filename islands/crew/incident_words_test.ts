import assert from "node:assert/strict";
import type { PeerStatus, Status } from "../../field/messages.ts";
import type { Incident, IncidentKind } from "../../field/sync/incidents.ts";
import { makeFormats } from "../format.ts";
import { isSerious, whatHappened, whatToDo, whenOften } from "./incident_words.ts";
import { keyOf, parseKeys, withKeys } from "./told_incidents.ts";

const formats = makeFormats({ locale: "en-GB", timeZone: "UTC" });
const NOON = Date.UTC(2026, 10, 21, 12);
const KINDS: readonly IncidentKind[] = [
  "forged",
  "replayed",
  "forked",
  "oversized",
  "too-fast",
  "silent",
  "wrong-role",
  "revoked",
  "impostor",
  "malformed",
];
const STATUS = {
  peers: [{ device: "bb", name: "Ridge tablet" } as PeerStatus],
} as unknown as Status;

function incident(kind: IncidentKind, rest: Partial<Incident> = {}): Incident {
  return { kind, at: NOON, message: "As the node says.", times: 1, ...rest };
}

Deno.test("whatHappened() names a member, the key of a stranger, and nobody who did not say", () => {
  assert.equal(
    whatHappened(incident("impostor", { device: "bb" }), STATUS),
    "Ridge tablet could not prove who it is",
  );
  assert.equal(
    whatHappened(incident("revoked", { device: "7f3a91c2d4" }), STATUS),
    "An unknown device (7f3a 91c2) was removed from the crew and tried to come in",
  );
  assert.equal(
    whatHappened(incident("malformed"), STATUS),
    "An unknown device sent what cannot be read",
  );
});

Deno.test("whatHappened() has words of its own for every kind", () => {
  const words = KINDS.map((kind) => whatHappened(incident(kind), STATUS));
  assert.equal(new Set(words).size, KINDS.length);
  const newer = whatHappened(incident("telepathy" as IncidentKind), STATUS);
  assert.equal(newer, "An unknown device did what was not allowed");
});

Deno.test("whenOften() counts from the second time on", () => {
  assert.equal(whenOften(incident("silent"), formats, NOON), "12:00");
  assert.equal(whenOften(incident("silent", { times: 1200 }), formats, NOON), "12:00, 1,200 times");
});

Deno.test("whatToDo() asks for something only where somebody can do it", () => {
  const ofMember = (kind: IncidentKind) => whatToDo(incident(kind, { device: "bb" }), STATUS);
  assert.match(ofMember("forged") ?? "", /Ask whoever carries it/);
  assert.match(ofMember("impostor") ?? "", /stand between/);
  assert.equal(whatToDo(incident("forged"), STATUS), null);
  assert.match(whatToDo(incident("impostor"), STATUS) ?? "", /by codes/);
  for (const kind of ["replayed", "oversized", "too-fast", "silent", "revoked"] as const) {
    assert.equal(ofMember(kind), null);
  }
});

Deno.test("isSerious() is what a notice is worth", () => {
  const serious = KINDS.filter((kind) => isSerious(incident(kind)));
  assert.deepEqual(serious, ["forged", "forked", "impostor"]);
});

Deno.test("keyOf() is one for what goes on all day, and another tomorrow and for another device", () => {
  const key = (rest: Partial<Incident>) => keyOf(incident("forged", rest), formats);
  assert.equal(key({ at: NOON }), key({ at: NOON + 3_600_000, times: 9 }));
  assert.notEqual(key({ at: NOON }), key({ at: NOON + 24 * 3_600_000 }));
  assert.notEqual(key({ device: "bb" }), key({}));
});

Deno.test("withKeys() keeps each once and the newest fifty; parseKeys() takes any text", () => {
  assert.deepEqual(withKeys(["a", "b"], ["b", "c"]), ["a", "b", "c"]);
  const many = Array.from({ length: 60 }, (_, n) => `${n}`);
  assert.equal(withKeys(many, ["new"]).length, 50);
  assert.equal(withKeys(many, ["new"]).at(-1), "new");
  assert.deepEqual(parseKeys(JSON.stringify(["a", 1])), ["a"]);
  for (const text of [null, "", "{", "{}", "7"]) assert.deepEqual(parseKeys(text), []);
});
