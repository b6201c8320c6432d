/** All that the plan shows, in words: for listeners, for keys, and for who likes lists. */
import type { ComponentChildren } from "preact";
import type { Signal } from "@preact/signals";
import { explain } from "../../field/decide/explain.ts";
import type { Decision } from "../../field/decide/decision.ts";
import type { RuleSet } from "../../field/decide/rule.ts";
import { sitePoint } from "../../field/decide/site_point.ts";
import { isInside } from "../../field/decide/zone.ts";
import { counted, formats, initials } from "../format.ts";
import { agentLine, areaOf, sourceWords, trackLine, trackTitle } from "./place_words.ts";
import { isPicked, type Picked, type PlaceSnapshot } from "./place_snapshot.ts";
import PlaceIcon from "./place_icon.tsx";
import { isSure, SHAPE_PATHS, shapeOf } from "./track_look.ts";

interface PlaceListsProps {
  readonly snapshot: PlaceSnapshot;
  readonly rules: RuleSet;
  readonly picked: Signal<Picked | null>;
  readonly agentName: (agent: string) => string;
}

export default function PlaceLists({ snapshot, rules, picked, agentName }: PlaceListsProps) {
  const { tracks, agents, decisions, atMs } = snapshot;
  const { zones, lines } = rules;
  const row = (kind: Picked["kind"], id: string) => ({
    isPicked: isPicked(picked.value, kind, id),
    onPick: () => picked.value = isPicked(picked.value, kind, id) ? null : { kind, id },
  });
  return (
    <>
      <PlaceList
        title="Decisions"
        empty="None yet. Rules decide; they are made for zones and lines."
      >
        {decisions.toReversed().map((decision) => (
          <PlaceRow
            key={decision.id}
            {...row("decision", decision.id)}
            sign={<DecisionSign {...decision} />}
          >
            <strong>{decision.rule ?? "More alerts"}</strong>
            <small>{sentenceOf(decision, agentName)}</small>
          </PlaceRow>
        ))}
      </PlaceList>
      <PlaceList title="Objects" empty="Nothing in view of any agent now.">
        {tracks.map((track) => (
          <PlaceRow key={track.id} {...row("track", track.id)} sign={<TrackSign track={track} />}>
            <strong>{trackTitle(track)}</strong>
            <small>{trackLine(track, atMs)}</small>
            <small>{sourceWords(track, agentName)}</small>
          </PlaceRow>
        ))}
      </PlaceList>
      <PlaceList title="Agents" empty="No device has said where it stands.">
        {agents.map((agent) => (
          <PlaceRow
            key={agent.id}
            {...row("agent", agent.id)}
            sign={<span class="agent-sign" aria-hidden="true">{initials(agent.name)}</span>}
          >
            <strong>{agent.name}</strong>
            <small>{agentLine(agent, snapshot, formats)}</small>
          </PlaceRow>
        ))}
      </PlaceList>
      <PlaceList
        title="Zones and lines"
        empty="None yet. Draw one where it matters who comes and goes."
      >
        {zones.map(({ id, name, corners }) => (
          <PlaceRow key={`zone ${id}`} {...row("zone", id)} sign={<PlaceIcon name="zone" />}>
            <strong>{name}</strong>
            <small>
              {Math.round(areaOf(corners))} m²,{" "}
              {counted(insideOf(snapshot, corners), "object", formats)} inside
            </small>
          </PlaceRow>
        ))}
        {lines.map(({ id, name, from, to }) => (
          <PlaceRow key={`line ${id}`} {...row("line", id)} sign={<PlaceIcon name="line" />}>
            <strong>{name}</strong>
            <small>
              Line of {(Math.hypot(to[0] - from[0], to[1] - from[1]) / 1000).toFixed(1)} m
            </small>
          </PlaceRow>
        ))}
      </PlaceList>
    </>
  );
}

export function sentenceOf(decision: Decision, agentName: (agent: string) => string): string {
  const utcOffsetMin = -new Date(decision.atMs).getTimezoneOffset();
  return explain(decision, { agentName, utcOffsetMin });
}

function insideOf({ tracks }: PlaceSnapshot, corners: RuleSet["zones"][number]["corners"]): number {
  return tracks.filter(({ position }) => {
    const point = sitePoint(position);
    return point !== null && isInside(corners, point);
  }).length;
}

interface PlaceListProps {
  readonly title: string;
  readonly empty: string;
  readonly children: readonly unknown[] | unknown;
}

function PlaceList({ title, empty, children }: PlaceListProps) {
  const rows = [children].flat(2) as ComponentChildren[];
  const id = `places-${title.toLowerCase().replaceAll(" ", "-")}`;
  return (
    <section class="card places-list" aria-labelledby={id}>
      <h2 id={id}>
        {title} {rows.length > 0 && <span class="places-count">{rows.length}</span>}
      </h2>
      {rows.length > 0 ? <ul class="rows">{rows}</ul> : <p class="empty">{empty}</p>}
    </section>
  );
}

interface PlaceRowProps {
  readonly isPicked: boolean;
  readonly onPick: () => void;
  readonly sign: ComponentChildren;
  readonly children: ComponentChildren;
}

function PlaceRow({ isPicked, onPick, sign, children }: PlaceRowProps) {
  return (
    <li>
      <button type="button" class="place-row" aria-pressed={isPicked} onClick={onPick}>
        {sign}
        <span class="place-row-text">{children}</span>
      </button>
    </li>
  );
}

function TrackSign({ track }: { readonly track: PlaceSnapshot["tracks"][number] }) {
  return (
    <svg class="sign" viewBox="-14 -14 28 28" aria-hidden="true">
      <g class={isSure(track) ? "track-mark" : "track-mark unsure"}>
        <path d={SHAPE_PATHS[shapeOf(track)]} />
      </g>
    </svg>
  );
}

function DecisionSign({ urgency }: Pick<Decision, "urgency">) {
  return (
    <svg class="sign" viewBox="-16 -36 32 38" role="img" aria-label={urgency}>
      <g class={`decision-mark ${urgency}`}>
        <path d="M0 -2L-12 -14V-32H12V-14Z" />
        <text y="-17">{urgency === "note" ? "i" : "!"}</text>
      </g>
    </svg>
  );
}
