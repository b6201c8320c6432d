import type { Failure } from "../../field/errors.ts";
import Message from "../parts/message.tsx";
import { adviceOn } from "./advice.ts";
import type { WayOn } from "./advice.ts";
import { choice, start } from "./control.ts";
import FilePicker from "./file_picker.tsx";

/** Why watching did not begin, or broke off, and the ways on. */
export default function StartProblem({ failure }: { readonly failure: Failure }) {
  const { title, ways } = adviceOn(failure);
  return (
    <Message tone="problem" title={title} actions={ways.map((way) => <Way key={way} way={way} />)}>
      <p>{failure.message}</p>
    </Message>
  );
}

function Way({ way }: { readonly way: WayOn }) {
  switch (way) {
    case "retry":
      return <button type="button" onClick={() => start(choice.value)}>Try again</button>;
    case "demo":
      return <button type="button" onClick={() => start("demo")}>Use the demo camera</button>;
    case "file":
      return (
        <FilePicker onFile={start}>
          {(pick) => <button type="button" onClick={pick}>Choose a file …</button>}
        </FilePicker>
      );
  }
}
