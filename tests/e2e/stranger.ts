/** Someone who knows a member's signalling id, speaks the protocol, and was not invited. */
import type { Observation } from "../../field/messages.ts";
import { encodeFrame, NONCE_BYTES, parseFrame } from "../../field/sync/frames.ts";
import { peerIdOf } from "../../field/link/peer_id.ts";
import type { WatchedPage } from "./watched_page.ts";

/** The member ends a link on which nobody proves who they are; this is longer than it waits. */
const ENDS_WITHIN_MS = 40_000;
const MOST_BYTES = 48 * 1024;

const PEERJS = new URL("../../node_modules/peerjs/dist/peerjs.min.js", import.meta.url);

/** The part of PeerJS that is used here, as its script puts it into a page. */
interface PeerJs {
  readonly Peer: new (options: object) => {
    on(event: "open", listener: () => void): void;
    on(event: "error", listener: (error: Error) => void): void;
    connect(peerId: string, options: object): {
      on(event: "open" | "close", listener: () => void): void;
      on(event: "data", listener: (bytes: ArrayBuffer) => void): void;
      send(bytes: ArrayBuffer): void;
    };
    destroy(): void;
  };
}

declare global {
  var peerjs: PeerJs;
}

/**
 * Calls a member over PeerJS and asks for all of its observations and thumbnails, without proving
 * anything. Resolves, when the member has hung up, with the kinds of frames that it sent.
 */
export async function askWithoutInvite(
  { page }: WatchedPage,
  member: string,
  records: readonly Observation[],
): Promise<string[]> {
  await page.evaluate(await Deno.readTextFile(PEERJS));
  const received = await page.evaluate(callAndAsk, {
    peerId: await peerIdOf(member),
    questions: questionsAbout(member, records),
    withinMs: ENDS_WITHIN_MS,
  });
  return received.map((numbers) => {
    const frame = parseFrame(Uint8Array.from(numbers));
    return frame === null || frame === "unknown" ? `unreadable: ${numbers}` : frame.kind;
  });
}

/** As arrays of numbers: bytes do not cross into a page. */
function questionsAbout(member: string, records: readonly Observation[]): number[][] {
  const thumbs = records.flatMap(({ thumb }) => thumb ?? []);
  const frames = [
    encodeFrame({
      kind: "hello",
      device: "5".repeat(64),
      nonce: new Uint8Array(NONCE_BYTES),
      invite: null,
    }),
    encodeFrame({ kind: "want", feeds: [{ device: member, after: 0 }], mostBytes: MOST_BYTES }),
    encodeFrame({ kind: "blob-want", parts: thumbs.map((hash) => ({ hash, offset: 0 })) }),
  ];
  return frames.map((bytes) => [...bytes]);
}

interface Questions {
  readonly peerId: string;
  readonly questions: number[][];
  readonly withinMs: number;
}

/** Runs in the page. */
function callAndAsk({ peerId, questions, withinMs }: Questions): Promise<number[][]> {
  return new Promise((resolve, reject) => {
    const received: number[][] = [];
    const { hostname, port } = location;
    const peer = new globalThis.peerjs.Peer({
      host: hostname,
      port: Number(port),
      path: "/signal",
      config: { iceServers: [] },
    });
    const end = (settle: () => void) => {
      clearTimeout(timer);
      peer.destroy();
      settle();
    };
    const timer = setTimeout(
      () =>
        end(() => reject(new Error(`The link stayed open; received ${received.length} frames`))),
      withinMs,
    );
    peer.on("error", (error) => end(() => reject(error)));
    peer.on("open", () => {
      const connection = peer.connect(peerId, { reliable: true, serialization: "raw" });
      connection.on("data", (bytes) => received.push([...new Uint8Array(bytes)]));
      connection.on("open", () => {
        for (const question of questions) connection.send(Uint8Array.from(question).buffer);
      });
      connection.on("close", () => end(() => resolve(received)));
    });
  });
}
