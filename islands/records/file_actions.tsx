import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import Icon from "../parts/icon.tsx";
import { shareable } from "./shareable.ts";

interface FileActionsProps {
  readonly file: File;
  /** The user took it: shared it, or had the browser save it. */
  readonly onTaken: () => void;
}

/** Ways to take a file along: the device's own share sheet where there is one, and always the downloads. */
export default function FileActions({ file, onTaken }: FileActionsProps) {
  const outcome = useSignal("");
  return (
    <>
      <div class="file-actions">
        <ShareFile file={file} onTaken={onTaken} onFailed={(why) => outcome.value = why} />
        <SaveFile
          file={file}
          onTaken={() => {
            outcome.value = "It is in this device's downloads.";
            onTaken();
          }}
        />
      </div>
      <Renamed file={file} />
      <p class="file-outcome hint" role="status">{outcome}</p>
    </>
  );
}

interface ShareFileProps extends FileActionsProps {
  readonly onFailed: (why: string) => void;
}

function ShareFile({ file, onTaken, onFailed }: ShareFileProps) {
  const shared = shareable(file, canShare);
  if (!shared) return null;
  const share = async () => {
    try {
      await navigator.share({ files: [shared.file] });
      onTaken();
    } catch (thrown) {
      const closedByUser = thrown instanceof DOMException && thrown.name === "AbortError";
      if (!closedByUser) onFailed("Sharing did not work here: save the file instead.");
    }
  };
  return (
    <button
      type="button"
      class="primary"
      aria-describedby={shared.renamed ? RENAMED_ID : undefined}
      onClick={share}
    >
      <Icon name="share" />Share …
    </button>
  );
}

const RENAMED_ID = "shared-as-text";

/** Said before it happens: the receiver sees another name than the one shown here. */
function Renamed({ file }: { readonly file: File }) {
  if (!shareable(file, canShare)?.renamed) return null;
  return (
    <p id={RENAMED_ID} class="hint">
      This browser shares it as a text file (.txt). Fieldmesh takes it in all the same.
    </p>
  );
}

/** A link, so that the browser's own ways (long press, save as) work too. */
function SaveFile({ file, onTaken }: FileActionsProps) {
  const url = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    url.value = made;
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <a
      class={shareable(file, canShare) ? "button" : "button primary"}
      href={url.value}
      download={file.name}
      onClick={onTaken}
    >
      <Icon name="install" />Save
    </a>
  );
}

function canShare(file: File): boolean {
  return navigator.canShare?.({ files: [file] }) ?? false;
}
