import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { toFailure } from "../field/errors.ts";
import type { ModelInfo } from "../field/messages.ts";
import { fieldmesh } from "../page/fieldmesh.ts";
import { formats } from "./format.ts";
import { status } from "./live.ts";
import Message from "./parts/message.tsx";

/** Which model this device watches with. */
export default function ModelCard() {
  const models = useSignal<readonly ModelInfo[]>([]);
  const loading = useSignal<string | null>(null);
  const problem = useSignal("");
  const current = status.value?.engine.modelId;
  useEffect(() => {
    if (current === undefined) return;
    fieldmesh().models().then((found) => models.value = found, (thrown) => tell(thrown));
  }, [current]);
  const tell = (thrown: unknown) => problem.value = toFailure(thrown).message;
  const choose = async (id: string) => {
    loading.value = id;
    problem.value = "";
    try {
      await fieldmesh().chooseModel(id);
      models.value = await fieldmesh().models();
    } catch (thrown) {
      tell(thrown);
    }
    loading.value = null;
  };
  return (
    <section class="card" aria-labelledby="model-title">
      <h2 id="model-title">Model</h2>
      <fieldset class="options" disabled={loading.value !== null}>
        <legend class="hidden">Model</legend>
        {models.value.map((model) => (
          <ModelOption
            key={model.id}
            model={model}
            loading={loading.value === model.id}
            choose={choose}
          />
        ))}
      </fieldset>
      {models.value.length === 0 && <p class="skeleton storage-skeleton">&nbsp;</p>}
      <p class="hidden" role="status">{loading.value && "Loading the model"}</p>
      {problem.value && (
        <Message tone="problem" title="The model was not changed">
          <p>{problem.value}</p>
        </Message>
      )}
    </section>
  );
}

interface ModelOptionProps {
  readonly model: ModelInfo;
  readonly loading: boolean;
  readonly choose: (id: string) => void;
}

function ModelOption({ model, loading, choose }: ModelOptionProps) {
  const { id, name, about, bytes, here, chosen } = model;
  return (
    <label class="option">
      <input
        type="radio"
        name="model"
        value={id}
        checked={chosen || loading}
        onChange={() => choose(id)}
      />
      <span>
        <strong>{name}</strong>
        <small>{about}</small>
        {loading && <small>Loading …</small>}
        {!here && !loading && <small>{formats.bytes(bytes)} to fetch: needs a network once.</small>}
      </span>
    </label>
  );
}
