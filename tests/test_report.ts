/** How many tests passed, as `deno test --junit-path` wrote it down. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
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

/**
 * Counts the tests of a JUnit report as Deno 2.9 writes it. Steps are listed there beside their
 * tests, as `test > step`; a step is part of its test and not counted.
 */
export function countTests(junit: string): Counts {
  return [...junit.matchAll(/<testsuite .*?<\/testsuite>/gs)]
    .map(([suite]) => countSuite(suite))
    .reduce(add, NONE);
}

function countSuite(suite: string): Counts {
  const cases = [...suite.matchAll(/<testcase name="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs)]
    .map(([, name, inside = ""]) => ({ name, inside }));
  const names = new Set(cases.map(({ name }) => name));
  return cases.filter(({ name }) => !isStep(name, names))
    .map(({ inside }) => outcome(inside))
    .reduce(add, NONE);
}

function isStep(name: string, names: ReadonlySet<string>): boolean {
  const parts = name.split(" &gt; ");
  return parts.some((_, end) => end > 0 && names.has(parts.slice(0, end).join(" &gt; ")));
}

function outcome(inside: string): Counts {
  if (/<(failure|error)\b/.test(inside)) return { ...NONE, failed: 1 };
  if (/<skipped\b/.test(inside)) return { ...NONE, skipped: 1 };
  return { ...NONE, passed: 1 };
}
