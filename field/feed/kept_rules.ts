/** The crew's rules that hold, in a snapshot, so that a start need not open the entry that they are in. */
import { type Bytes, fromHex, toHex } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import type { RuleSet } from "../decide/rule.ts";
import { storedContent } from "./entry_content.ts";
import { canonicalRules, type RulesPlace } from "./rules_record.ts";
import type { Store } from "../store/store.ts";

interface RulesPorts {
  readonly store: Store;
  readonly automerge: () => Promise<void>;
}

/** The snapshot's name in the store: canonical CBOR `[1, by, seq, rules]`. */
export const RULES_SNAPSHOT = "rules";
const FORMAT = 1;

/** The rules at a place: from the snapshot, or the entry. Null where that cannot be read any more. */
export async function readRules(ports: RulesPorts, place: RulesPlace): Promise<RuleSet | null> {
  const { store } = ports;
  const kept = parseSnapshot(await store.snapshot(RULES_SNAPSHOT), place);
  if (kept) return kept;
  await ports.automerge();
  const [stored] = await store.entriesAfter(place.by, place.seq - 1, 1);
  const content = stored?.seq === place.seq ? await storedContent(stored) : null;
  const bytes = content?.crew?.rules.at(-1)?.bytes;
  if (!bytes) return null;
  const snapshot = encodeCbor([FORMAT, fromHex(place.by), place.seq, bytes]);
  // where the disk refuses now, the next read tries again
  await store.commit({ snapshots: { [RULES_SNAPSHOT]: snapshot } }).catch(() => {});
  return canonicalRules(bytes);
}

function parseSnapshot(snapshot: Bytes | null, { by, seq }: RulesPlace): RuleSet | null {
  const value = snapshot && decodeCbor(snapshot)?.value;
  if (!Array.isArray(value) || value.length !== 4 || value[0] !== FORMAT) return null;
  const [, of, at, bytes] = value as unknown[];
  const isThat = of instanceof Uint8Array && toHex(of) === by && at === seq;
  return isThat && bytes instanceof Uint8Array ? canonicalRules(bytes) : null;
}
