/** Below that it is worth a word. */
const SLOW = 0.9;

interface SwarmPaceProps {
  readonly isPlaying: boolean;
  /** Simulated over real time. */
  readonly speed: number;
}

/** How fast the swarm's time goes, where that is not as real time does. */
export default function SwarmPace({ isPlaying, speed }: SwarmPaceProps) {
  if (!isPlaying) return <p class="swarm-pace chip">Paused</p>;
  if (speed >= SLOW) return null;
  return (
    <p class="swarm-pace chip">
      <b>{speed.toFixed(1)}×</b>
      <span>speed: busy detecting</span>
    </p>
  );
}
