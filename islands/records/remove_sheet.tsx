import { useSignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { MediaTotals } from "../../field/media.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { counted, formats } from "../format.ts";
import Message from "../parts/message.tsx";
import Sheet from "../parts/sheet.tsx";
import Switch from "../parts/switch.tsx";
import { keptWords, previewOf, previewWords, thinLimits } from "./picture_words.ts";
import type { ThinPreview } from "./picture_words.ts";
import { readStorage } from "./storage_report.ts";

interface RemoveSheetProps {
  readonly media: MediaTotals;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Removes pictures now: how far, what goes, and a second question before an only copy does. */
export default function RemoveSheet({ media, open, onClose }: RemoveSheetProps) {
  return (
    <Sheet title="Remove pictures" open={open} onClose={onClose}>
      <Steps media={media} onClose={onClose} />
    </Sheet>
  );
}

interface Rule {
  readonly mostBytes: number;
  readonly evenOnlyHere: boolean;
}

type Progress =
  | { readonly step: "choosing" | "sure" | "removing" }
  | { readonly step: "removed"; readonly removed: number; readonly bytes: number }
  | { readonly step: "failed"; readonly message: string };

function Steps({ media, onClose }: Omit<RemoveSheetProps, "open">) {
  const rule = useSignal<Rule>({
    mostBytes: thinLimits(media, formats)[0].value ?? 0,
    evenOnlyHere: false,
  });
  const progress = useSignal<Progress>({ step: "choosing" });
  const preview = previewOf(media, rule.value);
  const now = progress.value;
  const remove = async () => {
    progress.value = { step: "removing" };
    const { mostBytes, evenOnlyHere } = rule.value;
    try {
      const retention = { mostAgeDays: null, mostBytes, evenOnlyHere };
      progress.value = { step: "removed", ...await fieldmesh().thin(retention) };
    } catch (thrown) {
      progress.value = { step: "failed", message: toFailure(thrown).message };
    }
    await readStorage();
  };
  if (now.step === "removed") return <Removed {...now} onClose={onClose} />;
  if (now.step === "sure") {
    return (
      <Sure
        lost={preview.lost}
        onAgree={remove}
        onBack={() => progress.value = { step: "choosing" }}
      />
    );
  }
  return (
    <div class="sheet-form">
      <Choose
        media={media}
        rule={rule.value}
        preview={preview}
        onChange={(part) => rule.value = { ...rule.value, ...part }}
      />
      {now.step === "failed" && (
        <Message tone="problem" title="Nothing more was removed">
          <p>{now.message}</p>
        </Message>
      )}
      <button
        type="button"
        class={rule.value.evenOnlyHere ? "primary danger wide" : "primary wide"}
        disabled={preview.bytes === 0 || now.step === "removing"}
        onClick={() => preview.lost > 0 ? progress.value = { step: "sure" } : void remove()}
      >
        {now.step === "removing"
          ? "Removing …"
          : preview.bytes === 0
          ? "Nothing to remove"
          : `Remove ${formats.bytes(preview.bytes)}`}
      </button>
    </div>
  );
}

interface ChooseProps {
  readonly media: MediaTotals;
  readonly rule: Rule;
  readonly preview: ThinPreview;
  readonly onChange: (part: Partial<Rule>) => void;
}

function Choose({ media, rule, preview, onChange }: ChooseProps) {
  const limits = thinLimits(media, formats);
  const kept = keptWords(preview, formats);
  return (
    <>
      <div class="field">
        <label for="remove-down-to">Which pictures</label>
        <select
          id="remove-down-to"
          onChange={(event) =>
            onChange({ mostBytes: limits[event.currentTarget.selectedIndex].value ?? 0 })}
        >
          {limits.map(({ value, name }) => (
            <option key={name} selected={value === rule.mostBytes}>{name}</option>
          ))}
        </select>
      </div>
      {media.onlyHere > 0 && (
        <Switch
          label="Also what only this device has"
          hint={`${counted(media.onlyHere, "picture", formats)}, ${
            formats.bytes(media.onlyHereBytes)
          }`}
          on={rule.evenOnlyHere}
          onChange={(evenOnlyHere) => onChange({ evenOnlyHere })}
        />
      )}
      <div role="status" class="preview">
        <strong>{previewWords(preview, formats)}</strong>
        <p>{kept || "\u00a0"}</p>
        <p>All records stay.</p>
      </div>
    </>
  );
}

interface SureProps {
  readonly lost: number;
  readonly onAgree: () => void;
  readonly onBack: () => void;
}

function Sure({ lost, onAgree, onBack }: SureProps) {
  return (
    <div class="sheet-form">
      <Message
        tone="problem"
        title={`Up to ${counted(lost, "picture", formats)} will be lost for good`}
      >
        <p>
          No other device is known to have them. Their records stay; what was in the pictures can
          then not be checked again.
        </p>
      </Message>
      <div class="form-actions">
        <button type="button" class="primary danger" onClick={onAgree}>Remove for good</button>
        <button type="button" onClick={onBack}>Keep them</button>
      </div>
    </div>
  );
}

interface RemovedProps {
  readonly removed: number;
  readonly bytes: number;
  readonly onClose: () => void;
}

function Removed({ removed, bytes, onClose }: RemovedProps) {
  return (
    <div class="sheet-form">
      <Message tone="good" title={`${counted(removed, "picture", formats)} removed`}>
        <p>{formats.bytes(bytes)} are free again. All records stay.</p>
      </Message>
      <button type="button" class="wide" onClick={onClose}>Done</button>
    </div>
  );
}
