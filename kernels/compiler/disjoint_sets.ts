/** Groups of names that grow together. */
export class DisjointSets {
  readonly #parents = new Map<string, string>();

  /** The name that stands for the group. */
  find(name: string): string {
    const parent = this.#parents.get(name);
    if (parent === undefined) return name;
    const root = this.find(parent);
    this.#parents.set(name, root);
    return root;
  }

  join(a: string, b: string): void {
    const [from, to] = [this.find(b), this.find(a)];
    if (from !== to) this.#parents.set(from, to);
  }
}
