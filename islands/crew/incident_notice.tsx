import type { Status } from "../../field/messages.ts";
import type { Incident } from "../../field/sync/incidents.ts";
import { formats } from "../format.ts";
import Message from "../parts/message.tsx";
import { whatHappened, whatToDo } from "./incident_words.ts";
import { tell } from "./told_incidents.ts";

interface IncidentNoticeProps {
  /** At least one; the newest first. */
  readonly incidents: readonly Incident[];
  readonly known: Status;
}

/** A serious incident, said once: until the user has put it away. */
export default function IncidentNotice({ incidents, known }: IncidentNoticeProps) {
  const [newest] = incidents;
  const more = incidents.length - 1;
  const seen = () => tell(incidents, formats);
  return (
    <Message
      tone="problem"
      title={whatHappened(newest, known)}
      actions={
        <>
          <a class="button" href="/crew#refused" onClick={seen}>What was refused</a>
          <button type="button" onClick={seen}>Close</button>
        </>
      }
    >
      <p>Nothing of it was taken. {whatToDo(newest, known)}</p>
      {more > 0 && <p>And {formats.count(more)} more.</p>}
    </Message>
  );
}
