/** What the signs of the plan mean. */
import type { ComponentChildren } from "preact";
import { SHAPE_NAMES, SHAPE_PATHS, SHAPES } from "./track_look.ts";

export default function PlanKeyCard() {
  return (
    <details class="card fold plan-key">
      <summary>
        <h2>What the signs mean</h2>
      </summary>
      <ul class="plan-key-list">
        {SHAPES.map((shape) => (
          <Sign key={shape} words={SHAPE_NAMES[shape]}>
            <g class="track-mark">
              <path d={SHAPE_PATHS[shape]} />
            </g>
          </Sign>
        ))}
        <Sign words="Not sure what it is">
          <g class="track-mark unsure">
            <path d={SHAPE_PATHS.person} />
          </g>
        </Sign>
        <Sign words="It is in here, 95 of 100 times">
          <g class="plan-unsure">
            <ellipse rx="16" ry="9" />
          </g>
        </Sign>
        <Sign words="Where it will be in 2 s">
          <g class="track-mark">
            <path class="velocity" d="M-14 0H14m-6 -5l6 5l-6 5" />
          </g>
        </Sign>
        <Sign words="What a camera sees">
          <g class="plan-cones">
            <path class="cone" d="M0 12L-15 -10Q0 -18 15 -10Z" />
          </g>
        </Sign>
        <Sign words="An agent, and where it looks">
          <g class="agent-mark">
            <path class="beak" d="M-7 -11L0 -20L7 -11Z" />
            <circle class="disc" r="13" />
          </g>
        </Sign>
        <Sign words="Something was decided here">
          <g class="decision-mark alarm" transform="translate(0 18)">
            <path d="M0 -2L-12 -14V-32H12V-14Z" />
            <text y="-17">!</text>
          </g>
        </Sign>
        <Sign words="Line; the arrow is forward">
          <g class="plan-outlines">
            <path class="line" d="M-16 -6H16" />
          </g>
          <path class="forward" d="M0 -4V14M-6 8L0 15L6 8" />
        </Sign>
        <Sign words="Zone">
          <g class="plan-outlines">
            <path class="zone" d="M-14 -8H14V8H-14Z" />
          </g>
        </Sign>
        <Sign words="Searched">
          <path class="hatch searched" d="M-14 4L-6 -8M-6 8L4 -8M4 8L14 -6" />
        </Sign>
        <Sign words="Cleared">
          <path class="hatch cleared" d="M-12 8L2 -8M0 8L14 -8M-12 -8L2 8M0 -8L14 8" />
        </Sign>
      </ul>
    </details>
  );
}

interface SignProps {
  readonly words: string;
  readonly children: ComponentChildren;
}

function Sign({ words, children }: SignProps) {
  return (
    <li>
      <svg class="sign" viewBox="-20 -20 40 40" aria-hidden="true">{children}</svg>
      {words}
    </li>
  );
}
