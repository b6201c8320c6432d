/** Reads data of outside origin, field by field, to the first that is not as it should be. */

/** What is wrong, where, and what to do about it. */
export interface Fault {
  /** `rules[2].when.zone`. */
  readonly where: string;
  readonly what: string;
  readonly remedy: string;
}

/** Thrown by the readers below; who reads catches it. */
export class FaultyField extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(faultText(fault));
    this.name = "FaultyField";
    this.fault = fault;
  }
}

/** For people: "Cannot read rules[2].name: it is empty. Give a text of 1 to 60 characters." */
export function faultText({ where, what, remedy }: Fault): string {
  return `Cannot read ${where}: ${what}. ${remedy}.`;
}

/** A value and its place in all that is read. */
export class UntrustedField {
  readonly value: unknown;
  readonly where: string;

  constructor(value: unknown, where: string) {
    [this.value, this.where] = [value, where];
  }

  fail(what: string, remedy: string): never {
    throw new FaultyField({ where: this.where, what, remedy });
  }

  /** Of an object that has these fields and no others. */
  fields<K extends string>(names: readonly K[]): Readonly<Record<K, UntrustedField>> {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.fail("it is not an object", `Give an object with ${names.join(", ")}`);
    }
    const strange = Object.keys(value).find((key) => !(names as readonly string[]).includes(key));
    if (strange !== undefined) {
      this.fail(`"${shown(strange)}" is not a field of it`, `Its fields are ${names.join(", ")}`);
    }
    const missing = names.find((name) => !Object.hasOwn(value, name));
    if (missing !== undefined) this.fail(`${missing} is missing`, `Give ${names.join(", ")}`);
    const all = value as Readonly<Record<K, unknown>>;
    const entries = names.map((
      name,
    ) => [name, new UntrustedField(all[name], this.where === "" ? name : `${this.where}.${name}`)]);
    return Object.fromEntries(entries);
  }

  /** Whatever other fields it has. */
  field(name: string): UntrustedField {
    const { value } = this;
    const has = typeof value === "object" && value !== null && Object.hasOwn(value, name);
    const where = this.where === "" ? name : `${this.where}.${name}`;
    return new UntrustedField(has ? (value as Record<string, unknown>)[name] : undefined, where);
  }

  items(least: number, most: number): readonly UntrustedField[] {
    const { value } = this;
    if (!Array.isArray(value)) this.fail("it is not a list", `Give a list of ${least} to ${most}`);
    if (value.length < least || value.length > most) {
      this.fail(`it has ${value.length}`, `Give ${least} to ${most}`);
    }
    return value.map((one, i) => new UntrustedField(one, `${this.where}[${i}]`));
  }

  whole(least: number, most: number): number {
    const { value } = this;
    const remedy = `Give a whole number from ${least} to ${most}`;
    if (typeof value !== "number" || !Number.isInteger(value)) {
      this.fail("it is not a whole number", remedy);
    }
    if (value < least || value > most) this.fail(`it is ${value}`, remedy);
    return value + 0;
  }

  /** One line that shows as it is: no control characters, and none that turn the direction of writing. */
  text(most: number): string {
    const { value } = this;
    const remedy = `Give a text of 1 to ${most} characters`;
    if (typeof value !== "string") this.fail("it is not a text", remedy);
    if (value.trim() === "") this.fail("it is empty", remedy);
    if (value.length > most) this.fail(`it has ${value.length} characters`, remedy);
    if (value.trim() !== value) this.fail("there is space around it", "Leave that out");
    if (UNSHOWN.test(value)) {
      this.fail("it has characters that do not show", "Leave them out");
    }
    return value;
  }

  id(): string {
    const { value } = this;
    if (typeof value !== "string" || !/^[a-z0-9][a-z0-9-]{0,31}$/.test(value)) {
      this.fail("it is not an id", "Give up to 32 of a to z, 0 to 9 and -, not beginning with -");
    }
    return value;
  }

  yesOrNo(): boolean {
    const { value } = this;
    if (typeof value !== "boolean") this.fail("it is neither true nor false", "Give one of them");
    return value;
  }

  oneOf<T extends string>(all: readonly T[]): T {
    const found = all.find((one) => one === this.value);
    if (found === undefined) {
      const is = typeof this.value === "string" ? `"${shown(this.value)}"` : "not a text";
      this.fail(`it is ${is}`, `Give one of ${all.join(", ")}`);
    }
    return found;
  }
}

// deno-lint-ignore no-control-regex -- these are what is refused
const UNSHOWN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\p{Cs}]/u;
const MOST_SHOWN = 40;

/** In a message, whatever it is. */
function shown(text: string): string {
  const safe = [...text.slice(0, MOST_SHOWN)].filter((one) => !UNSHOWN.test(one));
  return text.length > MOST_SHOWN ? `${safe.join("")}…` : safe.join("");
}
