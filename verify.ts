import { runVerify } from "./hub/verify_command.ts";

Deno.exit(
  await runVerify(Deno.args, {
    say: (text) => console.log(text),
    warn: (text) => console.error(text),
  }),
);
