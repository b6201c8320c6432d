import { runHub } from "./hub/run.ts";
import { createApp, createTrustApp } from "./routes/app.ts";

Deno.exit(await runHub(Deno.args, { root: import.meta.dirname ?? ".", createApp, createTrustApp }));
