import assert from "node:assert/strict";
import { signal } from "@preact/signals";
import { render } from "preact-render-to-string";
import { type CameraDraft, draftOf } from "./camera_draft.ts";
import { draftOfLine, newDraft, type OutlineDraft, withCorner } from "./outline_draft.ts";
import OutlineEditor from "./outline_editor.tsx";
import PickedCard from "./picked_card.tsx";
import type { Picked } from "./place_snapshot.ts";
import Places, { type PlacesProps } from "./places.tsx";
import { GATE_ALARM, NOW_MS, someRules, someSnapshot } from "./places_for_tests.ts";
import TimelineBar from "./timeline_bar.tsx";
import type { Moment } from "./timeline.ts";

const nothing = () => {};
const never = () => new Promise<never>(nothing);
const props: PlacesProps = {
  ...{ snapshots: [someSnapshot], rules: someRules, newId: () => "z1" },
  ...{ onZone: never, onLine: never, onRemove: nothing, onAct: never },
  ...{ origin: null, mayRule: true, empty: <p>Nobody is on the plan yet</p> },
  camera: signal<CameraDraft | null>(null),
  draft: signal<OutlineDraft | null>(null),
  placing: {
    isPlaced: true,
    onSave: never,
    tools: { aim: never, place: never, still: () => null },
  },
};

