import type { Replica } from "../feed/replica.ts";
import type { Store } from "../store/store.ts";
import type { Membership } from "./membership.ts";
import type { Effect, NodePorts } from "./node_ports.ts";
import type { PeerBook } from "./peer_book.ts";
import type { Sessions } from "./sessions.ts";

/** What the parts of a node that talk of feeds, media and messages have of it. */
export interface TalkPorts {
  readonly replica: Replica;
  readonly membership: Membership;
  readonly store: Store;
  readonly book: PeerBook;
  readonly sessions: Sessions;
  readonly nowMs: () => number;
  readonly random: NodePorts["random"];
  readonly keeping?: NodePorts["keeping"];
  readonly effect: (effect: Effect) => void;
}
