import { useEffect } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { ShownCode } from "../../page/pairing/pair_state.ts";
import { ScreenHold } from "../../page/screen_hold.ts";
import CopyField from "../parts/copy_field.tsx";
import QrCode from "../parts/qr_code.tsx";

interface PairCodeViewProps {
  readonly shown: ShownCode;
  /** What to do with it, below. */
  readonly children: ComponentChildren;
}

/** This device's code, large, on a screen that stays on. */
export default function PairCodeView({ shown: { code, namesOnly }, children }: PairCodeViewProps) {
  useEffect(() => {
    const { wakeLock } = navigator;
    // without it the screen may go dark, which a tap undoes
    const hold = new ScreenHold(
      wakeLock ? () => wakeLock.request("screen") : null,
      (failure) => console.debug(failure.message, failure.cause),
    );
    void hold.hold();
    return () => void hold.release();
  }, []);
  return (
    <div class="pair-code">
      <div class="qr-frame">
        <QrCode text={code} label="Pairing code as a QR code" />
      </div>
      {children}
      {namesOnly && (
        <p class="hint">
          This browser hides this device’s address behind a name. If the devices do not find each
          other, allow the camera here and start over.
        </p>
      )}
      <CopyField label="Pairing code as text" value={code} />
    </div>
  );
}
