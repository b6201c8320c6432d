import type { Failure } from "../field/errors.ts";
import type { Answer, CallKind, Results } from "../field/messages.ts";
import type { Client } from "./scope.ts";

/** An answer on its way to a page, with the buffers that are handed over, not copied. */
export interface Reply {
  readonly answer: Answer;
  readonly transfer: readonly ArrayBuffer[];
  isPosted: boolean;
}

/** Whose answer it is. */
interface From {
  readonly id: string;
  readonly boot: string;
}

export function goodReply(from: From, value: Results[CallKind]): Reply {
  return { answer: { ...from, ok: true, value }, transfer: buffersIn(value), isPosted: false };
}

export function badReply(from: From, failure: Failure): Reply {
  return { answer: { ...from, ok: false, failure }, transfer: [], isPosted: false };
}

/** Posts it. What was handed over once is gone: asked for again, that is the answer. */
export function postReply(page: Pick<Client, "postMessage">, reply: Reply): void {
  const { answer: { id, boot }, transfer } = reply;
  if (reply.isPosted && transfer.length > 0) {
    const message = "This was handed over already, to a page that did not hear it. Try again.";
    return page.postMessage(badReply({ id, boot }, { code: "worker-lost", message }).answer);
  }
  reply.isPosted = true;
  page.postMessage(reply.answer, [...transfer]);
}

function buffersIn(value: Results[CallKind]): ArrayBuffer[] {
  if (typeof value !== "object" || value === null || !("bytes" in value)) return [];
  return value.bytes instanceof ArrayBuffer && value.bytes.byteLength > 0 ? [value.bytes] : [];
}
