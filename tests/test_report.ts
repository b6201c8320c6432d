/** How many tests passed and which failed, as `deno test --junit-path` wrote it down. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A test that failed, or a run that ended badly without one. */
export interface Failure {
  readonly file: string;
  readonly name: string;
  readonly error: string;
}

export const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };

export function add(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** The last line of a test run, for people and machines. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}

const TOLD_FAILURES = 20;
const TOLD_LINES = 12;
/** Of a line: a counterexample may be a line of megabytes. */
const TOLD_CHARS = 400;

/**
 * What stands before the last line of a test run, for who sees only the end of its log: each failure
 * by name and file, with the first lines of its error.
 */
export function failureLines(failures: readonly Failure[]): string[] {
  const lines = failures.slice(0, TOLD_FAILURES).flatMap(({ file, name, error }) => [
    `FAILED: ${name} (${file})`,
    ...firstLines(error).map((line) => `    ${line.slice(0, TOLD_CHARS)}`),
  ]);
  const untold = failures.length - TOLD_FAILURES;
  return untold > 0 ? [...lines, `FAILED: ${untold} more, told above`] : lines;
}

function firstLines(error: string): string[] {
  const lines = error.trimEnd().split("\n");
  return lines.length <= TOLD_LINES ? lines : [...lines.slice(0, TOLD_LINES - 1), "..."];
}

/**
 * Counts the tests of a JUnit report as Deno 2.9 writes it. Steps are listed there beside their
 * tests, as `test > step`; a step is part of its test and not counted.
 */
export function countTests(junit: string): Counts {
  return suitesOf(junit).flatMap(testsOf).map(({ inside }) => outcome(inside)).reduce(add, NONE);
}

/** The failed tests of a JUnit report; when a step failed, with the step's error. */
export function failuresOf(junit: string): Failure[] {
  return suitesOf(junit).flatMap((suite) => {
    const cases = casesOf(suite);
    return testsOf(suite).filter(isFailed).map((test) => ({
      file: test.file,
      name: unescaped(test.name),
      error: errorOf(test, cases),
    }));
  });
}

/** A test or a step, as escaped as the report has it. */
interface Case {
  readonly file: string;
  readonly name: string;
  readonly inside: string;
}

function suitesOf(junit: string): string[] {
  return junit.match(/<testsuite .*?<\/testsuite>/gs) ?? [];
}

function casesOf(suite: string): Case[] {
  const file = unescaped(/<testsuite name="(?:\.\/)?([^"]*)"/.exec(suite)?.[1] ?? "");
  return [...suite.matchAll(/<testcase name="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs)]
    .map(([, name, inside = ""]) => ({ file, name, inside }));
}

function testsOf(suite: string): Case[] {
  const cases = casesOf(suite);
  const names = new Set(cases.map(({ name }) => name));
  return cases.filter(({ name }) => !isStep(name, names));
}

function isStep(name: string, names: ReadonlySet<string>): boolean {
  const parts = name.split(" &gt; ");
  return parts.some((_, end) => end > 0 && names.has(parts.slice(0, end).join(" &gt; ")));
}

function isFailed({ inside }: Case): boolean {
  return outcome(inside).failed > 0;
}

function outcome(inside: string): Counts {
  if (/<(failure|error)\b/.test(inside)) return { ...NONE, failed: 1 };
  if (/<skipped\b/.test(inside)) return { ...NONE, skipped: 1 };
  return { ...NONE, passed: 1 };
}

// A test with a failed step says no more than that, and the step may say so of a step of its own.
function errorOf(test: Case, cases: readonly Case[]): string {
  const steps = cases.filter(({ name }) => name.startsWith(`${test.name} &gt; `)).filter(isFailed);
  const errors = [test, ...steps].map(({ inside }) => errorText(inside));
  return errors.find((error) => !/^\d+ test steps? failed/.test(error)) ?? errors[0];
}

/** The text of a failure; an error has a message only. */
function errorText(inside: string): string {
  const [, message, text] =
    /<(?:failure|error) message="([^"]*)"(?:\/>|>(.*?)<\/(?:failure|error)>)/s.exec(inside) ?? [];
  return unescaped(text ?? message ?? "");
}

const ESCAPED: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

function unescaped(text: string): string {
  return text.replace(/&(?:lt|gt|quot|apos|amp);/g, (escaped) => ESCAPED[escaped]);
}
