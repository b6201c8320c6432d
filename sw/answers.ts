/** Pages send a call again when they are not sure that it arrived; this many are remembered. */
const REMEMBERED = 256;

/** Does every call once: a call that comes again gets the answer of the first time. */
export class Answers<T> {
  readonly #given = new Map<string, Promise<T>>();

  once(id: string, give: () => Promise<T>): Promise<T> {
    const known = this.#given.get(id);
    if (known) return known;
    const answer = give();
    this.#given.set(id, answer);
    if (this.#given.size > REMEMBERED) {
      const [oldest] = this.#given.keys();
      this.#given.delete(oldest);
    }
    return answer;
  }
}
