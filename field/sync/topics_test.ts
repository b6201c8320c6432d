import assert from "node:assert/strict";
import fc from "fast-check";
import {
  encodePatterns,
  isPattern,
  isTopic,
  matches,
  MOST_PATTERNS,
  parsePatterns,
} from "./topics.ts";

/** OASIS MQTT 5.0, section 4.7, rule by rule. */
function oracle(pattern: readonly string[], topic: readonly string[], isFirst = true): boolean {
  const [wanted, ...restWanted] = pattern;
  const [level, ...rest] = topic;
  // 4.7.2: a filter that starts with a wildcard does not match names beginning with $
  if (isFirst && level.startsWith("$") && (wanted === "+" || wanted === "#")) return false;
  // 4.7.1.2: the parent level and any number of child levels
  if (wanted === "#") return true;
  if (wanted === undefined || level === undefined) return wanted === level;
  if (wanted !== "+" && wanted !== level) return false;
  if (rest.length === 0) return restWanted.length === 0 || restWanted[0] === "#";
  return restWanted.length > 0 && oracle(restWanted, rest, false);
}

Deno.test("matches() the examples of MQTT 5.0, section 4.7", () => {
  const yes = [
    ["sport/tennis/player1/#", "sport/tennis/player1"],
    ["sport/tennis/player1/#", "sport/tennis/player1/ranking"],
    ["sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon"],
    ["sport/#", "sport"],
    ["#", "sport/tennis"],
    ["#", "/finance"],
    ["sport/tennis/+", "sport/tennis/player1"],
    ["sport/+", "sport/"],
    ["+/+", "/finance"],
    ["/+", "/finance"],
    ["+/tennis/#", "sport/tennis"],
    ["$SYS/#", "$SYS/monitor/Clients"],
    ["$SYS/monitor/+", "$SYS/monitor/Clients"],
    ["sensor/+/temperature", "sensor/north/temperature"],
  ];
  const no = [
    ["sport/tennis/+", "sport/tennis/player1/ranking"],
    ["sport/+", "sport"],
    ["+", "/finance"],
    ["#", "$SYS/monitor/Clients"],
    ["+/monitor/Clients", "$SYS/monitor/Clients"],
    ["ACCOUNTS", "Accounts"],
    ["/finance", "finance"],
  ];
  for (const [pattern, topic] of yes) assert.ok(matches(pattern, topic), `${pattern} ${topic}`);
  for (const [pattern, topic] of no) assert.ok(!matches(pattern, topic), `${pattern} ${topic}`);
});

Deno.test("matches() as the rules say, for any filter and name", () => {
  const level = fc.constantFrom("", "a", "b", "$a", "$");
  const topic = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join("/"))
    .filter(isTopic);
  const wanted = fc.oneof(level, fc.constant("+"), fc.constant("+"));
  const pattern = fc.tuple(fc.array(wanted, { maxLength: 5 }), fc.constantFrom("#", "a", "+"))
    .map(([levels, last]) => [...levels, last].join("/")).filter(isPattern);
  fc.assert(
    fc.property(pattern, topic, (pattern, topic) => {
      assert.equal(matches(pattern, topic), oracle(pattern.split("/"), topic.split("/")));
    }),
    { numRuns: 5000 },
  );
});

Deno.test("isTopic() and isPattern() take what MQTT takes, within bounds", () => {
  for (const good of ["a", "/", "a//b", " ", "sensor/north", "$live", "grün/ß", "é".repeat(64)]) {
    assert.ok(isTopic(good), good);
    assert.ok(isPattern(good), good);
  }
  for (const wild of ["#", "+", "+/a/#", "a/+/b", "/+", "a/#", "$live/+"]) {
    assert.ok(isPattern(wild), wild);
    assert.ok(!isTopic(wild), wild);
  }
  const bad = ["", "a#", "#/a", "a/#/b", "a+/b", "+a", "a\0b", "a\nb", "\ud800", 7, null, ["a"]];
  const long = ["a".repeat(129), "é".repeat(65), "/".repeat(8), "a/b/c/d/e/f/g/h/i"];
  for (const value of [...bad, ...long]) {
    assert.ok(!isPattern(value), String(value));
    assert.ok(!isTopic(value), String(value));
  }
  assert.ok(isTopic("/".repeat(7)), "eight levels");
});

Deno.test("isPattern() of any text is that it has wildcards only as whole levels, # only as the last", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "/", "+", "#", "$"), maxLength: 12 });
  fc.assert(fc.property(text, (text) => {
    const levels = text.split("/");
    const isSound = text !== "" && levels.length <= 8 && !/[^/]\+|\+[^/]|[^/]#|#./.test(text);
    assert.equal(isPattern(text), isSound);
  }));
});

Deno.test("parsePatterns() reads what encodePatterns() wrote, and nothing else", () => {
  const patterns = ["a/#", "sensor/+/temperature"];
  assert.deepEqual(parsePatterns(encodePatterns(patterns)), patterns);
  assert.deepEqual(parsePatterns(encodePatterns([])), []);
  const many = Array.from({ length: MOST_PATTERNS + 1 }, (_, i) => `t/${i}`);
  assert.equal(parsePatterns(encodePatterns(many)), null);
  assert.equal(parsePatterns(encodePatterns(["a/#/b"])), null);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
    const read = parsePatterns(new Uint8Array(bytes));
    assert.ok(read === null || read.every(isPattern));
  }));
});
