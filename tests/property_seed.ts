/**
 * Loaded before every unit test: property tests draw the same cases at every run, so that a red one is
 * red again. `FIELDMESH_SEED=<number>` draws others; a test with a seed of its own keeps it.
 */
import fc from "fast-check";

const DEFAULT_SEED = 20_261_121;

const given = Deno.env.get("FIELDMESH_SEED");
const seed = given === undefined ? DEFAULT_SEED : Number(given);
if (!Number.isInteger(seed)) throw new Error(`FIELDMESH_SEED is "${given}": give a whole number`);
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
