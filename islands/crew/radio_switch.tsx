import { useEffect } from "preact/hooks";
import { signal, useSignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import Message from "../parts/message.tsx";
import Switch from "../parts/switch.tsx";

/** Whether the radio is on; as the user left it, once it is known. */
export const radioOn = signal(true);

export default function RadioSwitch() {
  const failed = useSignal("");
  useEffect(() => void (radioOn.value = fieldmesh().radio), []);
  const change = async (wanted: boolean) => {
    failed.value = "";
    try {
      await fieldmesh().setRadio(wanted);
    } catch (thrown) {
      failed.value = toFailure(thrown).message;
    }
    radioOn.value = fieldmesh().radio;
  };
  return (
    <>
      <Switch
        label="Radio"
        hint={radioOn.value
          ? "Finds the crew and sends them what they lack."
          : "Off: nothing is sent or fetched. Watching and saving go on."}
        on={radioOn.value}
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
