import { useMemo } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { type Signal, useSignal } from "@preact/signals";
import { type Decision, hasAlert } from "../../field/decide/decision.ts";
import type { Line, RuleSet, Zone } from "../../field/decide/rule.ts";
import type { LatLon } from "../../field/world/plan_frame.ts";
import type { WorldAct } from "../../field/world_messages.ts";
import { counted, formats } from "../format.ts";
import Message from "../parts/message.tsx";
import type { CameraDraft } from "./camera_draft.ts";
import CameraEditor, { type CameraEditorProps } from "./camera_editor.tsx";
import { newDraft, type OutlineDraft } from "./outline_draft.ts";
import OutlineEditor from "./outline_editor.tsx";
import PickedCard from "./picked_card.tsx";
import PlaceIcon from "./place_icon.tsx";
import PlaceLists, { sentenceOf } from "./place_lists.tsx";
import { worldWords } from "./place_words.ts";
import { newestDecision } from "./placed_decision.ts";
import PlacesAnnouncer from "./places_announcer.tsx";
import type { Picked, PlaceSnapshot } from "./place_snapshot.ts";
import PlanKeyCard from "./plan_key_card.tsx";
import Plan from "./plan.tsx";
import type { PlanView } from "./plan_view.ts";
import TimelineBar from "./timeline_bar.tsx";
import { indexAt, type Moment, momentWords } from "./timeline.ts";

/** What went wrong, and what to do: as the worker says it. */
export interface PlacesProblem {
  readonly title: string;
  readonly what: string;
  /** Try again; absent when that cannot help. */
  readonly onRetry?: () => void;
}

export interface PlacesProps {
  /** Oldest first; the last is now. None: nothing is known yet. */
  readonly snapshots: readonly PlaceSnapshot[];
  readonly rules: RuleSet;
  readonly origin: LatLon | null;
  /** False: zones and lines are shown, and an admin's to change. */
  readonly mayRule: boolean;
  readonly problem?: PlacesProblem;
  /** In place of the plan, while there is nothing to show. */
  readonly empty: ComponentChildren;
  /** Above the plan: what to do next. */
  readonly lead?: ComponentChildren;
  /** Below the lists: rules, cameras, the site. */
  readonly cards?: ComponentChildren;
  /** This device's camera while it is being placed; what the editor needs beside it. */
  readonly camera: Signal<CameraDraft | null>;
  readonly placing: Omit<CameraEditorProps, "camera" | "stepMm" | "origin">;
  /** The zone or line being drawn. */
  readonly draft: Signal<OutlineDraft | null>;
  /** An id that no other zone or line has, on any device; as `parse_rules.ts` takes it. */
  readonly newId: () => string;
  /** New, or in place of the one with its id. Resolves with whether it was kept: the drawing then ends. */
  readonly onZone: (zone: Zone) => Promise<boolean>;
  readonly onLine: (line: Line) => Promise<boolean>;
  readonly onRemove: (kind: "zone" | "line", id: string) => void;
  readonly onAct: (act: WorldAct) => Promise<boolean>;
  /** What people call an agent that is not on the plan. */
  readonly agentName?: (agent: string) => string;
}

/** One picture of the world: who is where, what they see, what was decided. */
export default function Places(props: PlacesProps) {
  const { snapshots, problem } = props;
  return (
    <div class="places">
      {problem && (
        <Message
          tone="problem"
          title={problem.title}
          actions={problem.onRetry && (
            <button type="button" onClick={problem.onRetry}>Try again</button>
          )}
        >
          <p>{problem.what}</p>
        </Message>
      )}
      {snapshots.length > 0 ? <World {...props} /> : !problem && props.empty}
    </div>
  );
}

