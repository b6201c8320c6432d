/** The service worker of the journal's benchmark: the shipping store, feed and recorder, and a clock. */
import { initializeWasm } from "@automerge/automerge/slim";
import type { ExtendableMessageEvent } from "../../sw/scope.ts";
import { readFile } from "./entrant.ts";
import { JournalDevices } from "./journal_devices.ts";
import type { Figures, Question, Reply } from "./journal_questions.ts";

interface AskedEvent extends ExtendableMessageEvent {
  readonly data: Question;
  readonly ports: readonly MessagePort[];
}

interface WorkerScope {
  addEventListener(type: "message", listener: (event: AskedEvent) => void): void;
}

let automergeReady: Promise<void> | undefined;
const devices = new JournalDevices(() =>
  automergeReady ??= readFile("/automerge.wasm")
    .then((wasm) => initializeWasm(new Uint8Array(wasm))).then(() => {})
);

(globalThis as unknown as WorkerScope).addEventListener("message", (event) => {
  event.waitUntil(reply(event.data).then((reply) => event.ports[0].postMessage(reply)));
});

async function reply(question: Question): Promise<Reply> {
  try {
    return { figures: await answer(question) };
  } catch (error) {
    return { error: error instanceof Error ? error.stack ?? error.message : String(error) };
  }
}

function answer(question: Question): Promise<Figures> {
  switch (question.ask) {
    case "ingest":
      return devices.ingest(question.database, question.count, question.way);
    case "save":
      return devices.save(question.database);
    case "gather":
      return devices.gather(question.database, question.count);
    case "comment":
      return devices.comment(question.database, question.count);
    case "open":
      return devices.open(question.database);
    case "query":
      return devices.query(question.database, question.query);
    case "rebuild":
      return devices.rebuild(question.database);
    case "verify":
      return devices.verify(question.database);
    case "drop":
      return devices.drop(question.database);
  }
}
