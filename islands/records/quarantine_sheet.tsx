import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { QuarantineItem } from "../../field/messages.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { formats, shortKey } from "../format.ts";
import Message from "../parts/message.tsx";
import Sheet from "../parts/sheet.tsx";

interface QuarantineSheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** What came in and was not taken: when, from whom, why. */
export default function QuarantineSheet({ open, onClose }: QuarantineSheetProps) {
  return (
    <Sheet title="Not taken" open={open} onClose={onClose}>
      <p>
        This came from another device or a file and did not prove to be genuine. It is kept apart
        and changes nothing. If it goes on, ask whoever carries that device.
      </p>
      <Items />
    </Sheet>
  );
}

function Items() {
  const items = useSignal<readonly QuarantineItem[] | null>(null);
  const failed = useSignal("");
  useEffect(() => {
    fieldmesh().quarantine().then(
      (found) => items.value = found,
      (thrown) => failed.value = toFailure(thrown).message,
    );
  }, []);
  if (failed.value) {
    return (
      <Message tone="problem" title="The list cannot be read just now">
        <p>{failed}</p>
      </Message>
    );
  }
  if (items.value === null) return <p class="skeleton quarantine-skeleton">&nbsp;</p>;
  return (
    <ul class="quarantine">
      {items.value.map((item, index) => <Item key={index} item={item} />)}
    </ul>
  );
}

function Item({ item }: { readonly item: QuarantineItem }) {
  return (
    <li>
      <strong>{item.why}</strong>
      <small>
        {formats.moment(item.at)}, from {whom(item)}, {formats.bytes(item.bytes)}
      </small>
    </li>
  );
}

function whom({ name, device, seq }: QuarantineItem): string {
  const who = name ?? (device === null ? "a device that did not say who it is" : shortKey(device));
  return seq === null ? who : `${who}, entry ${formats.count(seq)}`;
}
