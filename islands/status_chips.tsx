import { useRef } from "preact/hooks";
import { hubReachable, status } from "./live.ts";
import { formats } from "./format.ts";
import { useNow } from "./parts/use_now.ts";
import { onlyHereToSay, sinceWhen } from "./shell/only_here.ts";

const LOOK_EVERY_MS = 5_000;

/** What is true on every page: network, records, peers, and what no other device has yet. */
export default function StatusChips() {
  const known = status.value;
  const connected = known?.peers.filter((peer) => peer.connected).length ?? 0;
  const failing = known?.storage.failure !== undefined;
  const here = useOnlyHere();
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
      {here !== null && (
        <li
          class={connected === 0 ? "chip only-here alone" : "chip only-here"}
          title="Observations of this device that no other device of the crew has yet"
        >
          <span>
            <b>{formats.count(here)}</b> only here
          </span>
        </li>
      )}
      <li class="chip peer-count" title="Devices of the crew that are connected now">
        <span>
          <b>{known ? formats.count(connected) : "–"}</b> {connected === 1 ? "peer" : "peers"}
        </span>
      </li>
    </ul>
  );
}

/** How many to say; null: nothing. */
function useOnlyHere(): number | null {
  const looked = useNow(LOOK_EVERY_MS).value;
  const since = useRef<number | null>(null);
  since.current = sinceWhen(since.current, status.value, looked);
  return onlyHereToSay(status.value, since.current, looked);
}

const NETWORK_MEANING =
  "Online: the hub answers, so new devices can be found. Offline: everything else still works.";

function networkWord(reachable: boolean | null): string {
  if (reachable === null) return "…";
  return reachable ? "Online" : "Offline";
}
