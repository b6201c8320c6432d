import type { ComponentChildren } from "preact";
import { assertNever } from "../../field/errors.ts";
import { counted, formats } from "../format.ts";
import Icon from "../parts/icon.tsx";
import { status } from "../live.ts";
import { backupOutcome, type RestoreOutcome } from "./backup_words.ts";
import { exchangeOutcome } from "./exchange_words.ts";
import FileActions from "./file_actions.tsx";
import { nounOf } from "./hand_over.ts";
import { noteOccasion } from "./last_occasions.ts";
import { recordsWork } from "./records_work.ts";
import { percent } from "./storage_words.ts";
import type { Progress, Work } from "./work.ts";

type Of<S extends Work["step"]> = Extract<Work, { step: S }>;

/** What is under way, and the file when it is made: at the thumb, wherever the page is scrolled to. */
export default function WorkPanel() {
  const now = recordsWork.work.value;
  return (
    <>
      {/* Once a step: the figures change many times a second. */}
      <p class="hidden" role="status">{titleOf(now)}</p>
      {now.step !== "idle" && (
        <section class={`work ${toneOf(now)}`} aria-label="Under way">
          <Step now={now} />
        </section>
      )}
    </>
  );
}

function Step({ now }: { readonly now: Work }) {
  const title = titleOf(now);
  switch (now.step) {
    case "idle":
      return null;
    case "making":
      return (
        <UnderWay title={title} progress={now.progress}>
          {now.progress && counts(now.progress)}
        </UnderWay>
      );
    case "restoring":
      return <UnderWay title={title} progress={now.progress}>{bytesRead(now.progress)}</UnderWay>;
    case "made":
      return <Made now={now} />;
    case "nothing":
      return <Ended title={title}>No observation is in this choice: choose others, or all.</Ended>;
    case "not-made":
      return <Ended title={title} again={again(now)}>{now.failure.message}</Ended>;
    case "restored":
      return <Restored now={now} />;
    case "not-restored":
      return <Ended title={title}>{now.failure.message}</Ended>;
    default:
      return assertNever(now);
  }
}

function titleOf(now: Work): string {
  switch (now.step) {
    case "idle":
      return "";
    case "making":
      return `Making the ${nounOf(now.task.format)}`;
    case "restoring":
      return now.purpose === "exchange" ? "Reading the file" : "Reading the backup";
    case "made":
      return now.made.file.name;
    case "nothing":
      return "Nothing to hand over";
    case "not-made":
      return `The ${nounOf(now.task.format)} was not made`;
    case "restored":
      return outcomeOf(now).title;
    case "not-restored":
      return now.purpose === "exchange" ? "The file was not read" : "The backup was not read";
    default:
      return assertNever(now);
  }
}

interface UnderWayProps {
  readonly title: string;
  readonly progress: Progress | null;
  readonly children: ComponentChildren;
}

function UnderWay({ title, progress, children }: UnderWayProps) {
  const { done, total } = progress ?? { done: 0, total: 0 };
  return (
    <>
      <div class="work-head">
        <div class="work-text">
          <strong>{title}{total > 0 && `: ${percent({ done, total })}`}</strong>
          <small>{children || "\u00a0"}</small>
        </div>
        <button type="button" onClick={recordsWork.cancel}>Cancel</button>
      </div>
      <progress
        class="meter"
        aria-label={title}
        {...(total > 0 ? { max: total, value: Math.min(done, total) } : {})}
      />
    </>
  );
}

function bytesRead({ done, total }: Progress): string {
  return `${formats.bytes(done)} of ${formats.bytes(total)}`;
}

function counts({ done, total }: Progress): string {
  return `${formats.count(done)} of ${counted(total, "step", formats)}`;
}

function Made({ now }: { readonly now: Of<"made"> }) {
  const { task, made: { file, missingMedia }, placeless } = now;
  return (
    <>
      <Head title={titleOf(now)}>
        {formats.bytes(file.size)}
        {missingMedia > 0 && `. ${missingWords(missingMedia)}`}
        {placeless && `. ${PLACELESS}`}
      </Head>
      <FileActions file={file} onTaken={() => noteOccasion(task)} />
    </>
  );
}

const PLACELESS =
  "No observation is in it: none has a place, which Camtrap DP needs. They are listed " +
  "as left out. Before the next watch, turn Place on under Watch.";

function missingWords(missing: number): string {
  return missing === 1
    ? "1 picture is not on this device: it is listed in the file."
    : `${formats.count(missing)} pictures are not on this device: they are listed in the file.`;
}

function Restored({ now }: { readonly now: Of<"restored"> }) {
  const { lines } = outcomeOf(now);
  return (
    <>
      <Head title={titleOf(now)}>{lines.join(" ")}</Head>
      <Faults now={now} />
    </>
  );
}

function outcomeOf({ purpose, report, stopped, news }: Of<"restored">): RestoreOutcome {
  return purpose === "exchange"
    ? exchangeOutcome(report, { stopped, news, status: status.value }, formats)
    : backupOutcome(report, stopped, formats);
}

function Faults({ now }: { readonly now: Of<"restored"> }) {
  const { faults, moreFaults } = now.report;
  if (faults.length === 0) return null;
  return (
    <details class="faults">
      <summary>What does not verify</summary>
      <ul class="plain">
        {faults.map((fault, index) => <li key={index}>{fault}</li>)}
        {moreFaults > 0 && <li>And {formats.count(moreFaults)} more.</li>}
      </ul>
    </details>
  );
}

interface EndedProps {
  readonly title: string;
  readonly again?: () => void;
  readonly children: ComponentChildren;
}

function Ended({ title, again, children }: EndedProps) {
  return (
    <>
      <Head title={title}>{children}</Head>
      {again && <button type="button" onClick={again}>Try again</button>}
    </>
  );
}

function Head({ title, children }: Omit<EndedProps, "again">) {
  return (
    <div class="work-head">
      <div class="work-text">
        <strong>{title}</strong>
        <small>{children}</small>
      </div>
      <button type="button" class="round" aria-label="Close" onClick={recordsWork.close}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function again({ task }: Of<"not-made">): () => void {
  return () => {
    recordsWork.close();
    void recordsWork.make(task);
  };
}

function toneOf(now: Work): "info" | "good" | "problem" {
  if (now.step === "made") return "good";
  if (now.step === "not-made" || now.step === "not-restored") return "problem";
  if (now.step === "restored") return outcomeOf(now).tone;
  return "info";
}
