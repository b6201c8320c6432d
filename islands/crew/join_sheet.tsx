import { useSignal } from "@preact/signals";
import type { Failure } from "../../field/errors.ts";
import { assertNever } from "../../field/errors.ts";
import { runningClock } from "../format.ts";
import { status } from "../live.ts";
import Message from "../parts/message.tsx";
import Sheet from "../parts/sheet.tsx";
import { useNow } from "../parts/use_now.ts";
import { cancelJoin, closeJoin, join, joining } from "./join_flow.ts";

/** After this a wait needs an explanation. */
const LONG_WAIT_MS = 15_000;

/** Joining a crew by an invite, step by step. */
export default function JoinSheet() {
  return (
    <Sheet title="Join a crew" open={joining.value.step !== "closed"} onClose={closeJoin}>
      <Step />
    </Sheet>
  );
}

function Step() {
  const now = joining.value;
  switch (now.step) {
    case "closed":
      return null;
    case "paste":
      return <PasteInvite />;
    case "ask":
      return <Consent invite={now.invite} />;
    case "joining":
      return <Waiting since={now.since} />;
    case "joined":
      return <Joined />;
    case "failed":
      return <NotJoined failure={now.failure} invite={now.invite} />;
    default:
      return assertNever(now);
  }
}

function WhatJoiningMeans() {
  return (
    <ul class="plain">
      <li>All that this device has recorded, and will record, goes to every device of the crew.</li>
      <li>All that the crew has recorded comes to this device.</li>
      <li>Nothing is deleted. What has been shared cannot be taken back.</li>
    </ul>
  );
}

function PasteInvite() {
  const text = useSignal("");
  return (
    <form
      class="join-form"
      onSubmit={(event) => {
        event.preventDefault();
        void join(text.value.trim());
      }}
    >
      <label for="invite-text">Invite: the link or the code</label>
      <textarea
        id="invite-text"
        rows={3}
        required
        autoComplete="off"
        spellcheck={false}
        value={text.value}
        onInput={(event) => text.value = event.currentTarget.value}
      />
      <p class="hint">Or scan the code on the other device with this one's camera app.</p>
      <WhatJoiningMeans />
      <button type="submit" class="primary wide" disabled={text.value.trim() === ""}>
        Join and share
      </button>
    </form>
  );
}

function Consent({ invite }: { readonly invite: string }) {
  return (
    <div class="join-form">
      <p>
        You opened an invite. If you join,{" "}
        <strong>{status.value?.device.name ?? "this device"}</strong> becomes part of the crew:
      </p>
      <WhatJoiningMeans />
      <div class="form-actions">
        <button type="button" class="primary" onClick={() => join(invite)}>Join and share</button>
        <button type="button" onClick={closeJoin}>Not now</button>
      </div>
    </div>
  );
}

function Waiting({ since }: { readonly since: number }) {
  const waited = useNow(1_000).value - since;
  return (
    <div class="join-form">
      <p class="waiting" role="status">
        <span class="busy" aria-hidden="true" />
        {waited < LONG_WAIT_MS ? "Asking the crew to let this device in …" : "Still waiting …"}
      </p>
      <progress class="meter" aria-label="Joining" />
      <p class="hint">
        {waited < LONG_WAIT_MS
          ? "Keep Fieldmesh open on both devices."
          : `${
            runningClock(waited)
          } so far. Is Fieldmesh open on the device that made the invite, and is ` +
            "it on the same hub, with its radio on?"}
      </p>
      <button type="button" class="wide" onClick={cancelJoin}>Do not join</button>
      <p class="hint">
        If you close this, the device still joins as soon as the other one answers.
      </p>
    </div>
  );
}

function Joined() {
  return (
    <div class="join-form">
      <Message tone="good" title="This device is in the crew">
        <p>The records are being exchanged. The list of peers shows how far it is.</p>
      </Message>
      <button type="button" class="primary wide" onClick={closeJoin}>Done</button>
    </div>
  );
}

interface NotJoinedProps {
  readonly failure: Failure;
  readonly invite: string;
}

function NotJoined({ failure, invite }: NotJoinedProps) {
  return (
    <div class="join-form">
      <Message tone="problem" title="This device is not in the crew">
        <p>{failure.message}</p>
        <p>Nothing was shared, and nothing was lost.</p>
      </Message>
      <div class="form-actions">
        <button type="button" class="primary" onClick={() => join(invite)}>Try again</button>
        <button type="button" onClick={() => joining.value = { step: "paste" }}>
          Another invite
        </button>
      </div>
    </div>
  );
}
