import { Chance as SwarmChance } from "../../field/swarm/chance.ts";

/** All chance of a simulation, from one number. */
export class Chance extends SwarmChance {
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }

  override branch(): Chance {
    return new Chance(this.below(2 ** 32));
  }
}
