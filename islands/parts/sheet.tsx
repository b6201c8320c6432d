import { useEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import Icon from "./icon.tsx";

/** Only the open sheet has its heading in the document, and only one is open at a time. */
const HEADING_ID = "sheet-heading";

interface SheetProps {
  readonly title: string;
  readonly open: boolean;
  /** Asked to close: Escape, the close button or a tap beside the sheet. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/**
 * A modal sheet: from below on a phone, in the middle elsewhere. The browser's own dialog keeps the
 * focus inside and gives it back.
 */
export default function Sheet({ title, open, onClose, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open) dialog.current?.close();
  }, [open]);
  const closeBeside = (event: MouseEvent) => {
    if (event.target === dialog.current) onClose();
  };
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby={HEADING_ID}
      onClose={() => open && onClose()}
      onClick={closeBeside}
    >
      {open && (
        <div class="sheet-body">
          <header class="sheet-head">
            {/* Focused first, so that a listener hears what has opened. */}
            <h2 id={HEADING_ID} tabIndex={-1} autoFocus>{title}</h2>
            <button type="button" class="round" aria-label="Close" onClick={onClose}>
              <Icon name="close" />
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}
