import type { ComponentChildren } from "preact";
import { type Signal, useSignal } from "@preact/signals";
import type { RuleSet } from "../../field/decide/rule.ts";
import type { WorldAct } from "../../field/world_messages.ts";
import { formats, listed } from "../format.ts";
import Icon from "../parts/icon.tsx";
import { rulesThatUse } from "./finished_outline.ts";
import { draftOfLine, draftOfZone, type OutlineDraft } from "./outline_draft.ts";
import { sentenceOf } from "./place_lists.tsx";
import {
  agentLine,
  agoWords,
  areaOf,
  errorWords,
  motionWords,
  placeWords,
  sourceWords,
  trackTitle,
} from "./place_words.ts";
import type { Picked, PlaceSnapshot } from "./place_snapshot.ts";
import type { Moment } from "./timeline.ts";

export interface PickedCardProps {
  readonly snapshot: PlaceSnapshot;
  readonly rules: RuleSet;
  readonly picked: Signal<Picked | null>;
  readonly draft: Signal<OutlineDraft | null>;
  readonly at: Signal<Moment>;
  readonly agentName: (agent: string) => string;
  /** False: the moment shown is past, and nothing can be done about it. */
  readonly isLive: boolean;
  /** False: zones and lines are an admin's to change. */
  readonly mayRule: boolean;
  readonly onRemove: (kind: "zone" | "line", id: string) => void;
  readonly onAct: (act: WorldAct) => Promise<boolean>;
}

/** All that is known of what was picked, and what can be done with it. */
export default function PickedCard(props: PickedCardProps) {
  const { value } = props.picked;
  if (!value) return null;
  const told = toldOf(value, props) ?? GONE;
  return (
    <section class="card picked-card" aria-label={`Picked: ${told.title}`}>
      <div class="card-head">
        <h3>{told.title}</h3>
        <button
          type="button"
          class="round"
          aria-label="Close"
          onClick={() => props.picked.value = null}
        >
          <Icon name="close" />
        </button>
      </div>
      <dl class="facts">
        {told.facts.map(([term, words]) => (
          <div class="fact" key={term}>
            <dt>{term}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      {told.actions && <div class="form-actions">{told.actions}</div>}
    </section>
  );
}

interface Told {
  readonly title: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly actions?: ComponentChildren;
}

/** Tracks that nobody sees are forgotten, and what is looked back to may not have been there yet. */
const GONE: Told = { title: "Not there at this moment", facts: [] };

/** Null when it is not there. */
function toldOf({ kind, id }: Picked, props: PickedCardProps): Told | null {
  switch (kind) {
    case "track":
      return toldOfTrack(id, props);
    case "agent":
      return toldOfAgent(id, props);
    case "decision":
      return toldOfDecision(id, props);
    case "zone":
    case "line":
      return toldOfOutline(kind, id, props);
  }
}

function toldOfTrack(
  id: string,
  { snapshot: { tracks, atMs }, agentName, isLive, onAct }: PickedCardProps,
): Told | null {
  const track = tracks.find((one) => one.id === id);
  return track
    ? {
      title: trackTitle(track),
      facts: [
        ["By", sourceWords(track, agentName)],
        ["Where", `${placeWords(track.position)}, ${errorWords(track)}`],
        ["Motion", motionWords(track.velocity)],
        ["Seen", `${agoWords(track.lastAtMs, atMs)}, first at ${formats.time(track.firstAtMs)}`],
      ],
      actions: isLive && <TrackActions key={id} track={track} onAct={onAct} />,
    }
    : null;
}

function toldOfAgent(id: string, { snapshot }: PickedCardProps): Told | null {
  const agent = snapshot.agents.find((one) => one.id === id);
  return agent
    ? {
      title: agent.name,
      facts: [
        ["State", agentLine(agent, snapshot, formats)],
        ["Where", `${placeWords(agent.pose.position)}, ${agent.pose.heightM.toFixed(1)} m up`],
      ],
    }
    : null;
}

function toldOfDecision(id: string, { snapshot, agentName, at }: PickedCardProps): Told | null {
  const decision = snapshot.decisions.find((one) => one.id === id);
  return decision
    ? {
      title: decision.rule ?? "More alerts",
      facts: [["Why", sentenceOf(decision, agentName)]],
      actions: (
        <button type="button" onClick={() => at.value = decision.atMs}>Show that moment</button>
      ),
    }
    : null;
}

function toldOfOutline(kind: "zone" | "line", id: string, props: PickedCardProps): Told | null {
  const { zones, lines } = props.rules;
  const zone = kind === "zone" ? zones.find((one) => one.id === id) : undefined;
  const line = kind === "line" ? lines.find((one) => one.id === id) : undefined;
  const outline = zone ?? line;
  if (!outline) return null;
  const users = rulesThatUse(props.rules, kind, id);
  const edit = () => props.draft.value = zone ? draftOfZone(zone) : line ? draftOfLine(line) : null;
  return {
    title: outline.name,
    facts: [
      zone
        ? ["Size", `${zone.corners.length} corners, ${Math.round(areaOf(zone.corners))} m²`]
        : ["Counts", "forward from its left to its right"],
      ["Rules", users.length > 0 ? listed(users) : "none goes by it"],
    ],
    actions: props.mayRule && (
      <>
        <button type="button" onClick={edit}>Edit</button>
        {users.length > 0
          ? <p class="hint">To remove it, change the rules that go by it first.</p>
          : <RemoveButton key={id} kind={kind} onRemove={() => props.onRemove(kind, id)} />}
      </>
    ),
  };
}

interface TrackActionsProps {
  readonly track: PlaceSnapshot["tracks"][number];
  readonly onAct: (act: WorldAct) => Promise<boolean>;
}

/** What a person who looks at it can say to all. */
function TrackActions({ track: { id, position }, onAct }: TrackActionsProps) {
  const said = useSignal("");
  const say = (what: WorldAct, words: string) => async () => {
    said.value = "";
    if (await onAct(what)) said.value = words;
  };
  return (
    <>
      <button type="button" onClick={say({ kind: "confirm-track", track: id }, "Confirmed")}>
        It is there
      </button>
      <button type="button" onClick={say({ kind: "remove-track", track: id }, "Taken away")}>
        Not there
      </button>
      <button
        type="button"
        onClick={say(
          { kind: "mark-tile", mark: "searched", place: position, on: true },
          "Marked as searched",
        )}
      >
        Mark as searched
      </button>
      <span class="hint" role="status">{said}</span>
    </>
  );
}

interface RemoveButtonProps {
  readonly kind: "zone" | "line";
  readonly onRemove: () => void;
}

/** Asks once: it is removed on all devices. */
function RemoveButton({ kind, onRemove }: RemoveButtonProps) {
  const asks = useSignal(false);
  return (
    <button
      type="button"
      class="danger"
      onClick={() => asks.value ? onRemove() : asks.value = true}
    >
      {asks.value ? `Yes, remove this ${kind} for all` : "Remove …"}
    </button>
  );
}
