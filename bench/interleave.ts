/**
 * Samples of each of the names, taken in turns so that what slows the machine for a while slows all of them.
 * Each round begins with another one; the first round warms up and is not counted.
 */
export async function interleave<T, Name extends string>(
  names: readonly Name[],
  rounds: number,
  sample: (name: Name) => Promise<readonly T[]>,
): Promise<Map<Name, T[]>> {
  const samples = new Map<Name, T[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      const taken = await sample(name);
      if (round > 0) samples.get(name)?.push(...taken);
    }
  }
  return samples;
}
