import { useRef } from "preact/hooks";
import type { ComponentChild } from "preact";

interface FilePickerProps {
  readonly onFile: (file: File) => void;
  /** Draws what opens the picker; `pick` has to be called from a tap. */
  readonly children: (pick: () => void) => ComponentChild;
}

/** The browser's picker for a photo or a film, behind any button. */
export default function FilePicker({ onFile, children }: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      {children(() => input.current?.click())}
      <input
        ref={input}
        type="file"
        class="hidden"
        tabIndex={-1}
        aria-label="A photo or film"
        accept="image/*,video/*"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          // Emptied, so that the same file can be chosen again.
          event.currentTarget.value = "";
          if (file) onFile(file);
        }}
      />
    </>
  );
}
