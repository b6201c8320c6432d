import { useEffect, useRef } from "preact/hooks";
import { type Signal, useSignal } from "@preact/signals";
import { assertNever } from "../../field/errors.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import type { PairState } from "../../page/pairing/pair_state.ts";
import { status } from "../live.ts";
import Icon from "../parts/icon.tsx";
import Message from "../parts/message.tsx";
import Sheet from "../parts/sheet.tsx";
import Switch from "../parts/switch.tsx";
import { closeCamera, openCamera } from "./pair_camera.ts";
import PairCodeView from "./pair_code_view.tsx";
import PairReader from "./pair_reader.tsx";
import { stepWords } from "./pair_words.ts";

interface PairSheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Links two devices without hub and internet: each shows the other a code. */
export default function PairSheet({ open, onClose }: PairSheetProps) {
  const close = () => {
    fieldmesh().pairing.cancel();
    closeCamera();
    onClose();
  };
  return (
    <Sheet title="Pair by codes" open={open} onClose={close}>
      <Steps onClose={close} />
    </Sheet>
  );
}

function Steps({ onClose }: { readonly onClose: () => void }) {
  const state = useSignal<PairState>({ step: "idle" });
  /** First device: its user has gone on to read the answer. */
  const readsAnswer = useSignal(false);
  const words = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const { pairing } = fieldmesh();
    state.value = pairing.state;
    return pairing.onState((next) => {
      if (next.step === "idle" || next.step === "preparing") readsAnswer.value = false;
      if (next.step === "met" || next.step === "failed") closeCamera();
      state.value = next;
    });
  }, []);
  const now = state.value;
  const isReading = readsAnswer.value;
  useEffect(() => {
    // the button that led here is gone, and the focus with it
    if (now.step !== "idle" && !document.activeElement?.closest("dialog")) words.current?.focus();
  }, [now.step, isReading]);
  return (
    <div class="pair">
      <p ref={words} class="pair-step" tabIndex={-1} role="status">
        {stepWords(now, isReading)}
      </p>
      <Step state={now} readsAnswer={readsAnswer} onClose={onClose} />
    </div>
  );
}

interface StepProps {
  readonly state: PairState;
  readonly readsAnswer: Signal<boolean>;
  readonly onClose: () => void;
}

function Step({ state, readsAnswer, onClose }: StepProps) {
  switch (state.step) {
    case "idle":
      return <Begin />;
    case "preparing":
    case "meeting":
    case "connecting":
      return <progress class="meter" aria-label="Pairing" />;
    case "offering":
      return <Offering state={state} readsAnswer={readsAnswer} />;
    case "reading":
      return <PairReader pairing={fieldmesh().pairing} problem={state.problem} />;
    case "invited":
      return <Invited />;
    case "answering":
      return <Answering state={state} />;
    case "met":
      return <Met state={state} onClose={onClose} />;
    case "failed":
      return <Failed state={state} />;
    default:
      return assertNever(state);
  }
}

/** Asks for the camera first: with its permission browsers put addresses into the code, and else mere names. */
async function show(invite: boolean): Promise<void> {
  await openCamera();
  await fieldmesh().pairing.offer({ invite });
}

async function read(): Promise<void> {
  await openCamera();
  fieldmesh().pairing.read();
}

function Begin() {
  const crew = status.value?.crew ?? null;
  const mayInvite = crew === null || crew.role === "admin";
  const isNew = useSignal<boolean | null>(null);
  const isAlone = (status.value?.peers.length ?? 0) === 0;
  const invite = mayInvite && (crew === null || (isNew.value ?? isAlone));
  return (
    <>
      <p>
        Both devices must be in{" "}
        <strong>one network</strong>: the same Wi-Fi, or the hotspot of one of them. No hub and no
        internet are needed.
      </p>
      {crew && mayInvite && (
        <Switch
          label="The other device is new"
          hint={invite
            ? "The code also invites it into the crew. Show it to that device only."
            : "Off: the code links members of the crew, and nobody else."}
          on={invite}
          onChange={(on) => isNew.value = on}
        />
      )}
      <div class="pair-begin">
        <button type="button" class="primary" onClick={() => show(invite)}>
          <Icon name="box" />Show a code
        </button>
        <button type="button" onClick={read}>
          <Icon name="camera" />Read a code
        </button>
      </div>
      <p class="hint">
        One device shows, the other reads; then the other way round.{!crew &&
          " To join a crew, read a code of one of its devices: showing one begins a crew of your own."}
      </p>
    </>
  );
}

interface OfferingProps {
  readonly state: Extract<PairState, { step: "offering" }>;
  readonly readsAnswer: Signal<boolean>;
}

function Offering({ state, readsAnswer }: OfferingProps) {
  if (readsAnswer.value) {
    return (
      <>
        <PairReader pairing={fieldmesh().pairing} problem={state.problem} />
        <button type="button" class="wide" onClick={() => readsAnswer.value = false}>
          Show my code again
        </button>
      </>
    );
  }
  return (
    <PairCodeView shown={state}>
      <button type="button" class="primary wide" onClick={() => readsAnswer.value = true}>
        <Icon name="camera" />Next: read its code
      </button>
      <p class="hint">
        On the other device: Crew, Pair by codes, Read a code. Turn this screen bright.
      </p>
    </PairCodeView>
  );
}

function Invited() {
  const { pairing } = fieldmesh();
  return (
    <div class="join-form">
      <p>
        If you join, all that <strong>{status.value?.device.name ?? "this device"}</strong>{" "}
        has recorded, and will record, goes to every device of the crew, and theirs comes here.
        Nothing is deleted. What has been shared cannot be taken back.
      </p>
      <div class="form-actions">
        <button type="button" class="primary" onClick={() => pairing.agree()}>
          Join and share
        </button>
        <button type="button" onClick={() => pairing.cancel()}>Not now</button>
      </div>
    </div>
  );
}

function Answering({ state }: { readonly state: Extract<PairState, { step: "answering" }> }) {
  return (
    <PairCodeView shown={state}>
      <p class="presence">
        <i class={state.inReach ? "dot good" : "dot hollow"} />
        {state.inReach ? "The other device is in reach." : "Looking for the other device …"}
      </p>
      <p class="hint">
        On the other device, tap <strong>Next: read its code</strong>. Turn this screen bright.
      </p>
    </PairCodeView>
  );
}

interface MetProps {
  readonly state: Extract<PairState, { step: "met" }>;
  readonly onClose: () => void;
}

function Met({ state: { name, tookMs }, onClose }: MetProps) {
  return (
    <>
      <Message tone="good" title={`Linked with ${name}`}>
        <p>
          {tookMs === null ? "" : `It took ${Math.ceil(tookMs / 100) / 10} s. `}
          The records are being exchanged. Keep Fieldmesh open on both; if the link breaks and no
          hub is in reach, pair again.
        </p>
      </Message>
      <button type="button" class="primary wide" onClick={onClose}>Done</button>
    </>
  );
}

function Failed(
  { state: { failure } }: { readonly state: Extract<PairState, { step: "failed" }> },
) {
  return (
    <>
      <Message tone="problem" title={failure.title}>
        <p>{failure.message}</p>
        <p>No record was lost.</p>
      </Message>
      <button type="button" class="primary wide" onClick={() => fieldmesh().pairing.cancel()}>
        Start over
      </button>
    </>
  );
}
