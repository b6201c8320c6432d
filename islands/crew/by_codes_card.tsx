import { status } from "../live.ts";
import Icon from "../parts/icon.tsx";

interface ByCodesCardProps {
  readonly onPair: () => void;
}

/** Two devices meet with no hub and no internet. */
export default function ByCodesCard({ onPair }: ByCodesCardProps) {
  const known = status.value;
  if (known?.crew?.removedBy) return null;
  return (
    <section class="card" id="by-codes" aria-labelledby="by-codes-title">
      <h2 id="by-codes-title">Without a hub</h2>
      <p>{whatFor(known?.crew?.role ?? null)}</p>
      <button type="button" class="wide" disabled={!known} onClick={onPair}>
        <Icon name="crew" />Pair by codes
      </button>
    </section>
  );
}

/** `role`: this device's own; null: it is in no crew. */
function whatFor(role: string | null): string {
  const how = "show each other a code. Both have to be in one network: a phone’s hotspot will do.";
  if (role === null) return `A device joins another one without a hub: they ${how}`;
  return role === "admin"
    ? `Two devices link without a hub, and a new one joins: they ${how}`
    : `Two devices of the crew link without a hub: they ${how}`;
}
