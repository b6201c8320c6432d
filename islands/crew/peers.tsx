import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { PeerStatus, Status } from "../../field/messages.ts";
import { toFailure } from "../../field/errors.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { formats, initials } from "../format.ts";
import { status } from "../live.ts";
import Icon from "../parts/icon.tsx";
import Message from "../parts/message.tsx";
import Switch from "../parts/switch.tsx";
import { useNow } from "../parts/use_now.ts";
import { peerClockWords } from "./clock_words.ts";
import { peerLine, presence } from "./crew_words.ts";
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

interface PeerRowProps {
  readonly peer: PeerStatus;
  /** Null: not for this device to do. */
  readonly onRemove: (() => void) | null;
}

function PeerRow({ peer, onRemove }: PeerRowProps) {
  const now = useNow(30_000).value;
  const clock = peerClockWords(peer.clock);
  return (
    <li class="peer">
      <span class="badge" aria-hidden="true">{initials(peer.name)}</span>
      <div class="peer-text">
        <strong>{peer.name}</strong>
        <small>{peerLine(peer, formats, now)}</small>
        <progress
          class={peer.missing === 0 ? "meter full" : "meter"}
          max={Math.max(1, peer.have + peer.missing)}
          value={peer.have + peer.missing === 0 ? 1 : peer.have}
          aria-label={`Observations on ${peer.name}`}
        />
        <small class="presence">
          <i class={peer.connected ? "dot good" : "dot hollow"} />
          {presence(peer, formats, now)}
        </small>
        {clock && <small>{clock}</small>}
      </div>
      {onRemove && (
        <button
          type="button"
          class="round"
          aria-label={`Remove ${peer.name} from the crew`}
          onClick={onRemove}
        >
          <Icon name="close" />
        </button>
      )}
    </li>
  );
}

function RadioSwitch() {
  const on = useSignal(true);
  const failed = useSignal("");
  useEffect(() => void (on.value = fieldmesh().radio), []);
  const change = async (wanted: boolean) => {
    failed.value = "";
    try {
      await fieldmesh().setRadio(wanted);
    } catch (thrown) {
      failed.value = toFailure(thrown).message;
    }
    on.value = fieldmesh().radio;
  };
  return (
    <>
      <Switch
        label="Radio"
        hint={on.value
          ? "Finds the crew and sends them what they lack."
          : "Off: nothing is sent or fetched. Watching and saving go on."}
        on={on.value}
        onChange={change}
      />
      {failed.value && (
        <Message tone="problem" title="The radio did not change">
          <p>{failed.value}</p>
        </Message>
      )}
    </>
  );
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
