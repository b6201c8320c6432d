import { useMemo, useRef } from "preact/hooks";
import type { WorldMoment } from "../../field/world_messages.ts";
import type { Vector } from "../../field/world/world_track.ts";
import { AgentMark, MarkLabel, TrackMark } from "../places/plan_marks.tsx";
import { useSize } from "../places/use_size.ts";
import { areaAround, mapFrame } from "./map_frame.ts";
import { trackLabels } from "./map_labels.ts";
import { Errand } from "./map_marks.tsx";
import GroundPicture from "./ground_picture.tsx";
import type { Look } from "./swarm_state.ts";
import { groundSeen } from "./ground_seen.ts";

interface AgentMapProps {
  readonly ground: HTMLCanvasElement;
  readonly groundM: Vector;
  readonly look: Look | null;
  /** What this device's own worker knows. */
  readonly world: WorldMoment | null;
  readonly self: string | undefined;
  readonly sentTo: Vector | null;
}

/** The crew's map as this device has it, on the ground that all fly over. */
export default function AgentMap({ ground, groundM, look, world, self, sentTo }: AgentMapProps) {
  const box = useRef<HTMLDivElement>(null);
  const frame = mapFrame(groundM, useSize(box).value.width);
  const looks = useMemo(() => look ? [look] : [], [look]);
  const own = world?.agents.find(({ id }) => id === self);
  const marks = world?.agents ?? [];
  return (
    <div class="swarm-map" ref={box} style={{ aspectRatio: `${frame.width} / ${frame.height}` }}>
      <GroundPicture {...{ ground, frame, looks }} searched={null} />
      <svg viewBox={`0 0 ${frame.width} ${frame.height}`} aria-hidden="true" focusable="false">
        {marks.map(({ id, pose }) => {
          const seen = areaAround(frame, pose.position, groundSeen(pose));
          return (
            <rect key={id} class={id === self ? "agent-sight own" : "agent-sight"} {...seen} />
          );
        })}
        {own && sentTo && <Errand from={frame.at(own.pose.position)} to={frame.at(sentTo)} />}
        {world?.tracks.map((track) => (
          <TrackMark
            key={track.id}
            track={track}
            at={frame.at(track.position)}
            pxPerM={frame.pxPerM}
            picked={false}
          />
        ))}
        {marks.map((agent) => (
          <AgentMark
            key={agent.id}
            agent={agent}
            at={frame.at(agent.pose.position)}
            nowMs={world?.atMs ?? 0}
            picked={agent.id === self}
          />
        ))}
        {trackLabels(world?.tracks ?? [], marks, frame).map(({ id, ...label }) => (
          <MarkLabel key={id} {...label} />
        ))}
      </svg>
    </div>
  );
}
