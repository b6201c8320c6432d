import { storeSuite } from "../tests/contracts/store_suite.ts";
import { MemoryStore } from "./memory_store.ts";

storeSuite("MemoryStore", () => new MemoryStore());
