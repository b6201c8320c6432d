import Icon from "../parts/icon.tsx";
import type { IconName } from "../parts/icon.tsx";

interface FileButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly disabled: boolean;
  readonly onFile: (file: File) => void;
}

/** Opens the device's file picker. The input itself takes focus and taps, so that it works as every file input does. */
export default function FileButton({ icon, label, disabled, onFile }: FileButtonProps) {
  return (
    <label class="button wide file-button">
      <Icon name={icon} />
      {label}
      <input
        type="file"
        class="hidden"
        disabled={disabled}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          // Emptied, so that the same file can be chosen again.
          event.currentTarget.value = "";
          if (file) onFile(file);
        }}
      />
    </label>
  );
}
