import { capture } from "../live.ts";
import type { SourceChoice } from "../../page/fieldmesh.ts";
import Icon from "../parts/icon.tsx";
import type { IconName } from "../parts/icon.tsx";
import Sheet from "../parts/sheet.tsx";
import { choice, choose, start } from "./control.ts";
import FilePicker from "./file_picker.tsx";

interface SourceSheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** What to watch. While watching, a choice takes effect at once. */
export default function SourceSheet({ open, onClose }: SourceSheetProps) {
  const take = (next: SourceChoice) => {
    onClose();
    if (capture.value || next instanceof File) void start(next);
    else choose(next);
  };
  return (
    <Sheet title="What to watch" open={open} onClose={onClose}>
      <div class="options">
        <Option
          icon="camera"
          name="Camera"
          hint="This device's camera, on a phone the one at the back"
          chosen={choice.value === "camera"}
          onChoose={() => take("camera")}
        />
        <Option
          icon="demo"
          name="Demo camera"
          hint="A moving scene with a person, a cat and a cup; needs no camera"
          chosen={choice.value === "demo"}
          onChoose={() => take("demo")}
        />
        <FileOption onFile={take} />
      </div>
      <p class="hint">
        Keep the screen on while watching: browsers stop the camera when it goes dark.
      </p>
    </Sheet>
  );
}

interface OptionProps {
  readonly icon: IconName;
  readonly name: string;
  readonly hint: string;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function Option({ icon, name, hint, chosen, onChoose }: OptionProps) {
  return (
    <button type="button" class="option" aria-pressed={chosen} onClick={onChoose}>
      <Icon name={icon} />
      <span>
        <strong>{name}</strong>
        <small>{hint}</small>
      </span>
      {chosen && <Icon name="check" />}
    </button>
  );
}

function FileOption({ onFile }: { readonly onFile: (file: File) => void }) {
  const current = choice.value instanceof File ? choice.value.name : null;
  return (
    <FilePicker onFile={onFile}>
      {(pick) => (
        <Option
          icon="file"
          name="File …"
          hint={current ?? "A photo or a film on this device; starts at once"}
          chosen={current !== null}
          onChoose={pick}
        />
      )}
    </FilePicker>
  );
}
