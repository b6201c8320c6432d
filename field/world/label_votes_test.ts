import assert from "node:assert/strict";
import fc from "fast-check";
import {
  areVotes,
  type LabelVote,
  MOST_FRAMES,
  MOST_LABEL_LENGTH,
  shareOf,
  winnerOf,
  withVote,
} from "./label_votes.ts";

function voted(...said: readonly (readonly [string, number])[]): readonly LabelVote[] {
  return said.reduce<readonly LabelVote[]>(
    (votes, [label, confidence]) => withVote(votes, label, confidence),
    [],
  );
}

Deno.test("winnerOf() is the label with the most confidence, not with the most frames", () => {
  const votes = voted(["cup", 0.3], ["bowl", 0.9], ["cup", 0.25], ["cup", 0.2]);
  assert.deepEqual(winnerOf(votes), { label: "bowl", confidence: 0.9 });
  assert.equal(shareOf(votes, "bowl"), 0.225);
  assert.equal(shareOf(votes, "cup"), 0.1875);
  assert.equal(shareOf(votes, "dog"), 0);
});

Deno.test("winnerOf() of equals is the first in order, whatever came first", () => {
  assert.equal(winnerOf(voted(["b", 0.5], ["a", 0.5])).label, "a");
  assert.equal(winnerOf(voted(["a", 0.5], ["b", 0.5])).label, "a");
});

Deno.test("withVote() takes what is no confidence as none, and 1 as the most", () => {
  assert.deepEqual(voted(["a", NaN], ["a", -1], ["a", 7]), [{
    label: "a",
    weight: 1000,
    frames: 3,
  }]);
});

Deno.test("votes stay sound and bounded whatever is said, and the latest label is always in", () => {
  const one = fc.tuple(
    fc.constantFrom("a", "b", "c", "d", "e", "f", "x".repeat(99)),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 700 }), (said) => {
      let votes: readonly LabelVote[] = [];
      for (const [label, confidence] of said) {
        votes = withVote(votes, label, confidence);
        assert.ok(areVotes(votes), JSON.stringify(votes));
        const { confidence: mean } = winnerOf(votes);
        assert.ok(mean >= 0 && mean <= 1);
      }
    }),
    { seed: 85, numRuns: 100 },
  );
});

Deno.test("what a thing has been lately outweighs what it was long ago", () => {
  let votes: readonly LabelVote[] = [];
  for (let i = 0; i < 10_000; i++) votes = withVote(votes, "cat", 0.9);
  let frames = 0;
  while (winnerOf(votes).label === "cat") {
    votes = withVote(votes, "dog", 0.9);
    frames++;
  }
  assert.ok(frames <= MOST_FRAMES, `${frames}`);
});

Deno.test("areVotes() is false for what withVote() never gives", () => {
  const vote = { label: "a", weight: 500, frames: 1 };
  assert.ok(areVotes([vote]));
  const bad: readonly (readonly LabelVote[])[] = [
    ...[[], [vote, vote], [{ ...vote, label: "b" }, vote], [{ ...vote, label: "" }]],
    ...[[{ ...vote, weight: 1001 }], [{ ...vote, weight: -1 }], [{ ...vote, frames: 0 }]],
    ["a", "b", "c", "d"].map((label) => ({ ...vote, label })),
    [{ ...vote, frames: MOST_FRAMES + 1 }],
    [{ ...vote, label: "x".repeat(MOST_LABEL_LENGTH + 1) }],
  ];
  for (const votes of bad) assert.equal(areVotes(votes), false, JSON.stringify(votes));
});
