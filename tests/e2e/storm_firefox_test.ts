import { openFirefox } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { killInStorms, KILLS } from "./storm.ts";

endToEnd(
  `in Firefox all that was acknowledged survives ${KILLS} SIGKILLs in a storm of writes`,
  () => killInStorms(openFirefox),
);
