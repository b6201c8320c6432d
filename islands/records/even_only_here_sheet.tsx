import Message from "../parts/message.tsx";
import Sheet from "../parts/sheet.tsx";

interface EvenOnlyHereSheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onAgree: () => void;
}

/** Asked before a rule may delete the only copy of a picture. */
export default function EvenOnlyHereSheet({ open, onClose, onAgree }: EvenOnlyHereSheetProps) {
  const agree = () => {
    onClose();
    onAgree();
  };
  return (
    <Sheet title="Remove the only copies?" open={open} onClose={onClose}>
      <Message tone="problem" title="Pictures will be lost for good">
        <p>
          From now on the rule also removes pictures that no other device has. Their records stay;
          what was in the picture can then not be checked again.
        </p>
      </Message>
      <div class="form-actions">
        <button type="button" class="primary danger" onClick={agree}>Allow it</button>
        <button type="button" onClick={onClose}>Keep the only copies</button>
      </div>
    </Sheet>
  );
}
