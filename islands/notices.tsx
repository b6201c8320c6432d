import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Failure } from "../field/errors.ts";
import type { Status } from "../field/messages.ts";
import IncidentNotice from "./crew/incident_notice.tsx";
import { untold } from "./crew/told_incidents.ts";
import { formats } from "./format.ts";
import { broken, status } from "./live.ts";
import Message from "./parts/message.tsx";
import ConfirmIdentitySheet from "./records/confirm_identity_sheet.tsx";
import { spaceNoticeClosed } from "./records/space_notice.ts";
import { percent, shortOfSpace } from "./records/storage_words.ts";

/** What stands in the way of the app's main promise, on every page, until it is over. */
export default function Notices() {
  if (broken.value) {
    const reload = <button type="button" onClick={() => location.reload()}>Reload</button>;
    return (
      <section class="notices" aria-label="Notices">
        <Message tone="problem" title="Fieldmesh cannot watch or save here" actions={reload}>
          <p>{broken.value.message}</p>
        </Message>
      </section>
    );
  }
  const notices = status.value ? standing(status.value) : [];
  if (notices.length === 0) return null;
  return <section class="notices" aria-label="Notices">{notices}</section>;
}

/** The gravest first. */
function standing(known: Status): readonly ComponentChildren[] {
  const { failure } = known.storage;
  const free = shortOfSpace(known.storage);
  const incidents = untold(known.incidents ?? [], formats);
  return [
    ...(failure ? [<NotSaved key="failure" failure={failure} />] : []),
    ...(known.unconfirmed ? [<Unconfirmed key="unconfirmed" />] : []),
    ...(incidents.length > 0
      ? [<IncidentNotice key="incident" incidents={incidents} known={known} />]
      : []),
    ...(free !== null && !spaceNoticeClosed.value ? [<LittleSpace key="space" free={free} />] : []),
    ...(known.rebuilding ? [<Rebuilding key="rebuilding" {...known.rebuilding} />] : []),
  ];
}

function NotSaved({ failure }: { readonly failure: Failure }) {
  return (
    <Message
      tone="problem"
      title="New records are not being saved"
      actions={failure.code === "storage-full" &&
        <a class="button" href="/records#pictures">Remove pictures</a>}
    >
      <p>{failure.message}</p>
      <p>What was shown as saved before is safe.</p>
    </Message>
  );
}

function Unconfirmed() {
  const asking = useSignal(false);
  return (
    <>
      <Message
        tone="problem"
        title="Nothing is recorded until this device’s identity is confirmed"
        actions={
          <button type="button" onClick={() => asking.value = true}>
            No other copy is in use …
          </button>
        }
      >
        <p>
          It was restored from a backup. It confirms itself when this device meets one of its crew;
          without a crew, you can say so.
        </p>
      </Message>
      <ConfirmIdentitySheet open={asking.value} onClose={() => asking.value = false} />
    </>
  );
}

function LittleSpace({ free }: { readonly free: number }) {
  return (
    <Message
      tone="problem"
      title={`Little space is left: ${formats.bytes(free)}`}
      actions={
        <>
          <a class="button" href="/records#pictures">Remove pictures</a>
          <button type="button" onClick={() => spaceNoticeClosed.value = true}>Not now</button>
        </>
      }
    >
      <p>
        When it is used up, new records cannot be saved. Pictures take the most: remove old ones, or
        other files on this device. Records stay.
      </p>
    </Message>
  );
}

function Rebuilding(progress: NonNullable<Status["rebuilding"]>) {
  return (
    <Message tone="info" title={`The list is being built anew: ${percent(progress)}`}>
      <p>All records are safe. Until it is done the log may lack some.</p>
    </Message>
  );
}
