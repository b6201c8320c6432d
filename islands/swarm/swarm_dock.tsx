import Icon from "../parts/icon.tsx";
import { beginAnew, isPlaying, links } from "./swarm_state.ts";

/** Under the thumb: cut and join the links, let time stand still, begin anew. */
export default function SwarmDock() {
  return (
    <div class="dock three swarm-dock">
      <button
        type="button"
        class="side"
        onClick={() => isPlaying.value = !isPlaying.value}
      >
        {isPlaying.value ? <PauseSign /> : <Icon name="start" />}
        <span class="side-label">{isPlaying.value ? "Pause" : "Go on"}</span>
      </button>
      <CutButton />
      <button type="button" class="side" onClick={beginAnew}>
        <Icon name="reload" />
        <span class="side-label">New seed</span>
      </button>
    </div>
  );
}

function CutButton() {
  const { isCut } = links.value;
  return (
    <button
      type="button"
      class={isCut ? "main-action" : "main-action stop"}
      onClick={() => links.value = { ...links.value, isCut: !isCut }}
    >
      {isCut ? "Join the links" : "Cut the links"}
    </button>
  );
}

function PauseSign() {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M9 5.5v13M15 5.5v13" />
    </svg>
  );
}
