import { useSignal } from "@preact/signals";
import { toFailure } from "../field/errors.ts";
import type { ProcessorMode, ProcessorStatus } from "../field/messages.ts";
import { fieldmesh } from "../page/fieldmesh.ts";
import { status } from "./live.ts";
import Message from "./parts/message.tsx";
import { useNow } from "./parts/use_now.ts";
import { MODE_NAMES, modeHint, PROCESSOR_NAMES, reasonFor } from "./processor_words.ts";

const MODES: readonly ProcessorMode[] = ["auto", "gpu", "wasm"];
const RENEW_MS = 10_000;

/** What this device looks with, why, and the user's choice of it. */
export default function ProcessorCard() {
  const processor = status.value?.engine.processor;
  const problem = useSignal("");
  const choose = async (mode: ProcessorMode) => {
    problem.value = "";
    try {
      await fieldmesh().chooseProcessor(mode);
    } catch (thrown) {
      problem.value = toFailure(thrown).message;
    }
  };
  return (
    <section class="card" aria-labelledby="processor-title">
      <h2 id="processor-title">Processor</h2>
      {processor
        ? <Choice processor={processor} choose={choose} />
        : <p class="skeleton storage-skeleton">&nbsp;</p>}
      {problem.value && (
        <Message tone="problem" title="The choice was not kept">
          <p>{problem.value}</p>
        </Message>
      )}
    </section>
  );
}

interface ChoiceProps {
  readonly processor: ProcessorStatus;
  readonly choose: (mode: ProcessorMode) => void;
}

function Choice({ processor, choose }: ChoiceProps) {
  const now = useNow(RENEW_MS);
  const { inUse, gpu, mode: chosen } = processor;
  return (
    <>
      <div class="stack">
        <p role="status">
          In use: <strong>{PROCESSOR_NAMES[inUse] ?? inUse}</strong>
          {inUse === "gpu" && gpu && ` (${gpu})`}
        </p>
        <p class="hint" title={processor.cause}>{reasonFor(processor, now.value)}</p>
      </div>
      <fieldset class="options">
        <legend class="hidden">Processor</legend>
        {MODES.map((mode) => (
          <label key={mode} class="option">
            <input
              type="radio"
              name="processor"
              value={mode}
              checked={mode === chosen}
              onChange={() => choose(mode)}
            />
            <span>
              <strong>{MODE_NAMES[mode]}</strong>
              <small>{modeHint(mode, processor)}</small>
            </span>
          </label>
        ))}
      </fieldset>
    </>
  );
}
