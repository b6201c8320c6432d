import { useSignal } from "@preact/signals";
import type { PeerStatus, Status } from "../../field/messages.ts";
import { status } from "../live.ts";
import PeerRow from "./peer_row.tsx";
import RadioSwitch from "./radio_switch.tsx";
import RemoveSheet from "./remove_sheet.tsx";

/** The others: who is here, and what each has of what is here. */
export default function Peers() {
  const known = status.value;
  const removing = useSignal<string | null>(null);
  if (!known) {
    return (
      <section class="card" aria-labelledby="peers-title">
        <h2 id="peers-title">Peers</h2>
        <p class="skeleton peers-skeleton">&nbsp;</p>
      </section>
    );
  }
  if (!known.crew) return <NoCrew />;
  return (
    <section class="card" aria-labelledby="peers-title">
      <h2 id="peers-title">Peers</h2>
      {known.peers.length === 0
        ? (
          <p class="empty">
            Nobody yet. Invite a device: it opens the link, or scans the code, and is in.
          </p>
        )
        : (
          <ul class="peers">
            {known.peers.map((peer) => (
              <PeerRow
                key={peer.device}
                peer={peer}
                onRemove={mayRemove(known, peer) ? () => removing.value = peer.device : null}
              />
            ))}
          </ul>
        )}
      <RadioSwitch />
      <RemoveSheet
        peer={known.peers.find(({ device }) => device === removing.value) ?? null}
        onClose={() => removing.value = null}
      />
    </section>
  );
}

/** An admin removes any member but the founder, from whom the crew has its name and its rules. */
function mayRemove({ crew }: Status, { device }: PeerStatus): boolean {
  return crew?.role === "admin" && device !== crew.id;
}

function NoCrew() {
  return (
    <section class="card teach" aria-labelledby="peers-title">
      <h2 id="peers-title">No crew yet</h2>
      <p>
        A crew is the devices that share all they record. Each keeps a full copy, so a lost or
        broken phone loses nothing.
      </p>
      <ol class="steps">
        <li>
          <strong>Invite</strong> a device here, or open on this one the invite that another made.
        </li>
        <li>Both look in on the same hub once, on the same network.</li>
        <li>From then on they find each other whenever the hub is in reach.</li>
      </ol>
      <p>
        On a phone the browser must trust the hub first: <a href="/trust">how that is done</a>.
      </p>
    </section>
  );
}