function wordsOf(html: string): string {
  return html.replace(/<svg.*?<\/svg>/gs, " ").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

Deno.test("Places shows each track under its id, and says it in the list too", () => {
  const html = render(<Places {...props} />);
  assert.match(html, /<g id="track-a:1" class="track-mark"/);
  assert.match(html, /<g id="track-b:7" class="track-mark unsure"/);
  const words = wordsOf(html);
  assert.match(
    words,
    /Person 81 ± 1\.2 m, moves 1\.4 m\/s north-east, seen now person 0\.81 by Gate phone, person 0\.64 by Mast camera/,
  );
  assert.match(words, /Dog 43\? ± 1\.2 m, stands still, seen now/);
});

Deno.test("Places shows agents with what they see, zones, lines, tiles and the decision's place", () => {
  const html = render(<Places {...props} />);
  assert.equal(html.match(/<polygon class="cone" points="-?\d/g)?.length, 2);
  assert.match(html, /<polygon class="zone" points="-5,0 5,0 0,9"/);
  assert.match(html, /<polyline class="line" points="-9,-5 9,-5"/);
  assert.match(html, /<path class="searched" d="M-10 0h5v5H-10Z"/);
  assert.match(html, /class="decision-mark alarm"/);
  assert.match(wordsOf(html), /because: person 0\.81 by Gate phone entered zone North/);
});

Deno.test("Places writes no style attribute: the content security policy forbids it", () => {
  assert.doesNotMatch(render(<Places {...props} />), /\sstyle=/);
});

Deno.test("Places without a snapshot says what to do", () => {
  const words = wordsOf(render(<Places {...props} snapshots={[]} />));
  assert.match(words, /Nobody is on the plan yet/);
});

Deno.test("Places with a problem says what and offers another try, and shows what is known", () => {
  const problem = { title: "The world cannot be read", what: "Storage is full.", onRetry: nothing };
  const alone = wordsOf(render(<Places {...props} snapshots={[]} problem={problem} />));
  assert.match(alone, /The world cannot be read Storage is full\. Try again/);
  assert.doesNotMatch(alone, /Nobody/);
  assert.match(
    wordsOf(render(<Places {...props} problem={problem} />)),
    /Storage is full.*Person 81/,
  );
});

Deno.test("Places with nobody seeing anything has empty lists that teach", () => {
  const empty = { ...someSnapshot, agents: [], tracks: [], decisions: [], tiles: [] };
  const rules = { zones: [], lines: [], rules: [] };
  const words = wordsOf(render(<Places {...props} rules={rules} snapshots={[empty]} />));
  assert.match(words, /Nothing in view of any agent now.*Draw one where it matters/);
});

Deno.test("TimelineBar says which moment is shown, and has buttons beside the slider", () => {
  const past = { ...someSnapshot, atMs: NOW_MS - 9_000 };
  const bar = (at: Moment) =>
    render(<TimelineBar snapshots={[past, someSnapshot]} at={signal<Moment>(at)} />);
  assert.match(bar(past.atMs), /aria-valuetext="[^"]*, 9 s ago"/);
  assert.match(bar(null), /aria-label="Later" disabled/);
  assert.match(bar(past.atMs), /aria-label="Earlier" disabled/);
  assert.match(bar(null), /<line class="alarm" x1="100.00%"/);
});

function card(
  picked: Picked,
  rules = someRules,
  change: { readonly isLive?: boolean; readonly mayRule?: boolean } = {},
): string {
  return wordsOf(render(
    <PickedCard
      {...{ snapshot: someSnapshot, rules, onRemove: nothing, agentName: (agent) => agent }}
      {...{ isLive: true, mayRule: true, onAct: never, ...change }}
      picked={signal<Picked | null>(picked)}
      draft={signal<OutlineDraft | null>(null)}
      at={signal<Moment>(null)}
    />,
  ));
}

Deno.test("PickedCard says all that is known of what was picked, and that something has gone", () => {
  assert.match(
    card({ kind: "track", id: "a:1" }),
    /Person 81 .*0\.0 m east, 5\.0 m north, ± 1\.2 m/,
  );
  assert.match(card({ kind: "agent", id: "a" }), /Gate phone .*sees 2.* 4\.0 m up/);
  assert.match(card({ kind: "decision", id: GATE_ALARM.id }), /Gate watch .*Show that moment/);
  assert.match(card({ kind: "zone", id: "north" }), /North .*3 corners, 45 m².*Edit.*Remove …/);
  assert.match(card({ kind: "track", id: "gone" }), /^ Not there at this moment\s*$/);
});

Deno.test("PickedCard does not remove a zone that a rule goes by", () => {
  const when = { kind: "seen", label: "cat", confidence: 0, agents: 1, zone: "north" } as const;
  const rule = { id: "r", name: "Cat watch", urgency: "note", when, actions: [] } as const;
  const rules = { ...someRules, rules: [{ ...rule, coolDown: { ruleMs: 1, subjectMs: 1 } }] };
  const words = card({ kind: "zone", id: "north" }, rules);
  assert.match(words, /Cat watch.*change the rules that go by it first/);
  assert.doesNotMatch(words, /Remove …/);
});

function editor(draft: OutlineDraft): string {
  return render(
    <OutlineEditor
      {...{ newId: () => "z1", onZone: never, onLine: never }}
      draft={signal<OutlineDraft | null>(draft)}
      stepMm={signal(1_000)}
    />,
  );
}

Deno.test("OutlineEditor has a button or a field for all that a finger can drag", () => {
  const html = editor(withCorner(newDraft("zone", [1, 2])));
  for (const label of ["North", "South", "East", "West"]) {
    assert.match(html, new RegExp(`aria-label="${label}"`));
  }
  assert.match(html, /aria-label="Corner 1, metres east"[^>]* value="1"/);
  assert.match(html, /aria-label="Corner 1, metres north"[^>]* value="2"/);
  assert.match(html, /aria-label="Remove corner 1"/);
  assert.match(wordsOf(html), /Cross 1\.0 m east, 2\.0 m north/);
});

Deno.test("OutlineEditor says what is missing, and saves only what is whole", () => {
  assert.match(editor(newDraft("zone", [0, 0])), /class="primary" disabled/);
  assert.match(
    wordsOf(editor(newDraft("zone", [0, 0]))),
    /3 more corners\. Tap the plan, or Add\./,
  );
  const whole = editor(draftOfLine(someRules.lines[0]));
  assert.match(wordsOf(whole), /Edit the line .*Turn .*Ready to save\./);
  assert.doesNotMatch(whole, /class="primary" disabled/);
});

Deno.test("PickedCard lets a person say of a track what they see, but not of the past", () => {
  const track: Picked = { kind: "track", id: "a:1" };
  assert.match(card(track), /It is there .*Not there .*Mark as searched/);
  assert.doesNotMatch(card(track, someRules, { isLive: false }), /It is there/);
});

Deno.test("Places and PickedCard show zones to who is no admin, and nothing to change them with", () => {
  assert.doesNotMatch(wordsOf(render(<Places {...props} mayRule={false} />)), /Draw a zone/);
  const words = card({ kind: "zone", id: "north" }, someRules, { mayRule: false });
  assert.match(words, /North .*3 corners/);
  assert.doesNotMatch(words, /Edit|Remove/);
});

Deno.test("Places with a camera being placed shows its cone, its handles and its figures", () => {
  const camera = signal<CameraDraft | null>(draftOf(null, 4 / 3));
  const html = render(<Places {...props} camera={camera} />);
  assert.match(html, /<polygon class="cone placing" points="-?\d/);
  assert.equal(html.match(/class="handle/g)?.length, 2);
  const words = wordsOf(html);
  assert.match(words, /Place this camera By position By points/);
  assert.match(words, /Height above the ground ± 0\.6 m.*Tilt below the horizon ± 4°/);
  assert.match(words, /Ready to save\. Save the place Cancel Take it off the plan/);
  assert.doesNotMatch(words, /device's position/, "the plan has no place on earth");
  assert.doesNotMatch(words, /Draw a zone/);
});

Deno.test("Places with a camera placed by points says what is missing, and saves only what maps", () => {
  const camera = signal<CameraDraft | null>({ ...draftOf(null, 4 / 3), way: "points" });
  const html = render(<Places {...props} camera={camera} />);
  assert.match(wordsOf(html), /Mark at least four points on the ground\./);
  assert.match(html, /class="primary" disabled/);
  assert.equal(html.match(/: not marked yet\. Mark it"/g)?.length, 4);
});
