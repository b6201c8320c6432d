import type { PeerStatus } from "../../field/messages.ts";
import { formats, initials, shortKey } from "../format.ts";
import { useNow } from "../parts/use_now.ts";
import { peerClockWords } from "./clock_words.ts";
import { roleWord } from "./crew_words.ts";
import {
  headline,
  isNear,
  isUnmet,
  linkLine,
  linkMeaning,
  lossLine,
  peerShares,
  seesLine,
  spoken,
  waitingWords,
} from "./peer_words.ts";

interface PeerRowProps {
  readonly peer: PeerStatus;
  /** Null: not for this device to do. */
  readonly onRemove: (() => void) | null;
}

/** One of the crew: what matters in its first lines, the rest unfolds. */
export default function PeerRow({ peer, onRemove }: PeerRowProps) {
  const now = useNow(30_000).value;
  return (
    <li>
      <details class="peer fold">
        <summary>
          <span class="hidden">{spoken(peer, formats, now)}</span>
          <Glance peer={peer} now={now} />
        </summary>
        <PeerDetails peer={peer} onRemove={onRemove} />
      </details>
    </li>
  );
}

interface GlanceProps {
  readonly peer: PeerStatus;
  readonly now: number;
}

/** For the eye: a listener hears the same as sentences. */
function Glance({ peer, now }: GlanceProps) {
  const link = linkLine(peer);
  const all = peer.have + peer.missing;
  return (
    <span class="peer-glance" aria-hidden="true">
      <span class="badge">{initials(peer.name)}</span>
      <span class="peer-text">
        <span class="peer-head">
          <strong>{peer.name}</strong>
          {link && <span class="peer-link">{link}</span>}
        </span>
        <span class="presence">
          <i class={isNear(peer) ? "dot good" : "dot hollow"} />
          {headline(peer, formats, now)}
        </span>
        <small class="peer-shares">
          {peerShares(peer, formats, now).map((share) => <span key={share}>{share}</span>)}
        </small>
        {peer.missing > 0 && !isUnmet(peer) && (
          <progress class="meter" max={all} value={peer.have} />
        )}
        {[lossLine(peer), seesLine(peer, formats)].map((line) =>
          line && <small key={line} class="peer-more">{line}</small>
        )}
      </span>
    </span>
  );
}

function PeerDetails({ peer, onRemove }: PeerRowProps) {
  const facts = [
    ["Link", linkMeaning(peer)],
    ["Not connected", isNear(peer) ? null : peer.reason ?? null],
    ["Waits for it", waitingWords(peer, formats)],
    ["Clock", peerClockWords(peer.clock)],
    ["Role", roleWord(peer.role)],
    ["Key", shortKey(peer.device)],
  ].filter(([, words]) => words !== null);
  return (
    <div class="peer-details">
      <dl class="facts">
        {facts.map(([name, words]) => (
          <div key={name} class="fact">
            <dt>{name}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      {onRemove && (
        <button type="button" class="danger" onClick={onRemove}>Remove {peer.name} …</button>
      )}
    </div>
  );
}
