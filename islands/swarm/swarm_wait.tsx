import { broken, status } from "../live.ts";
import Message from "../parts/message.tsx";
import { failure, ground, report, tryAgain } from "./swarm_state.ts";

/** Before there is something to see: how far it is, or why it cannot be. */
export default function SwarmWait() {
  const problem = broken.value ?? failure.value;
  if (problem) {
    return (
      <div class="swarm-wait">
        <Message
          tone="problem"
          title="The swarm cannot fly"
          actions={<button type="button" onClick={tryAgain}>Try again</button>}
        >
          <p>{problem.message}</p>
        </Message>
      </div>
    );
  }
  return (
    <div class="swarm-wait" role="status">
      <span class="busy" aria-hidden="true" />
      <p>{waitWords()}</p>
    </div>
  );
}

function waitWords(): string {
  if (!ground.value || !report.value) return "Five drones are getting ready …";
  const engine = status.value?.engine;
  if (engine?.state === "loading") return `They take off as soon as ${engine.model} is loaded …`;
  return "They take off: the detector looks at their first pictures …";
}
