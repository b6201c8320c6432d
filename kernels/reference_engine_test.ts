import { engineSuite } from "../tests/contracts/engine_suite.ts";
import { compiledNetwork } from "../tests/fixtures/compiled_network.ts";
import { referenceEngine } from "./reference_engine.ts";

engineSuite("reference", { create: () => referenceEngine(), networkOf: compiledNetwork });
