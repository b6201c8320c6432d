import { hubReachable, status } from "./live.ts";
import { formats } from "./format.ts";

/** The three facts that are true on every page: network, records, peers. */
export default function StatusChips() {
  const known = status.value;
  const connected = known?.peers.filter((peer) => peer.connected).length ?? 0;
  const failing = known?.storage.failure !== undefined;
  return (
    <ul class="chips" aria-label="Status">
      <li class="chip" title={NETWORK_MEANING}>
        <i class={hubReachable.value ? "dot good" : "dot hollow"} />
        {networkWord(hubReachable.value)}
      </li>
      <li class="chip saved" title="Observations of this device on disk">
        {failing && <i class="dot bad" />}
        <span>
          <b>{known ? formats.count(known.saved) : "–"}</b> saved
        </span>
      </li>
      <li class="chip" title="Devices of the crew that are connected now">
        <span>
          <b>{known ? formats.count(connected) : "–"}</b> {connected === 1 ? "peer" : "peers"}
        </span>
      </li>
    </ul>
  );
}

const NETWORK_MEANING =
  "Online: the hub answers, so new devices can be found. Offline: everything else still works.";

function networkWord(reachable: boolean | null): string {
  if (reachable === null) return "…";
  return reachable ? "Online" : "Offline";
}
