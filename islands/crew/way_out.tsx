import { hubReachable, status } from "../live.ts";
import Message from "../parts/message.tsx";
import { radioOn } from "./radio_switch.tsx";
import { wayOut } from "./reach_words.ts";

interface WayOutMessageProps {
  /** Opens the sheet for pairing by codes. */
  readonly onPair: () => void;
}

/** Why nobody is reached, and how to go on all the same. */
export default function WayOutMessage({ onPair }: WayOutMessageProps) {
  const known = status.value;
  const found = known && wayOut(known, { hub: hubReachable.value, radio: radioOn.value });
  if (!found) return null;
  return (
    <Message
      tone="info"
      title={found.title}
      actions={found.codes && <button type="button" onClick={onPair}>Pair by codes</button>}
    >
      <p>{found.text}</p>
    </Message>
  );
}
