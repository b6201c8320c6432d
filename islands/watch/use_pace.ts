import { useEffect } from "preact/hooks";
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { type Counted, countedOf, type Pace, paceOf, withCounted } from "./pace.ts";

/** While nothing moves nothing tells of itself that something does again. */
const ASK_EVERY_MS = 1_000;

/** How often the model looks just now, while the component is shown; null while that is not known. */
export function usePace(): ReadonlySignal<Pace | null> {
  const pace = useSignal<Pace | null>(null);
  useEffect(() => {
    let counted: readonly Counted[] = [];
    const ask = async () => {
      const { source } = await fieldmesh().status();
      counted = source ? withCounted(counted, countedOf(source, performance.now())) : [];
      pace.value = paceOf(counted);
    };
    const timer = setInterval(() => {
      // whoever asks for something by hand hears of a failure; here it is asked again
      if (!document.hidden) ask().catch((cause) => console.debug("Cannot tell the pace", cause));
    }, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return pace;
}
