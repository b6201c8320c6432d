import { openChromium } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { killInStorms, KILLS } from "./storm.ts";

endToEnd(
  `in Chromium all that was acknowledged survives ${KILLS} SIGKILLs in a storm of writes`,
  () => killInStorms(openChromium),
);