function World(props: PlacesProps) {
  const { snapshots, rules, draft, camera, origin } = props;
  const at = useSignal<Moment>(null);
  const picked = useSignal<Picked | null>(null);
  const view = useSignal<PlanView | null>(null);
  const stepMm = useSignal(1_000);
  const index = indexAt(snapshots.map(({ atMs }) => atMs), at.value);
  const snapshot = snapshots[index];
  const upTo = useMemo(() => snapshots.slice(0, index + 1), [snapshots, index]);
  const agentName = useMemo(() => namesOf(snapshot, props.agentName), [snapshot, props.agentName]);
  const begin = (kind: "zone" | "line") => {
    picked.value = null;
    draft.value = newDraft(kind, view.value?.centre ?? middleOf(snapshot));
  };
  const done = <T,>(save: (outline: T) => Promise<boolean>) => async (outline: T) => {
    // one that was not kept goes on being drawn: nothing of it is lost
    if (await save(outline)) draft.value = null;
  };
  const remove = (kind: "zone" | "line", id: string) => {
    props.onRemove(kind, id);
    picked.value = null;
  };
  const isLive = at.value === null;
  const isEdited = draft.value !== null || camera.value !== null;
  const news = newestDecision(snapshot.decisions, snapshot.atMs);
  return (
    <>
      <div class={isEdited ? "places-main drawing" : "places-main"}>
        {!isEdited && props.lead}
        <div class="plan-frame">
          <Plan
            {...{ snapshot, upTo, rules, isLive, picked, draft, camera, view, origin }}
            stepMm={stepMm.value}
          />
          <PlanChips snapshots={snapshots} snapshot={snapshot} at={at.value} />
        </div>
        {!isEdited && (picked.value
          ? (
            <PickedCard
              {...{ snapshot, rules, picked, draft, at, agentName, isLive }}
              {...{ mayRule: props.mayRule, onAct: props.onAct }}
              onRemove={remove}
            />
          )
          : news && (
            <News
              decision={news}
              agentName={agentName}
              onPick={() => picked.value = { kind: "decision", id: news.id }}
            />
          ))}
        {!isEdited && (
          <div class="places-controls">
            {snapshots.length > 1 && <TimelineBar snapshots={snapshots} at={at} />}
            {props.mayRule && <DrawActions onBegin={begin} />}
          </div>
        )}
      </div>
      <div class="places-side">
        {camera.value
          ? <CameraEditor {...{ camera, stepMm, origin, ...props.placing }} />
          : draft.value
          ? (
            <OutlineEditor
              {...{ draft, stepMm, newId: props.newId }}
              onZone={done(props.onZone)}
              onLine={done(props.onLine)}
            />
          )
          : (
            <>
              <PlaceLists {...{ snapshot, rules, picked, agentName }} />
              {props.cards}
              <PlanKeyCard />
            </>
          )}
      </div>
      <PlacesAnnouncer
        words={isLive ? worldWords(snapshot, formats) : ""}
        news={isLive && news && !hasAlert(news) ? sentenceOf(news, agentName) : ""}
      />
    </>
  );
}

interface NewsProps {
  readonly decision: Decision;
  readonly agentName: (agent: string) => string;
  readonly onPick: () => void;
}

/** The newest decision, in full. */
function News({ decision, agentName, onPick }: NewsProps) {
  return (
    <button type="button" class={`place-news ${decision.urgency}`} onClick={onPick}>
      <span class="place-news-text">{sentenceOf(decision, agentName)}</span>
    </button>
  );
}

function DrawActions({ onBegin }: { readonly onBegin: (kind: "zone" | "line") => void }) {
  return (
    <div class="draw-actions">
      <button type="button" onClick={() => onBegin("zone")}>
        <PlaceIcon name="zone" />Draw a zone
      </button>
      <button type="button" onClick={() => onBegin("line")}>
        <PlaceIcon name="line" />Draw a line
      </button>
    </div>
  );
}

interface PlanChipsProps {
  readonly snapshots: readonly PlaceSnapshot[];
  readonly snapshot: PlaceSnapshot;
  readonly at: Moment;
}

/** Which moment it is, and how much is there. */
function PlanChips({ snapshots, snapshot: { atMs, tracks, agents }, at }: PlanChipsProps) {
  const isLive = at === null;
  return (
    <p class="plan-chips">
      <span class={isLive ? "chip" : "chip past"}>
        <i class={isLive ? "dot live" : "dot"} />
        {momentWords(snapshots.map((one) => one.atMs), at)} <b>{formats.time(atMs)}</b>
      </span>
      <span class="chip">
        <span>
          <b>{counted(tracks.length, "object", formats)}</b>,{" "}
          {counted(agents.length, "agent", formats)}
        </span>
      </span>
    </p>
  );
}

function namesOf(
  { agents }: PlaceSnapshot,
  otherwise: (agent: string) => string = (agent) => agent.slice(0, 4),
): (agent: string) => string {
  const names = new Map(agents.map(({ id, name }) => [id, name]));
  return (agent) => names.get(agent) ?? otherwise(agent);
}

/** Where the first corner is looked for: between the agents. */
function middleOf({ agents }: PlaceSnapshot): readonly [number, number] {
  const mean = (axis: 0 | 1) =>
    agents.reduce((sum, { pose }) => sum + pose.position[axis], 0) / Math.max(1, agents.length);
  return [mean(0), mean(1)];
}
