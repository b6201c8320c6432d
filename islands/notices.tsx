import { broken, status } from "./live.ts";
import Message from "./parts/message.tsx";

/** What stands in the way of the app's main promise, on every page, until it is over. */
export default function Notices() {
  if (broken.value) {
    const reload = <button type="button" onClick={() => location.reload()}>Reload</button>;
    return (
      <div class="notices">
        <Message tone="problem" title="Fieldmesh cannot watch or save here" actions={reload}>
          <p>{broken.value.message}</p>
        </Message>
      </div>
    );
  }
  const failure = status.value?.storage.failure;
  if (!failure) return null;
  return (
    <div class="notices">
      <Message tone="problem" title="New records are not being saved">
        <p>{failure.message}</p>
        <p>What was shown as saved before is safe.</p>
      </Message>
    </div>
  );
}
