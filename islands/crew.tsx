import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { status } from "./live.ts";
import { capitalised, formats } from "./format.ts";
import ByCodesCard from "./crew/by_codes_card.tsx";
import ByFileCard from "./crew/by_file_card.tsx";
import { crewTruth } from "./crew/crew_truth.ts";
import { inviteInHash } from "./crew/crew_words.ts";
import InviteSheet from "./crew/invite_sheet.tsx";
import { cancelJoin, joining } from "./crew/join_flow.ts";
import JoinSheet from "./crew/join_sheet.tsx";
import PairSheet from "./crew/pair_sheet.tsx";
import Peers from "./crew/peers.tsx";
import RefusedCard from "./crew/refused_card.tsx";
import SharedFiles from "./crew/shared_files.tsx";
import ThisDevice from "./crew/this_device.tsx";
import WayOutMessage from "./crew/way_out.tsx";
import Icon from "./parts/icon.tsx";
import Message from "./parts/message.tsx";
import { deviceWords } from "./parts/observation_words.ts";
import { useNow } from "./parts/use_now.ts";
import WorkPanel from "./records/work_panel.tsx";

/** Who shares the records, and who has them. */
export default function CrewView() {
  const inviting = useSignal(false);
  const pairing = useSignal(false);
  const pair = () => pairing.value = true;
  useEffect(() => {
    takeInvite();
    addEventListener("hashchange", takeInvite);
    return () => removeEventListener("hashchange", takeInvite);
  }, []);
  return (
    <>
      <Truth />
      <SharedFiles />
      <Pending />
      <RemovedHere />
      <WayOutMessage onPair={pair} />
      <div class="two">
        <Peers />
        <div class="crew-side">
          <ThisDevice />
          <ByCodesCard onPair={pair} />
          <ByFileCard />
          <RefusedCard />
          <WaysIn onInvite={() => inviting.value = true} />
        </div>
      </div>
      <WorkPanel />
      <InviteSheet open={inviting.value} onClose={() => inviting.value = false} />
      <JoinSheet />
      <PairSheet open={pairing.value} onClose={() => pairing.value = false} />
    </>
  );
}

/** An invite that was taken up and has not been answered, also after a reload. */
function Pending() {
  const pending = status.value?.joining;
  if (!pending || joining.value.step !== "closed") return null;
  return (
    <div class="card">
      <h2>Waiting to join</h2>
      <p>
        The device that made the invite has not answered yet. Open Fieldmesh there, on the same hub:
        joining goes on by itself.
      </p>
      <button type="button" class="wide" onClick={cancelJoin}>Do not join</button>
    </div>
  );
}

/** Only a member says so: this device cannot read the crew's records any more. */
function RemovedHere() {
  const known = status.value;
  const by = known?.crew?.removedBy;
  if (by === undefined || known?.joining) return null;
  return (
    <Message
      tone="problem"
      title="The crew takes nothing from this device any more"
      actions={
        <button type="button" onClick={() => joining.value = { step: "paste" }}>
          Join again …
        </button>
      }
    >
      <p>
        {capitalised(deviceWords(by, known))}{" "}
        says that it was removed. Watching and saving go on, and all that is here stays here; what
        is new reaches nobody, and nothing new comes.
      </p>
      <p>
        To come back, ask an admin of the crew for a new invite and open it on this device. What it
        recorded meanwhile then goes to the crew.
      </p>
    </Message>
  );
}

/** Who has no crew founds one or joins one; in a crew, an admin invites. */
function WaysIn({ onInvite }: { readonly onInvite: () => void }) {
  const crew = status.value?.crew;
  if (crew && (crew.role !== "admin" || crew.removedBy)) return null;
  return (
    <div class="dock two-actions">
      <button type="button" class="main-action" onClick={onInvite}>
        <Icon name="add" />Invite
      </button>
      {!crew && (
        <button
          type="button"
          class="side"
          onClick={() => joining.value = { step: "paste" }}
        >
          <Icon name="enter" />
          <span class="side-label">Join</span>
        </button>
      )}
    </div>
  );
}

function Truth() {
  const known = status.value;
  const now = useNow(60_000).value;
  if (!known) return <p class="truth">&nbsp;</p>;
  const { tone, line } = crewTruth(known, formats, now);
  return (
    <p class="truth">
      <i class={tone === "good" ? "dot good" : "dot hollow"} />
      {line}
    </p>
  );
}

/** An invite is a secret: it leaves the address, and so the history, before anything else happens. */
function takeInvite(): void {
  const invite = inviteInHash(location.hash);
  if (invite === null) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  joining.value = { step: "ask", invite };
}
